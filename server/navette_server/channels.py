"""The ways of this installation to reach people, by name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from navette.clock import Clock
from navette.notifications.channels import Channel
from navette.notifications.hosts import PushHosts
from navette.outbound import Outbound
from navette.posting import Posting
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.living import live_sessions
from navette_auth.vault import Vault
from navette_server.mail import mail_channel
from navette_server.sms import sms_channel
from navette_server.webpush import PushChannel


def channels_of(settings: Settings, unit: Unit, clock: Clock) -> Mapping[str, Channel]:
    """Return push where there is a key, mail, and SMS where a provider is set up."""
    named = PushHosts.of(settings.push_hosts).with_port
    outbound = Outbound(allowed=_named(settings))
    channels: dict[str, Channel] = {"email": mail_channel(settings)}
    if settings.vapid_private_key:
        posting = Posting(allowed={f"{host}:{port}" for host, port in named})
        mark = Vault(settings.secret_keys).mark
        channels["push"] = PushChannel(
            settings, unit, clock, posting, mark=mark, alive=live_sessions
        )
    sms = sms_channel(settings, unit, clock, outbound)
    if sms is not None:
        channels["sms"] = sms
    return channels


def _named(settings: Settings) -> list[str]:
    """Return the SMS provider when it was named with its port: it may be a gateway of our own."""
    parts = urlsplit(settings.sms_url)
    return [f"{parts.hostname}:{parts.port}"] if parts.port else []
