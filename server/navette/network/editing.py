"""What a coordinator changes in the network: hours, exceptional days, closures, rule values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select

from navette.errors import BadInput, NotFound
from navette.network.calendar import Opening
from navette.network.loading import minutes
from navette.network.network import CATEGORY_DEFAULTS, DEFAULT_RULES, Network
from navette.network.tables import Closure, OpeningHours, RuleValue, SpecialHours
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

LONGEST_CLOSURE = timedelta(days=366)
LONGEST_REASON = 200
MOST_OPENINGS = 4
HIGHEST = 3650
CHOICES = {"on_shelf_holds": ("allow", "ask", "all_out")}
MAY_BE_NEGATIVE = frozenset({"rank_class"})
DAYS = 7
_c, _h, _s, _r = (
    table(Closure).c, table(OpeningHours).c, table(SpecialHours).c, table(RuleValue).c,
)  # fmt: skip


class ClosureRow(NamedTuple):
    """A closure as it is stored."""

    id: int
    library_id: int
    first_day: date
    last_day: date
    reason: str


_COLUMNS = (_c.id, _c.library_id, _c.first_day, _c.last_day, _c.reason)
_CLOSURES = Query(
    select(*_COLUMNS)
    .where(_c.library_id == bindparam("library"), _c.last_day >= bindparam("today"))
    .order_by(_c.first_day, _c.id),
    ClosureRow,
)
_CLOSURE = Query(select(*_COLUMNS).where(_c.id == bindparam("closure")), ClosureRow)
_REMOVE_CLOSURE = command(delete(table(Closure)).where(_c.id == bindparam("closure")))
_CLEAR_WEEKDAY = command(
    delete(table(OpeningHours)).where(
        _h.library_id == bindparam("library"), _h.weekday == bindparam("weekday_")
    )
)
_CLEAR_SPECIAL = command(
    delete(table(SpecialHours)).where(
        _s.library_id == bindparam("library"), _s.day == bindparam("the_day")
    )
)
_DROP_RULE = command(
    delete(table(RuleValue)).where(
        _r.name == bindparam("rule"),
        _r.library == bindparam("at"),
        _r.category == bindparam("of"),
        _r.item_type == bindparam("kind"),
    )
)


def openings_of(text: str) -> list[Opening]:
    """Read "10:00-12:30, 14:00-18:30" ('' is closed); raises BadInput."""
    found = []
    for part in filter(None, (p.strip() for p in text.replace(";", ",").split(","))):
        opens, dash, closes = part.replace("–", "-").replace("h", ":").partition("-")
        try:
            opening = Opening(minutes(opens.strip()), minutes(closes.strip()))
        except ValueError as error:
            raise BadInput("hours", "hours") from error
        if not dash or opening.opens >= opening.closes:
            raise BadInput("hours", "hours")
        found.append(opening)
    found.sort(key=lambda o: o.opens)
    overlap = any(a.closes > b.opens for a, b in pairwise(found))
    if overlap or len(found) > MOST_OPENINGS:
        raise BadInput("hours", "hours")
    return found


def set_weekday(tx: Tx, library_id: int, weekday: int, openings: Sequence[Opening]) -> None:
    """Replace the hours of one weekday (Monday is 0); none means closed. Raises BadInput."""
    if not 0 <= weekday < DAYS:
        raise BadInput("weekday")
    tx.run(_CLEAR_WEEKDAY, library=library_id, weekday_=weekday)
    for one in openings:
        tx.insert(
            OpeningHours, library_id=library_id, weekday=weekday, opens=one.opens,
            closes=one.closes,
        )  # fmt: skip


def set_special(tx: Tx, library_id: int, day: date, openings: Sequence[Opening]) -> None:
    """Give one day hours of its own; none: the hours of the week again."""
    tx.run(_CLEAR_SPECIAL, library=library_id, the_day=day)
    for one in openings:
        tx.insert(SpecialHours, library_id=library_id, day=day, opens=one.opens, closes=one.closes)


def add_closure(tx: Tx, library_id: int, first: date, last: date, reason: str) -> int:
    """Write a closure, both days included; returns its row id. Raises BadInput."""
    said = reason.strip()
    if not first <= last <= first + LONGEST_CLOSURE:
        raise BadInput("last_day", "closure")
    if len(said) > LONGEST_REASON:
        raise BadInput("reason")
    return tx.insert(Closure, library_id=library_id, first_day=first, last_day=last, reason=said)


def remove_closure(tx: Tx, closure_id: int) -> ClosureRow:
    """Take a closure out; returns what it was. Raises NotFound."""
    found = closure_of(tx, closure_id)
    tx.run(_REMOVE_CLOSURE, closure=closure_id)
    return found


def closure_of(reader: Reader, closure_id: int) -> ClosureRow:
    """Return a closure; raises NotFound."""
    found = reader.first(_CLOSURE, closure=closure_id)
    if found is None:
        raise NotFound
    return found


def closures_of(reader: Reader, library_id: int, today: date) -> list[ClosureRow]:
    """Return the closures of a library that are not over, first first."""
    return reader.all(_CLOSURES, library=library_id, today=today)


def set_rule(
    tx: Tx, network: Network, name: str, text: str, *, library: str = "", category: str = "",
    item_type: str = "",
) -> None:  # fmt: skip
    """Give a rule a value where it is said to hold; '' holds everywhere. Raises BadInput."""
    value = rule_value(name, text)
    if library:
        library = network.library(library).code
    if category and category not in {c.code for c in network.categories}:
        raise BadInput("category")
    tx.run(_DROP_RULE, rule=name, at=library, of=category, kind=item_type)
    tx.insert(
        RuleValue, name=name, library=library, category=category, item_type=item_type, value=value
    )


def drop_rule(tx: Tx, name: str, library: str, category: str, item_type: str) -> None:
    """Let a rule have its value of before again; raises NotFound when none was given there."""
    if not tx.run(_DROP_RULE, rule=name, at=library, of=category, kind=item_type):
        raise NotFound


def rule_names() -> list[str]:
    """Return every rule there is, in the order in which they are written down."""
    return list(dict.fromkeys(name for name, _ in DEFAULT_RULES))


def defaults_of(name: str) -> list[tuple[str, str, Any]]:
    """Return (category, type, value) of what holds where nobody said otherwise."""
    kinds = [("", kind, value) for (rule, kind), value in DEFAULT_RULES.items() if rule == name]
    people = [(of, "", value) for (rule, of), value in CATEGORY_DEFAULTS.items() if rule == name]
    return [*kinds, *people]


def rule_value(name: str, text: str) -> Any:
    """Read a value of the kind that the rule has; raises BadInput."""
    if (name, "") not in DEFAULT_RULES:
        raise BadInput("rule")
    default, said = DEFAULT_RULES[name, ""], text.strip()
    try:
        return _read(name, default, said)
    except (ValueError, KeyError) as error:
        raise BadInput("value", "rule") from error


def _read(name: str, default: Any, said: str) -> Any:
    if isinstance(default, bool):
        return {"oui": True, "non": False, "true": True, "false": False}[said.lower()]
    if isinstance(default, list):
        hours = [part.strip() for part in said.split(",") if part.strip()]
        for hour in hours:
            minutes(hour)
        if not hours:
            raise ValueError
        return hours
    if isinstance(default, str):
        if said not in CHOICES.get(name, (said,)):
            raise ValueError
        return said
    number = float(said.replace(",", ".")) if isinstance(default, float) else int(said)
    lowest = -HIGHEST if name in MAY_BE_NEGATIVE else 0
    highest = 1 if isinstance(default, float) else HIGHEST
    if not lowest <= number <= highest:
        raise ValueError
    return number
