"""Pre-registering: somebody writes at home what a desk then looks at; a card is made only there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select

from navette.errors import BadInput, NotFound
from navette.network.network import Network
from navette.patrons.ages import Ages, day_of_age
from navette.patrons.guarding import DESK, link_guardian
from navette.patrons.reading import card_number, name_key, patron_by_card
from navette.patrons.registering import Registration, register, set_birthday
from navette.patrons.tables import Preregistration
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx

LIFE = timedelta(days=30)
LONGEST, OLDEST = 80, 120
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+?[\d .()\-]{6,20}")
YOUNG = 12


@dataclass(frozen=True)
class Wish:
    """What somebody writes; `guardian_card` when a child is to be registered by a reader."""

    first_name: str
    last_name: str
    birth: date
    home: str
    email: str = ""
    phone: str = ""
    guardian_card: str = ""


class Written(NamedTuple):
    """A pre-registration that waits for a desk."""

    id: int
    reference: str
    first_name: str
    last_name: str
    birth: date
    home_library_id: int
    email: str
    phone: str
    guardian_card: str
    created_at: datetime
    expires_at: datetime


_w = table(Preregistration).c
_WRITTEN = select(
    _w.id, _w.reference, _w.first_name, _w.last_name, _w.birth, _w.home_library_id, _w.email,
    _w.phone, _w.guardian_card, _w.created_at, _w.expires_at,
).where(_w.expires_at > bindparam("now"))  # fmt: skip
_FOUND = Query(
    _WRITTEN.where(or_(_w.reference == bindparam("code"), _w.name_key.like(bindparam("start"))))
    .order_by(_w.created_at)
    .limit(bindparam("most"))
    .offset(bindparam("skip")),
    Written,
)
_ONE = Query(_WRITTEN.where(_w.id == bindparam("one")), Written)
_GONE = command(delete(table(Preregistration)).where(_w.id == bindparam("one")))
_SWEEP = command(delete(table(Preregistration)).where(_w.expires_at < bindparam("now")))


def check_wish(network: Network, wish: Wish, today: date) -> None:
    """Raise BadInput naming the field that cannot be; UnknownLibrary."""
    for field in ("first_name", "last_name"):
        text = str(getattr(wish, field)).strip()
        if not text or len(text) > LONGEST or not name_key(text):
            raise BadInput(field)
    if wish.birth > today or today.year - wish.birth.year > OLDEST:
        raise BadInput("birth")
    if wish.email and (len(wish.email) > 2 * LONGEST or not EMAIL.fullmatch(wish.email)):
        raise BadInput("email")
    if wish.phone and not PHONE.fullmatch(wish.phone):
        raise BadInput("phone")
    network.library(wish.home)


def preregister(tx: Tx, network: Network, wish: Wish, now: datetime, today: date) -> str:
    """Keep what was written; returns the reference to show at a desk. BadInput, UnknownLibrary."""
    check_wish(network, wish, today)
    reference = "".join(secrets.choice(LETTERS) for _ in range(6))
    tx.insert(
        Preregistration, reference=reference, first_name=wish.first_name.strip(),
        last_name=wish.last_name.strip(), name_key=name_key(wish.last_name, wish.first_name),
        birth=wish.birth, home_library_id=network.library(wish.home).id, email=wish.email.strip(),
        phone=wish.phone.strip(), guardian_card=card_number(wish.guardian_card)[:20],
        created_at=now, expires_at=now + LIFE,
    )  # fmt: skip
    return reference


def written(
    reader: Reader, now: datetime, text: str = "", *, first: int = 20, skip: int = 0
) -> Sequence[Written]:
    """Return those that wait, oldest first: all, or by reference or name."""
    code = "".join(c for c in text.upper() if c.isalnum())
    start = f"{name_key(text)}%"
    return reader.all(_FOUND, now=now, code=code, start=start, most=first, skip=skip)


def written_one(reader: Reader, one: int, now: datetime) -> Written:
    """Return one; raises NotFound."""
    found = reader.first(_ONE, one=one, now=now)
    if found is None:
        raise NotFound
    return found


def make_card(
    tx: Tx, network: Network, wish: Wish, now: datetime, today: date,
    *, from_written: int | None = None, category: str = "", number: str = "",
) -> int:  # fmt: skip
    """Make the card at the desk, link the guardian, forget what was written; returns the person.

    Raises BadInput, GuardianRefused, NotFound for a guardian's card that opens nothing.
    """
    check_wish(network, wish, today)
    who = Registration(
        first_name=wish.first_name, last_name=wish.last_name, home=wish.home, card=number,
        category=category or category_at(network, wish.birth, today), birth_year=wish.birth.year,
        email=wish.email, phone=wish.phone,
        channels=("push", "email") if wish.email else ("sms", "call") if wish.phone else ("call",),
    )  # fmt: skip
    patron = register(tx, network, who, now, today)
    set_birthday(tx, patron, wish.birth, today)
    if wish.guardian_card:
        adult = patron_by_card(tx, wish.guardian_card).id
        link_guardian(tx, network, adult, patron, now, today, DESK)
    if from_written is not None:
        tx.run(_GONE, one=from_written)
    return patron


def category_at(network: Network, birth: date, today: date) -> str:
    """Return the category of somebody by age, of those that the network has."""
    adult = Ages.of(network).adult
    if today >= day_of_age(birth, adult):
        return "adult"
    wanted = "child" if today < day_of_age(birth, YOUNG) else "young"
    known = [category.code for category in network.categories]
    return wanted if not known or wanted in known else "child" if "child" in known else known[0]


def forget_written(tx: Tx, one: int) -> None:
    """Take a pre-registration away; NotFound."""
    if not tx.run(_GONE, one=one):
        raise NotFound


def sweep(tx: Tx, now: datetime) -> int:
    """Remove what waited thirty days."""
    return tx.run(_SWEEP, now=now)
