"""Titles of feeds, read back: searched by words, page by page, or the one that a book also is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from navette.catalogue.normalising import folded, without_article
from navette.eresources.tables import EresourceTitle
from navette.patrons.reading import name_key
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

MOST_WORDS = 8


class Title(NamedTuple):
    """One title that opens at its provider."""

    id: int
    title: str
    authors: list[str]
    kind: str
    language: str
    publisher: str
    published: str
    summary: str
    href: str
    state: str


_t = table(EresourceTitle).c
_TITLES = select(
    _t.id, _t.title, _t.authors, _t.kind, _t.language, _t.publisher, _t.published, _t.summary,
    _t.href, _t.state,
).where(_t.ended_at.is_(None))  # fmt: skip
_ONE = Query(_TITLES.where(_t.id == bindparam("row")), Title)
_NAMED = Query(_TITLES.where(_t.title_key == bindparam("named")).order_by(_t.id).limit(20), Title)


def title_key(title: str) -> str:
    """Return a title as it is compared: without article, subtitle, accents and case."""
    return without_article(folded(title.partition(":")[0]))


def titles(reader: Reader, words: str = "", *, first: int = 20, after: int = 0) -> Sequence[Title]:
    """Return the titles that have all these words in title or authors, after the row `after`."""
    statement = _TITLES.where(_t.id > bindparam("after"))
    given: dict[str, Any] = {"after": after, "first": first}
    for number, word in enumerate(name_key(words).split()[:MOST_WORDS]):
        statement = statement.where(_t.search_key.like(bindparam(f"word{number}")))
        given[f"word{number}"] = f"%{word}%"
    ready = statement.order_by(_t.id).limit(bindparam("first"))
    return reader.all(Query(ready, Title), **given)


def title_of(reader: Reader, row: int) -> Title | None:
    """Return one title that is still offered."""
    return reader.first(_ONE, row=row)


def also_digital(reader: Reader, title: str, authors: Sequence[str]) -> Title | None:
    """Return the e-book that a book also is: the same title, and an author of the same name."""
    names = {name.split()[-1] for each in authors if (name := folded(each))}
    if not title_key(title) or not names:
        return None
    for one in reader.all(_NAMED, named=title_key(title)):
        if names & {word for each in one.authors for word in folded(each).split()}:
            return one
    return None
