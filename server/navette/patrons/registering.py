"""Registering people: a card for all five libraries, guardians, contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update

from navette.clock import local_date
from navette.errors import BadInput, NotFound
from navette.network.network import Network
from navette.patrons.ages import ADULT_AGE, birthday, day_of_age
from navette.patrons.reading import NETWORK_CARD, card_number, name_key, patron_by_card, patron_of
from navette.patrons.tables import CardNumber, Guardian, Patron
from navette.patrons.using import note_use
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Tx

_p = table(Patron).c
_LAST_CARD = Query(select(func.max(_p.card)).where(_p.card.like("2059%")), scalar)
_PASSWORD = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(password_hash=bindparam("hashed"), version=_p.version + 1)
)


_TITLES = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(titles_shown=bindparam("shown"), version=_p.version + 1)
)
_OF_AGE = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(of_age_on=bindparam("day"), birth_year=bindparam("year"), version=_p.version + 1)
)
_LINK_UNTIL = command(
    update(table(Guardian))
    .where(table(Guardian).c.child_id == bindparam("patron"), table(Guardian).c.ended_at.is_(None))
    .values(ends_on=bindparam("day"))
)


_REACH = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"), _p.closed_at.is_(None))
    .values(email=bindparam("mail"), phone=bindparam("call"), version=_p.version + 1)
)
_UNTIL = Query(
    select(_p.valid_until).where(_p.id == bindparam("patron"), _p.closed_at.is_(None)), scalar
)
_RENEW = command(
    update(table(Patron))
    .where(_p.id == bindparam("patron"))
    .values(valid_until=bindparam("until"), version=_p.version + 1)
)


@dataclass(frozen=True)
class Registration:
    """What a desk, a file or the demonstration says of a person."""

    first_name: str
    last_name: str
    home: str
    card: str = ""
    category: str = "adult"
    birth_year: int | None = None
    email: str = ""
    phone: str = ""
    valid_until: date | None = None
    blocked_reason: str = ""
    password_hash: str = ""
    other_numbers: Sequence[str] = field(default_factory=tuple)
    channels: Sequence[str] = ("push", "email")


def register(tx: Tx, network: Network, who: Registration, now: datetime, today: date) -> int:
    """Register a person; returns the row id.

    Without a card number the next free one is given. Raises BadInput, UnknownLibrary, and
    Duplicate when a number is taken.
    """
    _check(network, who)
    card = card_number(who.card) or next_card(tx)
    patron = tx.insert(
        Patron,
        card=card,
        first_name=who.first_name.strip(),
        last_name=who.last_name.strip(),
        name_key=name_key(who.last_name, who.first_name),
        birth_year=who.birth_year,
        category=who.category,
        home_library_id=network.library(who.home).id,
        email=who.email.strip(),
        phone=who.phone.strip(),
        language="fr",
        registered_on=today,
        valid_until=who.valid_until or _months_after(today, 12),
        blocked_reason=who.blocked_reason,
        password_hash=who.password_hash,
        channels=list(who.channels),
        title_on_notices=False,
        created_at=now,
        version=1,
    )
    for number in dict.fromkeys((card, *map(card_number, who.other_numbers))):
        kind = "network" if number == card else "library"
        tx.insert(CardNumber, number=number, patron_id=patron, kind=kind)
    return patron


def add_guardian(tx: Tx, guardian_card: str, child_card: str, now: datetime) -> int:
    """Let an adult act for a child; raises NotFound, BadInput for one's own card."""
    adult, child = patron_by_card(tx, guardian_card), patron_by_card(tx, child_card)
    if adult.id == child.id:
        raise BadInput("guardian", "own_card")
    return tx.insert(
        Guardian, guardian_id=adult.id, child_id=child.id, since=now, made_by="desk", ended_by="",
        ends_on=birthday(child, ADULT_AGE, ADULT_AGE),
    )  # fmt: skip


def set_password(tx: Tx, patron_id: int, hashed: str) -> None:
    """Keep the hash of a new password; raises NotFound."""
    if not tx.run(_PASSWORD, patron=patron_id, hashed=hashed):
        raise NotFound


def show_titles(tx: Tx, patron_id: int, *, shown: bool) -> None:
    """Keep whether guardians read the titles of a young person, who alone decides."""
    if not tx.run(_TITLES, patron=patron_id, shown=shown):
        raise NotFound


def set_birthday(tx: Tx, patron_id: int, birth: date, today: date) -> None:
    """Keep the year of a birth, and the day of 18 of a minor; links end on that morning."""
    of_age = day_of_age(birth, ADULT_AGE)
    kept = of_age if today < of_age else None
    if not tx.run(_OF_AGE, patron=patron_id, day=kept, year=birth.year):
        raise NotFound
    tx.run(_LINK_UNTIL, patron=patron_id, day=of_age)


def renew(tx: Tx, network: Network, patron_id: int, now: datetime) -> date:
    """Renew a registration from its end, or from today when it is over; returns its new end."""
    today = local_date(now)
    until: date | None = tx.first(_UNTIL, patron=patron_id)
    if until is None:
        raise NotFound
    months = int(network.rule("registration_months"))
    new = _months_after(max(until, today), months)
    tx.run(_RENEW, patron=patron_id, until=new)
    note_use(tx, patron_id, now)
    return new


def set_reach(tx: Tx, patron_id: int, email: str, phone: str, now: datetime) -> None:
    """Change e-mail and telephone at the desk; where mail went until now, it says so once."""
    email, phone = email.strip(), phone.strip()
    if email and "@" not in email:
        raise BadInput("email", "no_at")
    before = patron_of(tx, patron_id)
    tx.run(_REACH, patron=patron_id, mail=email, call=phone)
    if before.email and before.email != email:
        key = f"contact_changed:{patron_id}:{int(now.timestamp())}"
        payload = {"to": before.email}
        put(tx, "contact_changed", key, now=now, patron_id=patron_id, payload=payload)


def next_card(tx: Tx) -> str:
    """Return the next free network number: 14 digits that begin with 2059."""
    last = tx.one(_LAST_CARD)
    return str(int(last) + 1) if last and NETWORK_CARD.fullmatch(last) else "20590000000001"


def _check(network: Network, who: Registration) -> None:
    if not who.first_name.strip() or not who.last_name.strip():
        raise BadInput("name", "missing")
    known = [category.code for category in network.categories]
    if known and who.category not in known:
        raise BadInput("category", f"known: {', '.join(known)}")
    if who.card and not NETWORK_CARD.fullmatch(card_number(who.card)):
        raise BadInput("card", "14 digits beginning 2059")


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):  # the 31st, or 29 February, where there is none
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(year, month + 1, 28)
