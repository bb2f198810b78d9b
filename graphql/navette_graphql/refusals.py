"""Refusals as data: one interface that sees every refusal, types that carry more."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import strawberry

from navette import errors
from navette.wording import sentence_of
from navette_graphql.ids import global_id


@strawberry.enum(description="Why the rules said no.")
class RefusalCode(Enum):
    """The codes of the contract; clients branch on them."""

    NOT_FOUND = "NOT_FOUND"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    FORBIDDEN = "FORBIDDEN"
    HOLD_LIMIT = "HOLD_LIMIT"
    DUPLICATE_HOLD = "DUPLICATE_HOLD"
    NOT_RESERVABLE = "NOT_RESERVABLE"
    VOLUME_REQUIRED = "VOLUME_REQUIRED"
    PATRON_BLOCKED = "PATRON_BLOCKED"
    CARD_EXPIRED = "CARD_EXPIRED"
    WRONG_STATE = "WRONG_STATE"
    LOAN_LIMIT = "LOAN_LIMIT"
    ITEM_HELD_FOR_ANOTHER = "ITEM_HELD_FOR_ANOTHER"
    ITEM_ON_LOAN = "ITEM_ON_LOAN"
    RENEWAL_REFUSED = "RENEWAL_REFUSED"
    AMBIGUOUS_BARCODE = "AMBIGUOUS_BARCODE"
    UNKNOWN_BARCODE = "UNKNOWN_BARCODE"
    PUSH_HOST_REFUSED = "PUSH_HOST_REFUSED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    BAD_INPUT = "BAD_INPUT"
    CONSENT_NEEDED = "CONSENT_NEEDED"
    PICKUP_CODE_REFUSED = "PICKUP_CODE_REFUSED"
    GUARDIAN_REFUSED = "GUARDIAN_REFUSED"


@strawberry.interface(description="The rules said no; nothing was changed.")
class Refusal:
    """What every refusal tells."""

    code: RefusalCode = strawberry.field(description="What a program branches on.")
    message: str = strawberry.field(description="What a person reads, in French.")


@strawberry.type(description="A refusal that needs no more than its sentence.")
class PlainRefusal(Refusal):
    """No data besides the code."""


@strawberry.type(description="A limit is reached.")
class LimitRefusal(Refusal):
    """HOLD_LIMIT and LOAN_LIMIT."""

    limit: int = strawberry.field(description="What the card allows.")
    current: int = strawberry.field(description="What it has now.")


@strawberry.type(description="There is one already.")
class DuplicateHoldRefusal(Refusal):
    """DUPLICATE_HOLD."""

    hold_id: strawberry.ID | None = strawberry.field(description="The hold that stands.")


@strawberry.type(description="A volume or an issue.")
class Volume:
    """One of several: choose by its key."""

    key: str = strawberry.field(description="What to send back.")
    label: str = strawberry.field(description="What to show.")


@strawberry.type(description="One volume must be chosen.")
class VolumeRequiredRefusal(Refusal):
    """VOLUME_REQUIRED."""

    volumes: list[Volume] = strawberry.field(description="Those there are.")


@strawberry.type(description="The library of a candidate.")
class CandidateLibrary:
    """Its code is enough to choose."""

    code: str = strawberry.field(description="hem, lannoy, leers...")


@strawberry.type(description="One of the items that carry the barcode.")
class BarcodeCandidate:
    """Scan again with its id."""

    id: strawberry.ID = strawberry.field(description="The item.")
    barcode: str = strawberry.field(description="As it is printed.")
    library: CandidateLibrary = strawberry.field(description="Whose item it is.")
    title: str = strawberry.field(description="What it is.")


@strawberry.type(description="Several items carry this barcode.")
class AmbiguousBarcodeRefusal(Refusal):
    """AMBIGUOUS_BARCODE."""

    candidates: list[BarcodeCandidate] = strawberry.field(description="Those there are.")


@strawberry.type(description="The item is lent.")
class ItemOnLoanRefusal(Refusal):
    """ITEM_ON_LOAN."""

    loan_id: strawberry.ID | None = strawberry.field(
        description="The loan, when it is on the very card that asks: renewLoan may prolong it."
    )


@strawberry.type(description="A value is missing or is not of its kind.")
class InputRefusal(Refusal):
    """BAD_INPUT."""

    field: str = strawberry.field(description="Which value.")


def refusal_of(error: errors.Refusal) -> Refusal:
    """Return the refusal of an error of the domain, with its data and its sentence."""
    code, message = RefusalCode(error.code), sentence_of(error)
    more = _MORE.get(type(error))
    return more(error, code, message) if more else PlainRefusal(code=code, message=message)


def _limit(error: Any, code: RefusalCode, message: str) -> Refusal:
    return LimitRefusal(code=code, message=message, limit=error.limit, current=error.current)


def _duplicate(error: errors.DuplicateHold, code: RefusalCode, message: str) -> Refusal:
    hold = None if error.hold_id is None else global_id("Hold", error.hold_id)
    return DuplicateHoldRefusal(code=code, message=message, hold_id=hold)


def _volume(error: errors.VolumeRequired, code: RefusalCode, message: str) -> Refusal:
    volumes = [Volume(key=key, label=label) for key, label in error.volumes]
    return VolumeRequiredRefusal(code=code, message=message, volumes=volumes)


def _barcode(error: errors.AmbiguousBarcode, code: RefusalCode, message: str) -> Refusal:
    candidates = [
        BarcodeCandidate(
            id=global_id("Item", c.item_id),
            barcode=c.barcode,
            library=CandidateLibrary(code=c.library),
            title=c.title,
        )
        for c in error.candidates
    ]
    return AmbiguousBarcodeRefusal(code=code, message=message, candidates=candidates)


def _on_loan(error: errors.ItemOnLoan, code: RefusalCode, message: str) -> Refusal:
    loan = None if error.loan_id is None else global_id("Loan", error.loan_id)
    return ItemOnLoanRefusal(code=code, message=message, loan_id=loan)


def _input(error: errors.BadInput, code: RefusalCode, message: str) -> Refusal:
    return InputRefusal(code=code, message=message, field=error.field)


_MORE: dict[type[errors.Refusal], Callable[[Any, RefusalCode, str], Refusal]] = {
    errors.HoldLimitReached: _limit,
    errors.LoanLimitReached: _limit,
    errors.DuplicateHold: _duplicate,
    errors.VolumeRequired: _volume,
    errors.AmbiguousBarcode: _barcode,
    errors.BadInput: _input,
    errors.ItemOnLoan: _on_loan,
}
REFUSALS = (
    PlainRefusal,
    LimitRefusal,
    DuplicateHoldRefusal,
    VolumeRequiredRefusal,
    AmbiguousBarcodeRefusal,
    InputRefusal,
    ItemOnLoanRefusal,
)


def or_refusal(name: str, result: type) -> Any:
    """Return the union of a mutation: its result and every kind of refusal."""
    union: Any = result
    for member in REFUSALS:
        union |= member
    return Annotated[union, strawberry.union(name, description=f"{result.__name__}, or why not.")]
