"""The quieter parts of a staged engine, where nobody is late; and a search that finds what is staged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from navette.catalogue.reading import RecordView, records_of
from navette.catalogue.search.results import Hit, SearchPage, Suggestion
from navette.circulation.pacing import Pace
from navette.circulation.policy import Allowance
from navette.errors import BadInput
from navette.ils.claim_views import StandingView
from navette.ils.views import PromiseView
from navette.storage.unit import Unit

LIKELY = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


class StagedMore:
    """What pages also ask, answered as on an ordinary day."""

    answers: dict[str, Any]
    asked: list[tuple[str, Any]]
    keys: list[str | None]
    loan: Any

    def holds_allowed(self, actor: Any, patron_id: int) -> Any:
        allowed = self.answers.get("holds_allowed", Allowance(5, 0))
        return allowed if isinstance(allowed, Allowance) else allowed[patron_id]

    def pace(self, actor: Any, patron_id: int) -> Any:
        return Pace(None, grouped=False)

    def set_pace(self, actor: Any, patron_id: int, pace: Pace, key: str | None = None) -> Any:
        self.asked.append(("set_pace", pace))
        self.keys.append(key)
        return pace

    def claim_returned(self, actor: Any, loan_id: int, key: str | None = None) -> Any:
        self.asked.append(("claim_returned", loan_id))
        self.keys.append(key)
        return self.loan(actor, loan_id)

    def withdraw_claim(self, actor: Any, loan_id: int, key: str | None = None) -> Any:
        return self.loan(actor, loan_id)

    def place_series(self, actor: Any, *, links: Any, **_: Any) -> Any:
        self.asked.append(("place_series", links))
        if not links:
            raise BadInput("volumes", "count")
        return []

    def promises_at(self, record_ids: Any, pickup: str) -> Any:
        self.asked.append(("promises_at", (tuple(record_ids), pickup)))
        same = PromiseView(pickup, LIKELY, LIKELY.date(), "", "elsewhere")
        return self.answers.get("promises_at", dict.fromkeys(record_ids, same))

    def closure_questions(self, actor: Any, patron_id: int) -> Any:
        return []

    def lateness(self, actor: Any, patron_id: int) -> Any:
        return StandingView(None, 0, often=False)


@dataclass
class StagedSearch:
    """Finds the records a test put on stage, whatever is asked."""

    hits: list[int] = field(default_factory=list)
    suggestion: str | None = None
    asked: list[Any] = field(default_factory=list)
    unfinished: bool = False
    unit: Unit | None = None
    sorting: Any = None
    counted: Any = True
    alike: list[int] = field(default_factory=list)
    facets: list[Any] = field(default_factory=list)

    def search(
        self, query: str, filters: Any = None, first: int = 20, after: Any = None, *,
        unfinished: bool = False, counted: Any = True, sorting: Any = None,
        titled: bool = True, cursors: bool = True,
    ) -> SearchPage:  # fmt: skip
        self.asked.append((query, filters, after))
        self.sorting, self.counted = sorting, counted
        self.unfinished = unfinished
        found = [Hit(record_id, "", 1.0) for record_id in self.hits]
        return SearchPage(len(found), found, self.facets, None, self.suggestion)

    def records(self, ids: Sequence[int]) -> Mapping[int, RecordView]:
        if self.unit is None:
            return {}
        with self.unit.read() as reader:
            return records_of(reader, ids)

    def similar(self, record: Any, first: int = 6) -> list[int]:
        return self.alike[:first]

    def suggest(self, prefix: str, first: int = 8) -> list[Suggestion]:
        return [Suggestion(f"{prefix}ry potter", "title", None)]
