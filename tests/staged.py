"""The quieter parts of a staged engine: nobody is late, nobody was asked anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from navette.circulation.pacing import Pace
from navette.errors import BadInput
from navette.ils.claim_views import StandingView
from navette.ils.views import PromiseView

LIKELY = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


class StagedMore:
    """What pages also ask, answered as on an ordinary day."""

    answers: dict[str, Any]
    asked: list[tuple[str, Any]]
    keys: list[str | None]
    loan: Any

    def pace(self, actor: Any, patron_id: int) -> Any:
        return Pace(None, grouped=False)

    def set_pace(self, actor: Any, patron_id: int, pace: Pace) -> Any:
        self.asked.append(("set_pace", pace))
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
