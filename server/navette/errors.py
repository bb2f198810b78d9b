"""Everything that can go wrong, as nouns of the domain.

NavetteError
├── Refusal                 the rules say no; data, no sentence (wording.py), no HTTP (navette_web)
│   ├── NotFound            also "not yours"
│   ├── NotSignedIn
│   ├── Forbidden
│   ├── HoldLimitReached    limit, current
│   ├── DuplicateHold       hold_id
│   ├── NotReservable       reason
│   ├── VolumeRequired      volumes
│   ├── PatronBlocked       reason, until
│   ├── CardExpired         since
│   ├── WrongState          state, event
│   ├── LoanLimitReached    limit, current
│   ├── ItemHeldForAnother
│   ├── ItemOnLoan          loan_id, when it is on the very card that asks
│   ├── RenewalRefused      reason
│   ├── AmbiguousBarcode    candidates
│   ├── UnknownBarcode      barcode
│   ├── PushHostRefused     host
│   ├── TooManyAttempts     retry_after
│   ├── SignInRefused       reason
│   ├── LinkRefused         reason
│   ├── GuardianRefused     reason
│   ├── ConsentNeeded       what
│   ├── PickupCodeRefused   reason
│   └── BadInput            field, reason
├── Unavailable             a service outside did not answer: service, operation, status, timed_out
├── SettingsError           a setting is missing or wrong: name, reason
├── SourceError             a file is not of the kind asked: path, reason
│   └── NotMarc
├── UnknownLibrary          code, known
└── StorageError
    ├── Busy                the database stayed locked too long
    ├── Conflict            somebody else changed the row first (compare-and-swap lost)
    └── Duplicate           a unique index said no: constraint
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar


class NavetteError(Exception):
    """The root of the tree."""


class Refusal(NavetteError):
    """The rules say no. Carries data; the sentence is found by `wording.sentence_of`."""

    code: ClassVar[str] = "REFUSED"

    def __str__(self) -> str:
        """Return the code and the data, for logs."""
        return f"{self.code} {self.__dict__}" if self.__dict__ else self.code


class NotFound(Refusal):
    """There is no such thing, or it is not yours: the same answer."""

    code = "NOT_FOUND"


class NotSignedIn(Refusal):
    """Somebody has to sign in first."""

    code = "NOT_SIGNED_IN"


class Forbidden(Refusal):
    """This person may not do this."""

    code = "FORBIDDEN"


@dataclass(eq=False)
class HoldLimitReached(Refusal):
    """The card has as many active holds as its category allows."""

    limit: int
    current: int
    code = "HOLD_LIMIT"


@dataclass(eq=False)
class DuplicateHold(Refusal):
    """The patron already has an active hold on this (CIRCULATION I3)."""

    hold_id: int | None = None
    code = "DUPLICATE_HOLD"


@dataclass(eq=False)
class NotReservable(Refusal):
    """No copy can ever fill this hold (E11). Reasons: see wording.py."""

    reason: str = "no_copy"
    code = "NOT_RESERVABLE"


@dataclass(eq=False)
class VolumeRequired(Refusal):
    """The record has several volumes or issues: one must be chosen (E10)."""

    volumes: Sequence[tuple[str, str]] = ()
    code = "VOLUME_REQUIRED"


@dataclass(eq=False)
class PatronBlocked(Refusal):
    """The card is blocked, for a reason that the desk can explain; paused has a last day."""

    reason: str = ""
    until: date | None = None
    code = "PATRON_BLOCKED"


@dataclass(eq=False)
class CardExpired(Refusal):
    """The registration has ended."""

    since: date | None = None
    code = "CARD_EXPIRED"


@dataclass(eq=False)
class WrongState(Refusal):
    """This event does not exist in this state (section 2: refused, never ignored)."""

    state: str
    event: str
    code = "WRONG_STATE"


@dataclass(eq=False)
class LoanLimitReached(Refusal):
    """The card has as many loans as its category allows."""

    limit: int
    current: int
    code = "LOAN_LIMIT"


class ItemHeldForAnother(Refusal):
    """The item is on its way to, or waits for, somebody else (E7c)."""

    code = "ITEM_HELD_FOR_ANOTHER"


@dataclass(eq=False)
class ItemOnLoan(Refusal):
    """The item is lent: it must be returned first; their own loan can be renewed (E7g)."""

    loan_id: int | None = None
    code = "ITEM_ON_LOAN"


@dataclass(eq=False)
class RenewalRefused(Refusal):
    """Reasons: limit, others_wait, late, new, returned, claimed, blocked."""

    reason: str
    due_on: date | None = None
    code = "RENEWAL_REFUSED"


@dataclass(frozen=True)
class BarcodeCandidate:
    """One of several items that carry the scanned barcode."""

    item_id: int
    barcode: str
    library: str
    title: str


@dataclass(eq=False)
class AmbiguousBarcode(Refusal):
    """Several libraries use this barcode; the desk has to say which item it is."""

    candidates: Sequence[BarcodeCandidate] = field(default_factory=tuple)
    code = "AMBIGUOUS_BARCODE"


@dataclass(eq=False)
class UnknownBarcode(Refusal):
    """No item carries this barcode."""

    barcode: str
    code = "UNKNOWN_BARCODE"


@dataclass(eq=False)
class PushHostRefused(Refusal):
    """The push service is not one that we send to."""

    host: str
    code = "PUSH_HOST_REFUSED"


@dataclass(eq=False)
class TooManyAttempts(Refusal):
    """Slow down: seconds until the next attempt is looked at."""

    retry_after: int
    code = "TOO_MANY_ATTEMPTS"


@dataclass(eq=False)
class SignInRefused(Refusal):
    """Who somebody is was not shown.

    Reasons: mismatch, code, app, passkey, cancelled, again, provider; of the team: badge,
    badge_role, factor.
    """

    reason: str = "mismatch"
    code = "SIGN_IN_REFUSED"


@dataclass(eq=False)
class LinkRefused(Refusal):
    """Why a card was not linked.

    Reasons: other_card (the identity has one), card_taken (by another identity), stale; of a
    minor's card: whose (it is asked), guardian (it is reached through the family).
    """

    reason: str
    code = "LINK_REFUSED"


@dataclass(eq=False)
class GuardianRefused(Refusal):
    """Who looks after whom.

    Reasons: own_card, not_adult, of_age, already, too_many, invitations, speaks_alone.
    """

    reason: str
    code = "GUARDIAN_REFUSED"


@dataclass(eq=False)
class ConsentNeeded(Refusal):
    """Under 15 this needs the child and a guardian together: push, history."""

    what: str
    code = "CONSENT_NEEDED"


@dataclass(eq=False)
class PickupCodeRefused(Refusal):
    """Reasons: unknown (wrong, used or too late), not_waiting (this does not wait for them)."""

    reason: str = "unknown"
    code = "PICKUP_CODE_REFUSED"


@dataclass(eq=False)
class BadInput(Refusal):
    """A value is missing or is not of its kind."""

    field: str
    reason: str = ""
    code = "BAD_INPUT"


@dataclass(eq=False)
class Unavailable(NavetteError):
    """A service outside did not answer as it should; try again later."""

    service: str
    operation: str
    status: int | None = None
    timed_out: bool = False
    detail: str = ""

    def __str__(self) -> str:
        """Return one line for the log."""
        why = "timed out" if self.timed_out else f"status {self.status} {self.detail}".strip()
        return f"{self.service}: {self.operation}: {why}"


@dataclass(eq=False)
class SettingsError(NavetteError):
    """A setting is missing or wrong; the message says what to do."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return one line that names the variable."""
        return f"{self.name}: {self.reason}"


@dataclass(eq=False)
class SourceError(NavetteError):
    """A file cannot be read as what it should be."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Return one line that names the file."""
        return f"{self.path}: {self.reason}"


class NotMarc(SourceError):
    """The file holds no MARC record at all."""


@dataclass(eq=False)
class UnknownLibrary(NavetteError):
    """No library of the network has this code."""

    library: str
    known: Sequence[str] = ()

    def __str__(self) -> str:
        """Return one line that lists the codes there are."""
        return f"unknown library {self.library!r}; known: {', '.join(self.known) or 'none yet'}"


class StorageError(NavetteError):
    """The database could not do it."""


class Busy(StorageError):
    """The database stayed locked longer than we wait."""


class Conflict(StorageError):
    """Somebody else changed the row first."""


@dataclass(eq=False)
class Duplicate(StorageError):
    """A unique index refused the row; `constraint` names the index or its columns."""

    constraint: str

    def __str__(self) -> str:
        """Return the name of the index."""
        return f"duplicate: {self.constraint}"
