"""The provider that an installation has set up: CAS where its address is given, else OpenID."""

from __future__ import annotations

from navette.clock import Clock
from navette.outbound import Outbound
from navette.settings import Settings
from navette_auth.cas import CasProvider, CasService
from navette_auth.oidc import allowed_by, provider_of
from navette_auth.providers import IdentityProvider


def configured_provider(
    settings: Settings, outbound: Outbound | None = None, wall: Clock | None = None
) -> IdentityProvider | None:
    """Return the one way to sign in elsewhere, or None: then the card is the only way in."""
    if not settings.cas_url:
        return provider_of(settings, outbound, wall)
    service = CasService(settings.cas_url, settings.base_url, settings.oidc_card_claim)
    return CasProvider(service, outbound or Outbound(allowed=allowed_by(settings)))
