"""Source profiles: which subfield holds what in one library's files, and what its codes mean."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar, get_args
from zlib import crc32

import orjson

from navette.catalogue.unimarc.parsed import Adapted, Audience, Kind
from navette.errors import NavetteError

T = TypeVar("T")
KINDS: Final = get_args(Kind)
ADAPTED: Final = get_args(Adapted)
AUDIENCES: Final = get_args(Audience)
GENERIC: Final = "generic"
_HERE: Final = "navette.catalogue.unimarc"
_ITEM_NAMES: Final = (
    "barcode",
    "home",
    "holding",
    "section",
    "collection",
    "call_number",
    "item_type",
    "volume",
    "circulation",
    "audience",
    "price",
    "entered_on",
    "loan_count",
    "new",
    "lost",
    "withdrawn",
)


class UnknownProfile(NavetteError):
    """No profile has this name; `known` lists those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown profile {name!r}; known: {', '.join(known)}")
        self.name = name
        self.known = known


@dataclass(frozen=True)
class Joined:
    """A second field of the same copies, told by the same text in the subfield `link` of both."""

    field: str
    link: str
    places: Mapping[str, str]


@dataclass(frozen=True)
class Profile:
    """How to read one source. `places` maps a subfield code to the names it feeds.

    `fingerprint` changes with what the file says, so that the same records are read anew then.
    """

    name: str
    item_field: str
    places: Mapping[str, str]
    joined: Joined | None
    libraries: Mapping[str, str]
    not_for_loan: frozenset[str]
    on_order: frozenset[str]
    new: frozenset[str]
    item_types: Mapping[str, Kind]
    sections: Mapping[str, str]
    audiences: Mapping[str, Audience]
    call_numbers: tuple[tuple[re.Pattern[str], Kind], ...]
    record_type_field: tuple[str, str] | None
    record_types: Mapping[str, Kind]
    adapted: Mapping[str, Adapted]
    every_225_is_series: bool
    titles_in_capitals: bool
    fingerprint: str

    @property
    def item_tags(self) -> tuple[str, ...]:
        """Return the fields that hold items, and the coded type of the record."""
        joined = (self.joined.field,) if self.joined is not None else ()
        coded = (self.record_type_field[0],) if self.record_type_field is not None else ()
        return (self.item_field, *joined, *coded)


def known() -> tuple[str, ...]:
    """Give the names of the profiles there are."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml")
            for entry in resources.files(_HERE).joinpath("profiles").iterdir()
            if entry.name.endswith(".toml")
        )
    )


@cache
def load(name: str) -> Profile:
    """Load a profile by name; raises UnknownProfile, or ValueError if its file is wrong."""
    if name not in known():
        raise UnknownProfile(name, known())
    path = resources.files(_HERE).joinpath("profiles", f"{name}.toml")
    return from_toml(name, tomllib.loads(path.read_text("utf-8")))


def from_toml(name: str, data: Mapping[str, Any]) -> Profile:
    """Make a profile of the content of its file, laid over nothing: what is absent is not read."""
    for table, known_there in _TABLES.items():
        _check_names(name, data.get(table, {}) if table else data, known_there, table)
    items = data.get("items", {})
    values = data.get("values", {})
    record = data.get("record", {})
    joined = items.get("joined")
    field = record.get("type_field", "")
    return Profile(
        name=name,
        item_field=items.get("field", "995"),
        places=_places(name, items, {"field", "joined"}),
        joined=_joined(name, joined) if joined is not None else None,
        libraries={key.upper(): code.lower() for key, code in data.get("libraries", {}).items()},
        not_for_loan=frozenset(values.get("not_for_loan", ())),
        on_order=frozenset(values.get("on_order", ())),
        new=frozenset(values.get("new", ())),
        item_types=_kinds(name, values.get("item_types", {})),
        sections=dict(values.get("sections", {})),
        audiences=_known_values(name, "audiences", values.get("audiences", {}), AUDIENCES),
        call_numbers=tuple(
            (re.compile(pattern), kind)
            for pattern, kind in _kinds(name, values.get("call_numbers", {})).items()
        ),
        record_type_field=(field[:3], field[4:5]) if field else None,
        record_types=_kinds(name, record.get("types", {})),
        adapted=_known_values(name, "adapted", values.get("adapted", {}), ADAPTED),
        every_225_is_series=bool(record.get("every_225_is_series", False)),
        titles_in_capitals=bool(record.get("titles_in_capitals", False)),
        fingerprint=crc32(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).to_bytes(4).hex(),
    )


# What may stand in each table of a profile; "" is the file itself.
_TABLES: Final = {
    "": {"items", "libraries", "values", "record"},
    "values": {
        "not_for_loan", "on_order", "new", "sections", "audiences", "item_types", "adapted",
        "call_numbers",
    },
    "record": {"type_field", "types", "every_225_is_series", "titles_in_capitals"},
}  # fmt: skip


def _check_names(name: str, table: Mapping[str, Any], allowed: Collection[str], where: str) -> None:
    """Refuse what would be passed over in silence, as a name that is mistyped."""
    if unknown := [key for key in table if key not in allowed]:
        message = f"profile {name}: unknown {where or 'tables'} {', '.join(unknown)}"
        raise ValueError(message)


def _joined(name: str, said: Mapping[str, str]) -> Joined:
    missing = [key for key in ("field", "link") if not said.get(key)]
    if missing:
        message = f"profile {name}: [items.joined] lacks {' and '.join(missing)}"
        raise ValueError(message)
    return Joined(said["field"], said["link"], _places(name, said, {"field", "link"}))


def _places(name: str, items: Mapping[str, Any], besides: set[str]) -> dict[str, str]:
    unknown = [key for key in items if key not in {*_ITEM_NAMES, *besides}]
    if unknown:
        message = f"profile {name}: unknown item names {', '.join(unknown)}"
        raise ValueError(message)
    for key, codes in items.items():
        if not isinstance(codes, str | list | dict):
            message = f"profile {name}: {key} names no subfield"
            raise ValueError(message)  # noqa: TRY004 - what a wrong profile always raises
    # A list of codes: the first that an item field holds counts ($v issue, $l volume).
    return {
        code: key
        for key, codes in items.items()
        if key not in besides
        for code in ([codes] if isinstance(codes, str) else codes)
    }


def _kinds(name: str, values: Mapping[str, Kind]) -> dict[str, Kind]:
    return _known_values(name, "kinds", values, KINDS)


def _known_values(
    name: str, what: str, values: Mapping[str, T], allowed: tuple[object, ...]
) -> dict[str, T]:
    wrong = [str(value) for value in values.values() if value not in allowed]
    if wrong:
        message = f"profile {name}: unknown {what} {', '.join(wrong)}"
        raise ValueError(message)
    return dict(values)
