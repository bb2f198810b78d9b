"""Importing people: a library's own file in, one network card each, nobody merged silently.

Old numbers become other numbers of the network card. A line is one unit of work: the same command
again completes an interrupted import and changes nothing else.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from navette.clock import local_date
from navette.errors import BadInput, Duplicate, NavetteError, SourceError
from navette.network.network import Network
from navette.patrons.profiles import Profile
from navette.patrons.reading import card_number, looks_like_card
from navette.patrons.registering import Registration, register
from navette.patrons.resembling import Resembling, card_of, holders_of, resembling
from navette.patrons.tables import CardNumber
from navette.storage.unit import Tx, Unit

ENCODINGS = ("utf-8-sig", "cp1252")
YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
What = Literal["created", "updated", "unchanged"]
Advance = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Refused:
    """A line that was not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Proposal:
    """A person just registered who may be somebody known: two cards to look at, at a desk."""

    line: int
    card: str
    of: Sequence[Resembling]


@dataclass
class PeopleReport:
    """What became of a file; read = created + updated + unchanged + refused."""

    file: str
    library: str
    profile: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[Refused] = field(default_factory=list)
    duplicates: list[Proposal] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return it flat, for JSON; it holds card numbers and no names."""
        return asdict(self)


def read_people(path: Path, profile: Profile, library: str) -> list[dict[str, str]]:
    """Return the lines of a file by our names; SourceError when it is no list of people."""
    text = _text(path)
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(text.splitlines(), delimiter=separator)
    headings = [(name or "").strip() for name in reader.fieldnames or ()]
    missing = profile.missing(headings, home_known=bool(library))
    unknown = [name for name in headings if name.casefold() not in profile.headings]
    if missing:
        raise SourceError(str(path), f"missing columns: {missing}; profile {profile.name}")
    if unknown and profile.strict:
        known = ", ".join(sorted(profile.headings))
        raise SourceError(str(path), f"unknown columns: {unknown}; known: {known}")
    return [profile.values(row) for row in _rows(reader)]


def import_people(
    unit: Unit, network: Network, path: Path, profile: Profile, library: str, now: datetime,
    advance: Advance = lambda _done, _all: None,
) -> PeopleReport:  # fmt: skip
    """Register the people of a file; the report lists refusals and possible duplicates."""
    lines = read_people(path, profile, library)
    report = PeopleReport(str(path), library, profile.name, read=len(lines))
    for position, values in enumerate(lines, 2):
        try:
            who = _registration(values, profile, library)
            what, proposal = _taken(unit, network, who, position, now)
        except (NavetteError, ValueError) as error:
            report.refused += 1
            report.refusals.append(Refused(position, str(error)))
        else:
            setattr(report, what, getattr(report, what) + 1)
            if proposal is not None:
                report.duplicates.append(proposal)
        advance(position - 1, len(lines))
    return report


def _taken(
    unit: Unit, network: Network, who: Registration, position: int, now: datetime
) -> tuple[What, Proposal | None]:
    try:
        return unit.write(lambda tx: _take(tx, network, who, position, now))
    except Duplicate as error:  # a desk registered the same number at this moment
        raise BadInput("card", "taken by somebody else meanwhile") from error


def _take(
    tx: Tx, network: Network, who: Registration, position: int, now: datetime
) -> tuple[What, Proposal | None]:
    """Add the numbers that are new on a card that is known, or register somebody."""
    numbers = [number for number in (who.card, *who.other_numbers) if number]
    holders = holders_of(tx, numbers)
    known = {holder.patron_id for holder in holders.values()}
    if len(known) > 1:
        raise BadInput("card", "these numbers open several cards")
    if not known:
        alike = resembling(tx, who, network)
        patron = register(tx, network, who, now, local_date(now))
        return "created", Proposal(position, card_of(tx, patron), alike) if alike else None
    holder = next(iter(holders.values()))
    if not holder.is_called(who):
        raise BadInput("card", "this number opens the card of somebody with another name")
    new = [number for number in who.other_numbers if number not in holders]
    for number in new:
        tx.insert(CardNumber, number=number, patron_id=holder.patron_id, kind="library")
    return ("updated" if new else "unchanged"), None


def _registration(values: Mapping[str, str], profile: Profile, library: str) -> Registration:
    number, card = card_number(values["number"]), card_number(values["card"])
    others = [card_number(text) for text in values["other_numbers"].split()]
    if looks_like_card(number) and not card:
        card, number = number, ""
    return Registration(
        first_name=values["first_name"],
        last_name=values["last_name"],
        home=values["home"].casefold() or library,
        card=card,
        category=profile.category(values["category"]),
        birth_year=_year(values["birth_year"]),
        email=values["email"],
        phone=values["phone"],
        valid_until=_day(values["valid_until"]),
        other_numbers=tuple(dict.fromkeys(filter(None, (number, *others)))),
    )


def _year(text: str) -> int | None:
    """Return the year of a birth; the day is not kept."""
    found = YEAR.search(text)
    if text and found is None:
        raise BadInput("birth_year", f"no year in {text!r}")
    return int(found[1]) if found else None


def _day(text: str) -> date | None:
    french = FRENCH_DAY.fullmatch(text)
    if french is not None:
        return date(int(french[3]), int(french[2]), int(french[1]))
    return date.fromisoformat(text) if text else None


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error}") from error
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SourceError(str(path), "is not text in UTF-8 or Windows-1252")


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    for row in reader:
        yield {
            (name or "").strip().casefold(): value.strip()
            for name, value in row.items()
            if isinstance(value, str)
        }
