"""The counter: hands each scan to the engine, and turns its answer into one instruction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from navette.errors import (
    AmbiguousBarcode,
    BarcodeCandidate,
    NotFound,
    Refusal,
    UnknownBarcode,
    WrongState,
)
from navette.ils.port import Circulation
from navette.ils.views import Actor, DeskAnswer, DeskScan, ScanResult
from navette.languages import _
from navette.patrons.reading import PatronView, looks_like_card, patron_by_card, patron_of
from navette.storage.unit import Unit
from navette_auth.codes import looks_like_code
from navette_web.desk.looking import shown_to
from navette_web.desk.orders import (
    RETURN_OR_RENEW,
    Order,
    collects,
    idle,
    lent_order,
    marked,
    no_longer,
    nothing_to_undo,
    order_of,
    refusal_order,
    renewed_order,
    stop,
    stranger,
)
from navette_web.stops import Stop

Question = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Scanned:
    """One use of the field: the code, the open card, answers to a question."""

    code: str = ""
    card: str = ""
    item_id: int | None = None
    confirm: bool = False
    scan_id: str = ""
    wish: str = ""  # '' | return | renew


@dataclass(frozen=True)
class Answered:
    """What the desk shows next.

    `lent`: a loan is undone by giving back, not by undoing a scan. `routed`: a scan was made now.
    `borrower`: for whom it was lent, when that is somebody else than the open card's.
    """

    order: Order = field(default_factory=idle)
    person: PatronView | None = None
    questions: Sequence[Question] = field(default_factory=tuple)
    slip: str = ""
    lent: bool = False
    routed: bool = False
    borrower: PatronView | None = None


@dataclass(frozen=True)
class Counter:
    """A desk at work: who stands there, and the engine that decides."""

    circulation: Circulation
    unit: Unit
    actor: Actor
    stops: dict[str, Stop]

    def take(self, scanned: Scanned) -> Answered:
        """Answer one scan; a refusal is an instruction too, and the card stays open."""
        person = self._holder(scanned.card)
        try:
            answer = self.circulation.desk_scan(self.actor, self._asked(scanned, person))
            return self._answered(answer, scanned)
        except AmbiguousBarcode as refusal:
            asked = self._which(refusal.candidates, scanned)
            return Answered(refusal_order(refusal), person, asked)
        except Refusal as refusal:
            if isinstance(refusal, UnknownBarcode) and looks_like_code(scanned.code):
                return Answered(collects(), person)
            strange = isinstance(refusal, NotFound) and looks_like_card(scanned.code)
            return Answered(stranger() if strange else refusal_order(refusal), person)

    def undo(self, scan_id: str = "", card: str = "") -> Answered:
        """Undo a scan of this desk (T18): the one that is named, else the newest that stands."""
        person = self._holder(card)
        try:
            undone = self.circulation.undo_scan(self.actor, scan_id or self._newest())
        except NotFound:
            return Answered(nothing_to_undo(), person)
        except WrongState:
            return Answered(no_longer(), person)
        return Answered(order_of(undone, self.stops), person)

    def _newest(self) -> str:
        scans: Sequence[ScanResult] = self.circulation.last_scans(self.actor.library)
        newest = next((scan.scan_id for scan in scans if not scan.undone), None)
        if newest is None:
            raise NotFound
        return newest

    def _asked(self, scanned: Scanned, person: PatronView | None) -> DeskScan:
        return DeskScan(
            self.actor.library,
            text=scanned.code,
            card=person.card if person else "",
            item_id=scanned.item_id,
            give_back=scanned.wish == "return",
            confirm=scanned.confirm,
            scan_id=scanned.scan_id or None,
        )

    def _answered(self, answer: DeskAnswer, scanned: Scanned) -> Answered:
        person = self._person(answer.patron_id)
        if answer.scan is not None:
            return self._routed(answer.scan, person)
        if answer.act == "ask_return_or_renew":
            return self._return_or_renew(answer, person, renew=scanned.wish == "renew")
        if answer.act == "stop":
            return Answered(stop(), person)
        if answer.loan_id is not None and answer.item is not None:
            loan = self.circulation.loan(self.actor, answer.loan_id)
            others = loan.patron_id is not None and loan.patron_id != answer.patron_id
            reader = self._person(loan.patron_id) if others else None
            again = _again(answer, wish="return")
            return Answered(
                lent_order(loan, self._shown(reader)), person, ((_("Rendre"), again),), lent=True,
                borrower=reader,
            )  # fmt: skip
        if person is not None:
            name = shown_to(self.actor, person).name
            return Answered(Order(_("Bonjour"), name, "go", sound="go"), person)
        return Answered()

    def _routed(self, result: ScanResult, person: PatronView | None) -> Answered:
        questions: tuple[Question, ...] = ()
        if result.instruction == "CONFIRM":
            again = {"barcode": result.item.barcode, "item": result.item.id, "confirm": "1"}
            questions = ((_("Oui, bien arrivé ici"), again),)
        order = order_of(result, self.stops)
        return Answered(order, person, questions, result.slip, routed=True)

    def _return_or_renew(
        self, answer: DeskAnswer, person: PatronView | None, *, renew: bool
    ) -> Answered:
        if renew and answer.loan_id is not None:
            loan = self.circulation.renew_loan(self.actor, answer.loan_id)
            return Answered(renewed_order(loan), person)
        questions = (
            (_("Rendre"), _again(answer, wish="return")),
            (_("Prolonger"), _again(answer, wish="renew")),
        )
        title = marked(answer.item) if answer.item else ""
        return Answered(Order(_(RETURN_OR_RENEW), title, "ask", sound="look"), person, questions)

    def _holder(self, card: str) -> PatronView | None:
        """Return whose card is open; a number that opens nothing any more is no card."""
        with self.unit.read() as reader:
            try:
                return patron_by_card(reader, card) if card else None
            except NotFound:
                return None

    def _shown(self, person: PatronView | None) -> PatronView | None:
        return None if person is None else shown_to(self.actor, person)

    def _person(self, patron_id: int | None) -> PatronView | None:
        if patron_id is None:
            return None
        with self.unit.read() as reader:
            return patron_of(reader, patron_id)

    def _which(
        self, candidates: Sequence[BarcodeCandidate], scanned: Scanned
    ) -> tuple[Question, ...]:
        return tuple(
            (
                f"{one.title} ({self.stops[one.library].name})",
                {"barcode": scanned.code, "item": one.item_id},
            )
            for one in candidates
        )


def _again(answer: DeskAnswer, **given: str) -> dict[str, Any]:
    """Return the same item once more, with the answer to the question."""
    item = answer.item
    return {"barcode": item.barcode, "item": item.id, **given} if item else dict(given)
