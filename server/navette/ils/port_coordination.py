"""The part of the port a coordinator uses: hours, closures with re-routing, rules, lost hope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from navette.ils.closure_views import AnswerDone, ClosureDone, ClosureView, QuestionView
from navette.ils.views import Actor, HoldView


class Coordination(Protocol):
    """What an engine does when the network itself changes (E4); coordinator: Forbidden otherwise."""

    def set_hours(self, actor: Actor, library: str, weekday: int, hours: str) -> None:
        """Replace the hours of a weekday, "10:00-12:30, 14:00-18:30"; '' closes it."""
        ...

    def set_special_hours(self, actor: Actor, library: str, day: date, hours: str) -> None:
        """Give one day hours of its own; '' takes them back."""
        ...

    def close_library(
        self,
        actor: Actor,
        library: str,
        first_day: date,
        last_day: date,
        reason: str = "",
        proposed: str = "",
    ) -> ClosureDone:
        """Enter a closure and repair what it touches; each patron concerned is asked once."""
        ...

    def reopen_library(self, actor: Actor, closure_id: int) -> None:
        """Take a closure back, and what was asked about it; nothing is kept shorter for that."""
        ...

    def network_loaded(self) -> None:
        """Repair what a network file that was read anew touches: hours and closures (E4)."""
        ...

    def closures(self, library: str) -> Sequence[ClosureView]:
        """Return the closures that are not over."""
        ...

    def closure_questions(self, actor: Actor, patron_id: int) -> Sequence[QuestionView]:
        """Return what a person was asked and has not answered (door: NotFound)."""
        ...

    def closure_question(self, actor: Actor, question_id: int) -> QuestionView:
        """Return one question, also an answered one (door: NotFound)."""
        ...

    def answer_closure(self, actor: Actor, question_id: int, *, move: bool) -> AnswerDone:
        """Answer: collect at the other library, or wait for the reopening."""
        ...

    def set_rule(
        self, actor: Actor, name: str, value: str, *, library: str = "", category: str = "",
        item_type: str = "",
    ) -> None:  # fmt: skip
        """Give a rule a value per library, category and type; '' holds everywhere."""
        ...

    def drop_rule(
        self, actor: Actor, name: str, *, library: str = "", category: str = "",
        item_type: str = "",
    ) -> None:  # fmt: skip
        """Let a rule have its value of before again."""
        ...

    def without_hope(self) -> Sequence[HoldView]:
        """Return the holds that no copy can fill, the longest first."""
        ...

    def give_up(self, actor: Actor, hold_id: int) -> HoldView:
        """End a hold that no copy can ever fill, and tell its patron (no_copy_left)."""
        ...
