"""The one field of a desk: a card or an item, the open card or none, and the right thing done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from navette.circulation.desk_table import DeskAct, InHand, OpenCard, decide
from navette.circulation.desk_wording import (
    card_closed,
    card_opened,
    lent,
    return_or_renew,
    stopped,
)
from navette.circulation.finding import desk_of, item_in_hand
from navette.circulation.item_views import item_view_of
from navette.circulation.lending import ON_OPEN_SHELF, lend
from navette.circulation.routing import ASIDE
from navette.circulation.rows import BOUND_HOLD, LOAN, OPEN_LOAN_OF_ITEM, item_row
from navette.circulation.scanning import scan
from navette.circulation.states import HoldState, ItemStatus
from navette.clock import local_date
from navette.errors import ItemHeldForAnother, NotFound, UnknownBarcode
from navette.ils.views import (
    Actor,
    DeskAnswer,
    DeskScan,
    LendRequest,
    ScanRequest,
    ScanResult,
)
from navette.network.network import Network
from navette.patrons.reading import PatronView, children_of, looks_like_card, patron_by_card
from navette.storage.unit import Reader, Tx

NEVER_LENT = ASIDE | {ItemStatus.NOT_FOR_LOAN, ItemStatus.ON_ORDER}


def desk_scan(
    tx: Tx,
    network: Network,
    now: datetime,
    actor: Actor,
    request: DeskScan,
    ready_window: int = 300,
) -> DeskAnswer:
    """Understand one scan by the table of section 4 and do it, in one transaction.

    Enter in the empty field closes the card. A refusal (of lending, of an unknown or ambiguous
    barcode) is raised: the card stays open.
    """
    here = desk_of(network, actor, request.library)
    text = request.text.strip()
    if not text and request.item_id is None:
        return DeskAnswer("closed", card_closed())
    if looks_like_card(text):
        return _opened(patron_by_card(tx, text))
    try:
        item_id = item_in_hand(tx, network, here, text, request.item_id)
    except UnknownBarcode:
        return _opened_by_old_card(tx, text)
    person = patron_by_card(tx, request.card) if request.card else None
    act = decide(_in_hand(tx, item_id), _open_card(tx, person, local_date(now)))
    desk = _Desk(network, now, actor, request, item_id, person, ready_window)
    return desk.do(tx, act)


@dataclass(frozen=True)
class _Desk:
    """One scan understood: what is in the hand, whose card is open."""

    network: Network
    now: datetime
    actor: Actor
    request: DeskScan
    item_id: int
    person: PatronView | None
    ready_window: int

    def do(self, tx: Tx, act: DeskAct) -> DeskAnswer:
        """Do what the table says."""
        if act is DeskAct.ASK_RETURN_OR_RENEW and not self.request.give_back:
            return self._answer(tx, act, return_or_renew(), loan_id=self._loan(tx))
        if act is DeskAct.STOP:
            return self._answer(tx, act, stopped())
        if act in {DeskAct.LEND, DeskAct.RECEIVE_THEN_LEND} and self.person is not None:
            return self._lend(tx, act, self.person)
        return self._route(tx, act)

    def _lend(self, tx: Tx, act: DeskAct, person: PatronView) -> DeskAnswer:
        request = LendRequest(
            self.request.library, card=person.card, item_id=self.item_id,
            scanned_at=self.request.scanned_at,
        )  # fmt: skip
        try:
            loan_id = lend(tx, self.network, self.now, self.actor, request)
        except ItemHeldForAnother:  # E7f: nothing was written; routing traps it for who waits
            return self._route(tx, DeskAct.ROUTE)
        loan = tx.one(LOAN, loan=loan_id)
        return self._answer(tx, act, lent(loan.due_on), loan_id=loan_id)

    def _route(self, tx: Tx, act: DeskAct) -> DeskAnswer:
        """Scan it; another person's return closes the card."""
        asked = self.request
        result = scan(
            tx, self.network, self.now, self.actor,
            ScanRequest(
                asked.library, item_id=self.item_id, confirm=asked.confirm,
                scan_id=asked.scan_id, scanned_at=asked.scanned_at,
            ),
            self.ready_window,
        )  # fmt: skip
        closes = act is DeskAct.RETURN
        return self._answer(tx, act, result.message, scanned=result, closes=closes)

    def _answer(
        self, tx: Tx, act: DeskAct, message: str, *, scanned: ScanResult | None = None,
        loan_id: int | None = None, closes: bool = False,
    ) -> DeskAnswer:  # fmt: skip
        person = None if closes else self.person
        return DeskAnswer(
            act=str(act),
            message=message,
            card=person.card if person else "",
            patron_id=person.id if person else None,
            item=item_view_of(tx, self.network, self.item_id),
            scan=scanned,
            loan_id=loan_id,
        )

    def _loan(self, tx: Tx) -> int | None:
        loan = tx.first(OPEN_LOAN_OF_ITEM, item=self.item_id)
        return loan.id if loan else None


def _opened(person: PatronView) -> DeskAnswer:
    return DeskAnswer("opened", card_opened(), person.card, person.id)


def _opened_by_old_card(reader: Reader, text: str) -> DeskAnswer:
    """Open the card of a number that a library gave out before the network."""
    try:
        return _opened(patron_by_card(reader, text))
    except NotFound as error:
        raise UnknownBarcode(text) from error


def _open_card(reader: Reader, person: PatronView | None, today: date) -> OpenCard | None:
    if person is None:
        return None
    children = children_of(reader, person.id, today)
    return OpenCard(person.id, frozenset(child.id for child in children))


def _in_hand(reader: Reader, item_id: int) -> InHand:
    item = item_row(reader, item_id)
    loan = reader.first(OPEN_LOAN_OF_ITEM, item=item_id)
    hold = reader.first(BOUND_HOLD, item=item_id)
    status = ItemStatus(item.status)
    return InHand(
        lent_to=loan.patron_id if loan else None,
        bound_for=hold.patron_id if hold else None,
        bound_state=HoldState(hold.state) if hold else None,
        set_aside=status in NEVER_LENT or item.not_for_loan or bool(item.alert),
        on_open_shelf=status in ON_OPEN_SHELF,
    )
