"""Harvesting: the titles of a feed become titles of ours; those that it drops are ended.

A feed is followed page by page on its own host, never in a circle. Titles are ended only after a
whole reading that found most of what was there: half a feed must not empty the shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, func, select, update

from navette.eresources.opds import FeedPage, Publication, Refused, read_page
from navette.eresources.tables import EresourceTitle
from navette.eresources.titles import title_key
from navette.errors import SourceError
from navette.outbound import Outbound
from navette.patrons.reading import name_key
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx, Unit

SERVICE = "e-book feed"
LARGEST_PAGE = 20_000_000
MOST_PAGES = 1000
BATCH = 500
FEWEST_LEFT = 0.5
ACCEPT = "application/opds+json, application/json;q=0.8"

_t = table(EresourceTitle).c
_ROW = Query(
    select(_t.id).where(_t.feed == bindparam("feed_"), _t.identifier == bindparam("name")), scalar
)
_OPEN = Query(
    select(func.count(_t.id)).where(_t.feed == bindparam("feed_"), _t.ended_at.is_(None)), scalar
)
_GONE = command(
    update(table(EresourceTitle))
    .where(
        _t.feed == bindparam("feed_"), _t.seen_at < bindparam("since"), _t.ended_at.is_(None)
    )
    .values(ended_at=bindparam("since"))
)  # fmt: skip
_NAMES = (
    "title", "authors", "kind", "language", "publisher", "published", "summary", "href", "state",
    "search_key", "title_key",
)  # fmt: skip
_CHANGE = command(
    update(table(EresourceTitle))
    .where(_t.id == bindparam("row"))
    .values(
        {n: bindparam(f"new_{n}") for n in _NAMES} | {"seen_at": bindparam("now"), "ended_at": None}
    )
)


@dataclass
class Harvest:
    """What a harvest did; read = created + updated + refused + repeated."""

    feed: str
    pages: int = 0
    read: int = 0
    created: int = 0
    updated: int = 0
    repeated: int = 0
    ended: int = 0
    kept_back: int = 0  # would have been ended, but the feed was suddenly so small
    refused: list[Refused] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is printed."""
        return asdict(self)


def pages_of(feed: str, outbound: Outbound) -> Iterator[FeedPage]:
    """Read a feed page by page, from a file or an address; SourceError, Unavailable."""
    if not feed.startswith(("http://", "https://")):
        path = Path(feed)
        if not path.is_file():
            raise SourceError(feed, "there is no such file")
        yield read_page(path.read_bytes(), path.resolve().as_uri())
        return
    following, seen = feed, set[str]()
    while following and following not in seen and len(seen) < MOST_PAGES:
        seen.add(following)
        answer = outbound.call(
            "GET", following, service=SERVICE, operation="harvest", most=LARGEST_PAGE,
            headers={"Accept": ACCEPT},
        )  # fmt: skip
        if answer.status != 200:  # noqa: PLR2004 - the one good answer
            raise SourceError(following, f"answered {answer.status}")
        page = read_page(answer.body, following)
        yield page
        same = urlsplit(page.following).netloc == urlsplit(feed).netloc
        following = page.following if same else ""


def harvest(
    unit: Unit, feed: str, pages: Iterator[FeedPage], now: datetime,
    advance: Callable[[int], None] | None = None,
) -> Harvest:  # fmt: skip
    """Keep the titles of a feed; nothing is ended unless the feed was read to its end."""
    done, seen = Harvest(feed), set[str]()
    with unit.read() as reader:
        before: int = reader.one(_OPEN, feed_=feed)
    for page in pages:
        done.pages += 1
        done.read += page.read
        done.refused += page.refused
        fresh = [one for one in page.publications if one.identifier not in seen]
        unique = list({one.identifier: one for one in fresh}.values())
        done.repeated += len(page.publications) - len(unique)
        seen |= {one.identifier for one in unique}
        for start in range(0, len(unique), BATCH):
            some = unique[start : start + BATCH]
            created = unit.write(lambda tx, part=tuple(some): _keep(tx, feed, part, now))  # type: ignore[misc]
            done.created += created
            done.updated += len(some) - created
            if advance is not None:
                advance(len(some))
    left = len(seen) / before if before else 1.0
    if left < FEWEST_LEFT:
        done.kept_back = before - len(seen)
    else:
        done.ended = unit.write(lambda tx: tx.run(_GONE, feed_=feed, since=now))
    return done


def _keep(tx: Tx, feed: str, titles: Sequence[Publication], now: datetime) -> int:
    """Write a batch; return how many are new."""
    created = 0
    for one in titles:
        values = {
            "title": one.title, "authors": list(one.authors), "kind": one.kind,
            "language": one.language, "publisher": one.publisher, "published": one.published,
            "summary": one.summary, "href": one.href, "state": one.state,
            "search_key": name_key(one.title, *one.authors), "title_key": title_key(one.title),
        }  # fmt: skip
        row = tx.first(_ROW, feed_=feed, name=one.identifier)
        if row is None:
            tx.insert(
                EresourceTitle, feed=feed, identifier=one.identifier, seen_at=now, ended_at=None,
                **values,
            )  # fmt: skip
            created += 1
        else:
            tx.run(_CHANGE, row=row, now=now, **{f"new_{n}": v for n, v in values.items()})
    return created
