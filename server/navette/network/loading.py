"""Loading a network from a TOML file, and reading it back as one value."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from navette.eresources.checking import check_offers
from navette.errors import SourceError
from navette.network.calendar import Calendar, Opening, Shut
from navette.network.habits import Habits
from navette.network.network import Category, LibraryInfo, Network
from navette.network.rounds import van_exceptions
from navette.network.tables import (
    Amnesty,
    Closure,
    Library,
    NetworkFact,
    Observation,
    OpeningHours,
    PickupPlace,
    RuleValue,
    SpecialHours,
    VanStop,
)
from navette.network.timetable import Stop, Timetable
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx

LIBRARY_FIELDS = (
    "name", "short_name", "town", "insee", "shape", "colour", "population", "address", "phone",
    "email", "accessibility", "engine", "shelf_prefix",
)  # fmt: skip
_lib, _hours, _shut = table(Library).c, table(OpeningHours).c, table(Closure).c
_stop, _rule, _fact, _place, _seen = (
    table(VanStop).c, table(RuleValue).c, table(NetworkFact).c, table(PickupPlace).c,
    table(Observation).c,
)  # fmt: skip
_row = lambda *cells: cells  # noqa: E731 - rows of a small table are read as plain tuples
_LIBRARIES = Query(
    select(
        _lib.id, _lib.code, _lib.name, _lib.short_name, _lib.town, _lib.insee, _lib.shape,
        _lib.colour, _lib.position, _lib.population, _lib.address, _lib.phone, _lib.email,
        _lib.accessibility, _lib.engine, _lib.shelf_prefix,
    ).order_by(_lib.position),
    _row,
)  # fmt: skip
_HOURS = Query(
    select(_hours.library_id, _hours.weekday, _hours.opens, _hours.closes).order_by(_hours.opens),
    _row,
)
_CLOSURES = Query(
    select(_shut.library_id, _shut.first_day, _shut.last_day, _shut.reason).order_by(
        _shut.first_day
    ),
    _row,
)
_SPECIAL = Query(
    select(
        table(SpecialHours).c.library_id, table(SpecialHours).c.day, table(SpecialHours).c.opens,
        table(SpecialHours).c.closes,
    ).order_by(table(SpecialHours).c.opens),
    _row,
)  # fmt: skip
_PLACES = Query(select(_place.library_id, _place.id).order_by(_place.id.desc()), _row)
_STOPS = Query(
    select(_stop.weekday, _stop.library_id, _stop.arrives, _stop.leaves).order_by(
        _stop.weekday, _stop.sequence
    ),
    _row,
)
_RULES = Query(
    select(_rule.name, _rule.library, _rule.category, _rule.item_type, _rule.value), _row
)
_AMNESTIES = Query(
    select(table(Amnesty).c.first_day, table(Amnesty).c.last_day), lambda *days: days
)
_FACTS = Query(select(_fact.name, _fact.value), _row)
_OBSERVED = Query(select(_seen.kind, _seen.library_id, _seen.item_type, _seen.counts), _row)


def minutes(text: str) -> int:
    """Read "14:30" as minutes since midnight; raises ValueError."""
    hours, _, rest = text.partition(":")
    value = int(hours) * 60 + int(rest or 0)
    if not 0 <= value <= 24 * 60:
        message = f"not an hour of the day: {text!r}"
        raise ValueError(message)
    return value


def read_toml(path: Path) -> Mapping[str, Any]:
    """Read a network file; raises SourceError with what is wrong and where."""
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(str(path), "there is no such file") from error
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(str(path), "is no text; a network file is written in TOML") from error
    except tomllib.TOMLDecodeError as error:
        raise SourceError(str(path), f"is no TOML: {error}") from error
    for name in ("network", "library", "van"):
        if name not in described:
            raise SourceError(str(path), f"a network file needs a [{name}] table")
    return described


def load_network(tx: Tx, described: Mapping[str, Any], path: str = "network.toml") -> list[str]:
    """Write the network into the database, replacing what it names: hours, van, rules.

    Libraries are updated by their code and never deleted. A closure that is not there yet is
    added; what a coordinator entered, a closure or the value of a rule that the file does not
    name, stays. Returns the codes of the libraries. Raises
    SourceError when a value is missing or points to an unknown library.
    """
    try:
        ids = _load_libraries(tx, described["library"])
        _load_places(tx, described, ids)
        _load_van(tx, described["van"], ids)
        _load_rules(tx, described)
        _load_facts(tx, described, path)
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(path, f"missing or wrong value: {error}") from error
    return list(ids)


def network_of(reader: Reader) -> Network:
    """Read the whole network as one value."""
    facts = dict(reader.all(_FACTS))
    calendars = _calendars(reader, holidays=bool(facts.get("holidays", False)))
    places = dict(reader.all(_PLACES))
    libraries = [
        LibraryInfo(*(*cells, calendars[cells[0]], places.get(cells[0], 0)))
        for cells in reader.all(_LIBRARIES)
    ]
    codes = {library.id: library.code for library in libraries}
    rounds: dict[int, list[Stop]] = defaultdict(list)
    for weekday, library_id, arrives, leaves in reader.all(_STOPS):
        rounds[weekday].append(Stop(codes[library_id], arrives, leaves))
    return Network(
        title=facts.get("title", ""),
        notice=facts.get("notice", ""),
        demonstration=bool(facts.get("demonstration", False)),
        libraries=libraries,
        categories=[Category(**c) for c in facts.get("categories", [])],
        timetable=Timetable(
            dict(rounds), int(facts.get("van_capacity", 0)), van_exceptions(reader)
        ),
        rules={(n, lib, cat, kind): value for n, lib, cat, kind, value in reader.all(_RULES)},
        facts=facts,
        habits=habits_of(reader),
        amnesties=reader.all(_AMNESTIES),
    )


def habits_of(reader: Reader) -> Habits:
    """Read what was counted of habits until last night."""
    return Habits(
        {
            (kind, library, of): {int(value): count for value, count in counts.items()}
            for kind, library, of, counts in reader.all(_OBSERVED)
        }
    )


def _calendars(reader: Reader, *, holidays: bool) -> dict[int, Calendar]:
    weeks: dict[int, dict[int, list[Opening]]] = defaultdict(lambda: defaultdict(list))
    for library_id, weekday, opens, closes in reader.all(_HOURS):
        weeks[library_id][weekday].append(Opening(opens, closes))
    closures: dict[int, list[Shut]] = defaultdict(list)
    for library_id, first, last, reason in reader.all(_CLOSURES):
        closures[library_id].append(Shut(first, last, reason))
    special: dict[int, dict[date, list[Opening]]] = defaultdict(lambda: defaultdict(list))
    for library_id, day, opens, closes in reader.all(_SPECIAL):
        special[library_id][day].append(Opening(opens, closes))
    return defaultdict(
        lambda: Calendar({}),
        {
            i: Calendar(dict(weeks[i]), tuple(closures[i]), dict(special[i]), holidays)
            for i in {*weeks, *closures, *special}
        },
    )


def _load_libraries(tx: Tx, described: list[Mapping[str, Any]]) -> dict[str, int]:
    ids = {}
    for position, entry in enumerate(described, 1):
        code = str(entry["code"]).lower()
        values = {n: entry[n] for n in LIBRARY_FIELDS if n in entry}
        values.setdefault("short_name", values["name"])
        values["position"] = int(entry.get("position", position))
        found = tx.first(Query(select(_lib.id).where(_lib.code == code), scalar))
        if found is None:
            values = {
                "population": 0, "address": "", "phone": "", "email": "", "accessibility": "",
                "engine": "embedded", "shelf_prefix": "", "insee": "", **values,
            }  # fmt: skip
            found = tx.insert(Library, code=code, **values)
        else:
            tx.execute(table(Library).update().where(_lib.id == found).values(**values))
        ids[code] = found
        _load_hours(tx, found, entry)
    return ids


def _load_hours(tx: Tx, library_id: int, entry: Mapping[str, Any]) -> None:
    if "hours" in entry:
        tx.execute(delete(table(OpeningHours)).where(_hours.library_id == library_id))
    for hours in entry.get("hours", []):
        tx.insert(
            OpeningHours,
            library_id=library_id,
            weekday=int(hours["weekday"]),
            opens=minutes(hours["opens"]),
            closes=minutes(hours["closes"]),
        )
    known = {(at, first, last) for at, first, last, _ in tx.all(_CLOSURES)}
    for closure in entry.get("closure", []):
        first, last = _day(closure["first_day"]), _day(closure["last_day"])
        if (library_id, first, last) not in known:
            tx.insert(
                Closure, library_id=library_id, first_day=first, last_day=last,
                reason=closure.get("reason", ""),
            )  # fmt: skip


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _load_places(tx: Tx, described: Mapping[str, Any], ids: Mapping[str, int]) -> None:
    places = described.get("pickup_place") or [
        {"code": e["code"], "library": e["code"], "name": e["name"]} for e in described["library"]
    ]
    for place in places:
        code, library_id = place["code"], ids[str(place["library"]).lower()]
        known = tx.first(Query(select(_place.id).where(_place.code == code), scalar))
        if known is None:
            tx.insert(PickupPlace, code=code, library_id=library_id, name=place["name"])
        else:
            tx.execute(
                table(PickupPlace)
                .update()
                .where(_place.id == known)
                .values(library_id=library_id, name=place["name"])
            )


def _load_van(tx: Tx, described: Mapping[str, Any], ids: Mapping[str, int]) -> None:
    tx.execute(delete(table(VanStop)))
    for stop in described.get("stop", []):
        tx.insert(
            VanStop,
            weekday=int(stop["weekday"]),
            sequence=int(stop["sequence"]),
            library_id=ids[str(stop["library"]).lower()],
            arrives=minutes(stop["arrives"]),
            leaves=minutes(stop.get("leaves", stop["arrives"])),
        )


def _load_rules(tx: Tx, described: Mapping[str, Any]) -> None:
    for rule in described.get("policy", {}).get("rule", []):
        library = str(rule.get("library", "")).lower()
        category, kind = rule.get("category", ""), rule.get("item_type", "")
        tx.execute(
            delete(table(RuleValue)).where(
                _rule.name == rule["name"], _rule.library == library, _rule.category == category,
                _rule.item_type == kind,
            )
        )  # fmt: skip
        tx.insert(
            RuleValue, name=rule["name"], library=library, category=category, item_type=kind,
            value=rule["value"],
        )  # fmt: skip


def _load_facts(tx: Tx, described: Mapping[str, Any], path: str) -> None:
    facts = dict(described["network"])
    facts["categories"] = described.get("category", [])
    facts["van_capacity"] = described["van"].get("capacity", 0)
    facts["eresources"] = described.get("eresource", [])
    check_offers(facts["eresources"], path)
    tx.execute(delete(table(NetworkFact)))
    for name, value in facts.items():
        tx.insert(NetworkFact, name=name, value=value)
