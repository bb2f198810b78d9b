"""The quieter parts of a staged engine: nobody is late, nobody was asked anything."""

from __future__ import annotations

from typing import Any

from navette.circulation.pacing import Pace
from navette.ils.claim_views import StandingView


class StagedMore:
    """What pages also ask, answered as on an ordinary day."""

    def pace(self, actor: Any, patron_id: int) -> Any:
        return Pace(None, grouped=False)

    def closure_questions(self, actor: Any, patron_id: int) -> Any:
        return []

    def lateness(self, actor: Any, patron_id: int) -> Any:
        return StandingView(None, 0, often=False)
