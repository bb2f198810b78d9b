"""OPDS 2.0, read with suspicion: a feed is somebody else's, and half of it may be wrong.

A publication needs a title, an identifier and an address that a browser may be sent to; whatever
else is missing or of another kind is left out. What cannot be kept is listed with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from navette.errors import SourceError

LONGEST_TITLE, LONGEST_NAME, LONGEST_SUMMARY, LONGEST_ADDRESS = 500, 200, 2000, 2000
MOST_AUTHORS = 20
LANGUAGES = ("fr", "fre", "fra", "und", "en")
ACQUISITION = "http://opds-spec.org/acquisition"
# the first way in that a publication has; a sample is no way in
WAYS: Sequence[str] = (
    f"{ACQUISITION}/borrow", f"{ACQUISITION}/open-access", ACQUISITION,
    f"{ACQUISITION}/subscribe", f"{ACQUISITION}/buy", "alternate", "self",
)  # fmt: skip
STATES = frozenset({"unavailable", "reserved", "ready", "available"})
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Publication:
    """A title that can be kept."""

    identifier: str
    title: str
    authors: Sequence[str]
    kind: str
    language: str
    publisher: str
    published: str
    summary: str
    href: str
    state: str


@dataclass(frozen=True)
class Refused:
    """A publication that cannot be kept: its place in the feed, and why."""

    position: int
    reason: str


@dataclass(frozen=True)
class FeedPage:
    """One page of a feed."""

    publications: Sequence[Publication]
    refused: Sequence[Refused]
    following: str = ""
    read: int = 0


@dataclass
class _Reading:
    base: str
    found: list[Publication] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    position: int = 0

    def take(self, listed: Any) -> None:
        for each in listed if isinstance(listed, list) else ():
            self.position += 1
            try:
                self.found.append(_publication(each, self.base))
            except ValueError as error:
                self.refused.append(Refused(self.position, str(error)))


def read_page(body: bytes, base: str) -> FeedPage:
    """Read one page of a feed that came from the address `base`; SourceError when it is none."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SourceError(base, f"is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        raise SourceError(base, "is no OPDS 2.0 feed: it has no metadata")
    reading = _Reading(base)
    reading.take(document.get("publications"))
    for group in _dicts(document.get("groups")):
        reading.take(group.get("publications"))
    return FeedPage(reading.found, reading.refused, _next(document, base), reading.position)


def _publication(each: Any, base: str) -> Publication:
    described = each.get("metadata") if isinstance(each, dict) else None
    if not isinstance(described, dict):
        raise ValueError("no metadata")  # noqa: TRY004 - every refusal is one kind
    title = _text(described.get("title"), LONGEST_TITLE)
    if not title:
        raise ValueError("no title")
    links = _dicts(each.get("links"))
    identifier = _text(described.get("identifier"), LONGEST_ADDRESS) or _self(links, base)
    if not identifier:
        raise ValueError("no identifier")
    link, href = _way_in(links, base)
    if not href:
        raise ValueError("no address to open it at")
    audio = "audio" in str(described.get("@type", "")).lower()
    return Publication(
        identifier=identifier,
        title=title,
        authors=_names(described.get("author")),
        kind="audiobook" if audio else "e-book",
        language=_language(described.get("language")),
        publisher=", ".join(_names(described.get("publisher"))[:2]),
        published=_text(described.get("published"), 10),
        summary=_plain(described.get("description")),
        href=href,
        state=_state(link),
    )


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any, longest: int) -> str:
    """Return a text, or the French one of a map of languages, without control characters."""
    if isinstance(value, dict):
        value = next((value[code] for code in LANGUAGES if code in value), None) or next(
            iter(value.values()), None
        )
    if not isinstance(value, str):
        return ""
    seen = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(seen.split())[:longest].strip()


def _names(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    named = [
        _text(e.get("name") if isinstance(e, dict) and "name" in e else e, LONGEST_NAME)
        for e in listed
    ]
    return [name for name in named if name][:MOST_AUTHORS]


def _language(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return _text(first, 12).lower() if isinstance(first, str) else ""


def _plain(value: Any) -> str:
    return _text(unescape(_TAG.sub(" ", value)), LONGEST_SUMMARY) if isinstance(value, str) else ""


def _rels(link: Mapping[str, Any]) -> list[str]:
    rel = link.get("rel")
    return (
        [rel]
        if isinstance(rel, str)
        else [r for r in rel if isinstance(r, str)]
        if isinstance(rel, list)
        else []
    )


def _address(link: Mapping[str, Any], base: str) -> str:
    href = link.get("href")
    if not isinstance(href, str) or len(href) > LONGEST_ADDRESS:
        return ""
    if link.get("templated") is True:
        href = href.partition("{")[0]
    try:
        full = urljoin(base, href.strip())
        parts = urlsplit(full)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return ""
    good = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    return full if good and full.isprintable() and " " not in full else ""


def _way_in(links: Sequence[Mapping[str, Any]], base: str) -> tuple[Mapping[str, Any], str]:
    for way in WAYS:
        for link in links:
            if way in _rels(link) and (address := _address(link, base)):
                return link, address
    return {}, ""


def _self(links: Sequence[Mapping[str, Any]], base: str) -> str:
    return next((a for link in links if "self" in _rels(link) and (a := _address(link, base))), "")


def _state(link: Mapping[str, Any]) -> str:
    properties = link.get("properties")
    availability = properties.get("availability") if isinstance(properties, dict) else None
    state = availability.get("state") if isinstance(availability, dict) else None
    return state if isinstance(state, str) and state in STATES else ""


def _next(document: Mapping[str, Any], base: str) -> str:
    links = _dicts(document.get("links"))
    return next((a for link in links if "next" in _rels(link) and (a := _address(link, base))), "")
