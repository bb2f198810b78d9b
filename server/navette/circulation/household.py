"""What a household may have at once: a parent and the children of their card (section 9).

Optional: a limit of 0 is none. Two guardians who live apart are two households: a child counts
in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from navette.circulation.facts import PatronRow
from navette.circulation.policy import Allowance
from navette.circulation.states import ACTIVE
from navette.circulation.tables import Hold, Loan
from navette.errors import LoanLimitReached
from navette.network.network import Network
from navette.patrons.tables import Guardian
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Reader

_g, _h, _l = table(Guardian).c, table(Hold).c, table(Loan).c
_GUARDIANS = Query(
    select(_g.guardian_id).where(_g.child_id == bindparam("patron"), _g.ended_at.is_(None)), scalar
)
_CHILDREN = Query(
    select(_g.child_id).where(_g.guardian_id == bindparam("patron"), _g.ended_at.is_(None)), scalar
)
_LOANS = Query(
    select(func.count()).where(
        _l.patron_id.in_(bindparam("people", expanding=True)), _l.returned_at.is_(None)
    ),
    scalar,
)
_HOLDS = Query(
    select(func.count(func.distinct(func.coalesce(_h.chain_id, -_h.id)))).where(
        _h.patron_id.in_(bindparam("people", expanding=True)), _h.state.in_(sorted(ACTIVE))
    ),
    scalar,
)


def households(reader: Reader, patron_id: int) -> list[list[int]]:
    """Return the people of each household that somebody belongs to, themselves included."""
    heads = reader.all(_GUARDIANS, patron=patron_id) or [patron_id]
    return [sorted({head, patron_id, *reader.all(_CHILDREN, patron=head)}) for head in heads]


def check_household_loans(reader: Reader, patron: PatronRow, network: Network) -> None:
    """Raise LoanLimitReached when a household has enough at home."""
    limit = _limit("loan_limit_household", patron, network)
    if limit and (current := _most(reader, _LOANS, patron)) >= limit:
        raise LoanLimitReached(limit=limit, current=current)


def check_household_holds(reader: Reader, patron: PatronRow, network: Network) -> None:
    """Raise HoldLimitReached when a household waits for enough."""
    allowed = household_allows(reader, patron, network)
    if allowed is not None:
        allowed.check()


def household_allows(reader: Reader, patron: PatronRow, network: Network) -> Allowance | None:
    """Return how many holds the fullest household of somebody may have, None without a limit."""
    limit = _limit("hold_limit_household", patron, network)
    return Allowance(limit, _most(reader, _HOLDS, patron)) if limit else None


def _limit(rule: str, patron: PatronRow, network: Network) -> int:
    home = network.by_id(patron.home_library_id).code
    return int(network.rule(rule, library=home, category=patron.category))


def _most(reader: Reader, count: Query[int], patron: PatronRow) -> int:
    groups: Sequence[Sequence[int]] = households(reader, patron.id)
    return max(reader.one(count, people=list(people)) for people in groups)
