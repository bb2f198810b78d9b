"""The offers of the metropolitan digital library, as the network file describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from navette.eresources.checking import SENDABLE
from navette.network.network import Network
from navette.settings import Settings


@dataclass(frozen=True)
class Offer:
    """A link that opens at its provider, on the provider's own session: no proxy, no password."""

    position: int
    code: str
    name: str
    kind: str
    description: str
    url: str
    audience: str
    needs_card: bool
    min_age: int = 0
    opening: str = "here"
    sends: Sequence[str] = ()

    def address(self, known: Mapping[str, str]) -> str:
        """Return where it opens for somebody: only what the offer sends is put in, quoted."""
        filled = self.url
        for name in SENDABLE:
            value, mark = known.get(name, "") if name in self.sends else "", "{" + name + "}"
            if not value:  # without a value its parameter goes too
                filled = re.sub(rf"(?<=[?&])[\w-]+={re.escape(mark)}&?", "", filled)
            filled = filled.replace(mark, quote(value, safe=""))
        return filled.rstrip("?&")


def offers_of(network: Network, settings: Settings) -> Sequence[Offer]:
    """Return the offers in order; `{issuer}` in an address is the sign-in provider's.

    Without a provider, offers that live at it are left out: they could not open. So are
    addresses that no browser should be sent to.
    """
    offers = []
    for position, entry in enumerate(network.facts.get("eresources", ()), 1):
        url = str(entry.get("url", ""))
        if "{issuer}" in url and not settings.provider_url:
            continue
        url = url.replace("{issuer}", settings.provider_url)
        if url.startswith(("https://", "http://")):
            offers.append(_offer(position, entry, url))
    return offers


def _offer(position: int, entry: Mapping[str, Any], url: str) -> Offer:
    return Offer(
        position=position,
        code=str(entry["code"]),
        name=str(entry["name"]),
        kind=str(entry.get("kind", "")),
        description=str(entry.get("description", "")),
        url=url,
        audience=str(entry.get("audience", "all")),
        needs_card=bool(entry.get("needs_card", True)),
        min_age=int(entry.get("min_age", 0)),
        opening=str(entry.get("opening", "here")),
        sends=tuple(entry.get("sends", ())),
    )
