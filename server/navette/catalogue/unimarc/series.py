"""Series and volume numbers: 461 and 463, 225 and 410, the number of field 200."""

import re
from typing import Final, NamedTuple

from navette.catalogue.normalising import folded, number_of
from navette.catalogue.unimarc.subfields import Fields, one
from navette.catalogue.unimarc.titles import Title, display

_TELLING: Final = 4
_QUALIFIER: Final = re.compile(r"\s*\([^()]*\)$")


class Series(NamedTuple):
    """The series a volume belongs to, its label and key, and the publisher's collection."""

    title: str
    label: str
    key: str
    collection: str


def read(fields: Fields, title: Title, *, is_comic: bool, always_series: bool) -> Series:
    """Tell the author's series from the publisher's collection.

    A 225 is a series when its first indicator is 1, when the source's profile says that all are,
    when it bears the words of the title, or in comics; else it is a collection such as "Folio".
    """
    for tag in ("461", "463"):
        for field in fields.get(tag, ()):
            name, number = _host(field)
            if name:
                return _series(name, number or title.label, _collection(fields))
    for field in fields.get("225", ()):
        name = one(field, "a")
        if name and (field[:1] == "1" or always_series or _named_like(name, title)):
            return _series(name, title.label or one(field, "v"), _collection(fields))
    if title.label:
        return _series(title.title, title.label, _collection(fields))
    numbered = _numbered(fields) if is_comic else None
    return numbered or Series("", "", "", _collection(fields))


def _numbered(fields: Fields) -> Series | None:
    """Give what a comic is a numbered part of."""
    for tag, code in (("225", "a"), ("410", "t")):
        for field in fields.get(tag, ()):
            if (name := one(field, code)) and (number := one(field, "v")):
                return _series(name, number, "")
    return None


def _host(field: str) -> tuple[str, str]:
    """Give the title and the number that a link says, in its own subfields or in embedded fields."""
    name, number = one(field, "t"), one(field, "v")
    embedded = field.partition(_EMBEDDED_TITLE)[2] if not name else ""
    if embedded:
        title = embedded.partition(_EMBEDDED)[0]
        return one(title, "a"), number or one(title, "h")
    return name, number


_EMBEDDED: Final = "\x1f1"
_EMBEDDED_TITLE: Final = f"{_EMBEDDED}200"


def _series(name: str, label: str, collection: str) -> Series:
    shown = _unqualified(name)
    label = label.strip(" []().,;")
    return Series(shown, label, number_of(label), collection if collection != shown else "")


def _named_like(name: str, title: Title) -> bool:
    words = folded(name)
    return len(words) >= _TELLING and words in folded(title.title)


def _collection(fields: Fields) -> str:
    for tag, code in (("225", "a"), ("410", "t")):
        for field in fields.get(tag, ()):
            if (name := one(field, code)) and not (tag == "225" and field[:1] == "1"):
                return _unqualified(name).rstrip(".")
    return ""


def _unqualified(name: str) -> str:
    return display(_QUALIFIER.sub("", name) if name[-1:] == ")" else name)
