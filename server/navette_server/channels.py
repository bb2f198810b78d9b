"""The ways of this installation to reach people, by name."""

from __future__ import annotations

from collections.abc import Mapping

from navette.clock import Clock
from navette.notifications.channels import Channel
from navette.notifications.hosts import PushHosts
from navette.outbound import Outbound
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_server.mail import mail_channel
from navette_server.webpush import PushChannel


def channels_of(settings: Settings, unit: Unit, clock: Clock) -> Mapping[str, Channel]:
    """Return push where there is a key, and mail; an SMS provider has its own issue."""
    named = PushHosts.of(settings.push_hosts).with_port
    outbound = Outbound(allowed={f"{host}:{port}" for host, port in named})
    channels: dict[str, Channel] = {"email": mail_channel(settings)}
    if settings.vapid_private_key:
        channels["push"] = PushChannel(settings, unit, clock, outbound)
    return channels
