"""Loading the queues of works with all that eligibility depends on, in few statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from navette.circulation.facts import HoldRow, PatronRow
from navette.circulation.queue import Candidate
from navette.circulation.rows import HOLD_COLUMNS, PATRONS
from navette.circulation.states import ACTIVE, BOUND
from navette.circulation.tables import Hold, Loan
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Reader

_h, _l = table(Hold).c, table(Loan).c


def _pair(one: int, other: int) -> tuple[int, int]:
    return one, other


def _due(patron: int, day: date) -> tuple[int, date]:
    return patron, day


_QUEUES = Query(
    select(*HOLD_COLUMNS)
    .where(_h.work_id.in_(bindparam("works", expanding=True)), _h.state.in_(sorted(ACTIVE)))
    .order_by(_h.rank_class, _h.placed_at, _h.id),
    HoldRow,
)
_FIRST_DUE = Query(
    select(_l.patron_id, func.min(_l.due_on))
    .where(
        _l.patron_id.in_(bindparam("patrons", expanding=True)),
        _l.returned_at.is_(None),
        _l.claimed_at.is_(None),
    )
    .group_by(_l.patron_id),
    _due,
)
_CAPTURED = Query(
    select(_h.patron_id, _h.id).where(
        _h.patron_id.in_(bindparam("patrons", expanding=True)), _h.state.in_(sorted(BOUND))
    ),
    _pair,
)
_FIRST_LINKS = Query(
    select(_h.chain_id, func.min(_h.id))
    .where(_h.chain_id.in_(bindparam("chains", expanding=True)), _h.state.in_(sorted(ACTIVE)))
    .group_by(_h.chain_id),
    _pair,
)


def load_queue(reader: Reader, work_id: int) -> list[Candidate]:
    """Return the active holds of a work in rank order, each with what decides on it."""
    return load_queues(reader, [work_id])[work_id]


def load_queues(reader: Reader, work_ids: Collection[int]) -> Mapping[int, list[Candidate]]:
    """Return the queues of several works; at most five statements, however many they are."""
    queues: dict[int, list[Candidate]] = defaultdict(list)
    if not work_ids:
        return queues
    holds = reader.all(_QUEUES, works=sorted(work_ids))
    for candidate in candidates(reader, holds):
        queues[candidate.hold.work_id].append(candidate)
    return queues


def candidates(reader: Reader, holds: Sequence[HoldRow]) -> list[Candidate]:
    """Return these holds with what their eligibility depends on, in the same order."""
    if not holds:
        return []
    ids = sorted({h.patron_id for h in holds})
    people = {p.id: p for p in reader.all(PATRONS, ids=ids)}
    due = dict(reader.all(_FIRST_DUE, patrons=ids))
    captured = _captured(reader, people.values())
    first_links = _first_links(reader, holds)
    return [
        Candidate(
            hold=h,
            patron=people[h.patron_id],
            first_due=due.get(h.patron_id),
            captured=captured[h.patron_id] - (h.state in BOUND),
            chain_open=h.chain_id is not None and first_links.get(h.chain_id, h.id) < h.id,
        )
        for h in holds
    ]


def _captured(reader: Reader, people: Collection[PatronRow]) -> Counter[int]:
    paced = [p.id for p in people if p.hold_rhythm is not None]
    if not paced:
        return Counter()
    return Counter(patron for patron, _ in reader.all(_CAPTURED, patrons=paced))


def _first_links(reader: Reader, holds: Sequence[HoldRow]) -> Mapping[int, int]:
    """Return for each chain among these holds its earliest active link: the one to be served."""
    chains = {h.chain_id for h in holds if h.chain_id is not None}
    return dict(reader.all(_FIRST_LINKS, chains=sorted(chains))) if chains else {}
