"""The ways that begin with a code: link a card, choose a password, undo a linking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from navette.clock import local_date
from navette.errors import BadInput, SignInRefused
from navette.network.loading import network_of
from navette.notifications.reading import told_by
from navette.patrons.ages import Ages, is_under
from navette.patrons.reading import PatronView, patron_of
from navette.patrons.tables import CardNumber
from navette.storage.base import table
from navette.storage.outbox import put
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader, Tx
from navette_auth import codes
from navette_auth.cards import card_number, holder_of, set_password
from navette_auth.flows import SignIn
from navette_auth.identities import identity_of
from navette_auth.known_devices import forget_devices, remember_device
from navette_auth.linking import part
from navette_auth.opaque import digest, plausible
from navette_auth.opening import Caller
from navette_auth.password_rules import Owner, check_password
from navette_auth.passwords import hash_password
from navette_auth.sessions import Holder, Visitor, end_of_identity, end_others
from navette_auth.throttle import attempt, forgive, subjects_of
from navette_auth.tokens import end_tokens_of_patron

WRONG = "code"
_n = table(CardNumber).c
_NUMBERS: Query[str] = Query(select(_n.number).where(_n.patron_id == bindparam("patron")), scalar)


@dataclass(frozen=True)
class DeskCode:
    """A code as it is printed, and until when it serves."""

    text: str
    until: datetime


@dataclass(frozen=True)
class CodeWays:
    """What pages call, whole, one call a form; codes are marked with the keys of `ways`."""

    ways: SignIn

    def at_desk(self, purpose: str, patron_id: int, staff_id: int) -> DeskCode:
        """Make a code for somebody who stands at the desk and showed who they are."""
        code, now = codes.new_code(), self.ways.clock.now()
        mark = self._mark(purpose, code)
        self.ways.unit.write(
            lambda tx: codes.keep_code(
                tx, mark, purpose, now, codes.DESK_LIFE, patron_id=patron_id, staff_id=staff_id
            )
        )
        return DeskCode(code, now + codes.DESK_LIFE)

    def forgot(self, caller: Caller, card: str) -> None:
        """Send a code to the contact on file; the same writes whether there is one or not.

        Raises TooManyAttempts. Under 15 the guardians are written to.
        """
        now, number = self.ways.clock.now(), card_number(card)
        attempt(self.ways.unit, subjects_of("forgot", number, caller.client), now)
        code = codes.new_code()
        mark, sealed = self._mark(codes.PASSWORD, code), self.ways.vault.seal(code)

        def work(tx: Tx) -> None:
            patron = self._reachable(tx, number, now)
            codes.keep_code(tx, mark, codes.PASSWORD, now, codes.SENT_LIFE, patron_id=patron)
            put(
                tx, "code", f"code:{mark}", now=now, patron_id=patron,
                payload={"code": sealed, "until": (now + codes.SENT_LIFE).isoformat()},
            )  # fmt: skip

        self.ways.unit.write(work)

    def choose_password(self, caller: Caller, card: str, code: str, password: str) -> str:
        """Set the password with a code and return a session; SignInRefused, BadInput.

        Every other session of the card ends, and so do its other codes, known browsers and keys of
        programs.
        """
        number, unit = card_number(card), self.ways.unit
        subjects = subjects_of("code", number, caller.client)
        attempt(unit, subjects, self.ways.clock.now())
        marks = self._marks(codes.PASSWORD, code)
        with unit.read() as reader:
            patron = self._holder_of_code(reader, number, marks)
            owner = _owner(reader, patron)
        try:
            check_password(password, owner)
        except BadInput:  # the code was right: choosing another password is no guessing
            unit.write(lambda tx: forgive(tx, subjects))
            raise
        hashed = hash_password(password)  # slow, so before the unit of work

        def work(tx: Tx) -> str:
            now = self.ways.clock.now()
            opened = codes.take_code(tx, marks, codes.PASSWORD, now)
            if opened is None or opened.patron_id != patron.id:
                raise SignInRefused(WRONG)
            set_password(tx, patron.id, hashed)
            codes.end_codes(tx, patron.id, codes.PASSWORD, now)
            end_others(tx, patron.id, now)
            end_tokens_of_patron(tx, patron.id, now)
            forget_devices(tx, patron.id, but=caller.known)
            remember_device(tx, caller.known, patron.id, now)
            forgive(tx, subjects)
            put(tx, "password", f"password:{opened.id}", now=now, patron_id=patron.id)
            return self.ways.open_in(tx, caller, Holder(patron_id=patron.id))

        return unit.write(work)

    def send_link(self, caller: Caller, visitor: Visitor, card: str) -> None:
        """Send a code to link this card to the contact on file; the same for every card.

        It serves this account alone. Nothing is sent for a minor's card: whose it is, the desk or
        the child's password says. Raises NotSignedIn, LinkRefused, TooManyAttempts.
        """
        self.ways.check_linkable(visitor)
        now, number = self.ways.clock.now(), card_number(card)
        attempt(self.ways.unit, subjects_of("link-mail", number, caller.client), now)
        code = codes.new_code()
        mark, sealed = self._mark(codes.LINK, code), self.ways.vault.seal(code)

        def work(tx: Tx) -> None:
            patron = self._reachable(tx, number, now, codes.LINK)
            codes.keep_code(
                tx, mark, codes.LINK, now, codes.SENT_LIFE, patron_id=patron,
                identity_id=visitor.identity_id,
            )  # fmt: skip
            until = (now + codes.SENT_LIFE).isoformat()
            put(
                tx, "code", f"code:{mark}", now=now, patron_id=patron,
                payload={"code": sealed, "until": until, "for": codes.LINK},
            )  # fmt: skip

        self.ways.unit.write(work)

    def link(self, caller: Caller, visitor: Visitor, code: str, whose: str = "") -> str:
        """Link the card that a code is about; SignInRefused, LinkRefused."""
        self.ways.check_linkable(visitor)
        subjects = subjects_of("link", str(visitor.identity_id), caller.client)
        attempt(self.ways.unit, subjects, self.ways.clock.now())
        marks = self._marks(codes.LINK, code)

        def proof(tx: Tx) -> int:
            opened = codes.take_code(tx, marks, codes.LINK, self.ways.clock.now())
            if opened is None or opened.patron_id is None:
                raise SignInRefused(WRONG)
            if opened.identity_id not in {None, visitor.identity_id}:
                raise SignInRefused(WRONG)  # it was sent to another account
            forgive(tx, subjects)
            return opened.patron_id

        return self.ways.link_proven(caller, visitor, proof, whose)

    def may_undo(self, key: str) -> bool:
        """Return whether an undo link still serves."""
        with self.ways.unit.read() as reader:
            now = self.ways.clock.now()
            return plausible(key) and bool(codes.find_code(reader, [digest(key)], codes.UNDO, now))

    def undo(self, key: str) -> bool:
        """Part an identity from the card it was linked to, by the link its contacts were sent.

        Its sessions end. Returns whether there was something to undo.
        """

        def work(tx: Tx) -> bool:
            now = self.ways.clock.now()
            opened = codes.take_code(tx, [digest(key)], codes.UNDO, now)
            if opened is None or opened.identity_id is None:
                return False
            if identity_of(tx, opened.identity_id, locked=True).patron_id != opened.patron_id:
                return False
            part(tx, opened.identity_id, now)
            end_of_identity(tx, opened.identity_id, now)
            return True

        return plausible(key) and self.ways.unit.write(work)

    def _holder_of_code(self, reader: Reader, number: str, marks: list[str]) -> PatronView:
        holder = holder_of(reader, number)
        opened = codes.find_code(reader, marks, codes.PASSWORD, self.ways.clock.now())
        if holder is None or opened is None or opened.patron_id != holder.patron_id:
            raise SignInRefused(WRONG)
        return patron_of(reader, holder.patron_id)

    def _reachable(
        self, tx: Tx, number: str, now: datetime, purpose: str = codes.PASSWORD
    ) -> int | None:
        holder = holder_of(tx, number)
        if holder is None or not codes.may_send(tx, holder.patron_id, now, purpose):
            return None
        if purpose == codes.LINK and self._is_minor(tx, holder.patron_id, now):
            return None
        told = told_by(tx, holder.patron_id, now)
        return holder.patron_id if any(person.email for person in told) else None

    def _is_minor(self, tx: Tx, patron_id: int, now: datetime) -> bool:
        adult = Ages.of(network_of(tx)).adult
        return is_under(patron_of(tx, patron_id), adult, local_date(now), adult)

    def _mark(self, purpose: str, code: str) -> str:
        return self.ways.vault.mark(f"{purpose}:{codes.typed(code)}")

    def _marks(self, purpose: str, code: str) -> list[str]:
        return self.ways.vault.marks(f"{purpose}:{codes.typed(code)}")


def _owner(reader: Reader, patron: PatronView) -> Owner:
    return Owner(
        reader.all(_NUMBERS, patron=patron.id), patron.birth_year,
        (patron.first_name, patron.last_name),
    )  # fmt: skip
