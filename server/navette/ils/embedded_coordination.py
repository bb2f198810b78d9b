"""The embedded engine's part for a coordinator: hours, closures, rules, holds without hope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from navette.circulation import closing, rerouting, viewing
from navette.circulation.causes import CLOSURE, Cause
from navette.circulation.changing import end, tell
from navette.circulation.doors import may_act
from navette.circulation.pickup import change_pickup
from navette.circulation.refreshing import Event, hopeless, refresh, without_closure
from navette.circulation.rows import LOCKED_HOLD, WORK_OF_HOLD
from navette.circulation.states import EndReason, HoldState, Trigger
from navette.circulation.targeting_service import go_on
from navette.circulation.transitions import lock_work
from navette.clock import local_date
from navette.errors import Forbidden, NotFound, Refusal, WrongState
from navette.ils.closure_views import AnswerDone, ClosureDone, ClosureView, QuestionView
from navette.ils.embedded_base import Engine
from navette.ils.roles import Right, may
from navette.ils.views import Actor, HoldView
from navette.network import editing
from navette.network.network import LibraryInfo, Network
from navette.storage.unit import Tx

Edited = TypeVar("Edited")


class CoordinationOfEngine(Engine):
    """Implements `navette.ils.port_coordination.Coordination`."""

    def set_hours(self, actor: Actor, library: str, weekday: int, hours: str) -> None:
        """Replace the hours of a weekday; '' closes it."""
        openings = editing.openings_of(hours)
        self._edit(
            actor,
            lambda tx, net, _now: editing.set_weekday(
                tx, net.library(library).id, weekday, openings
            ),
        )
        self._repair(library)

    def set_special_hours(self, actor: Actor, library: str, day: date, hours: str) -> None:
        """Give one day hours of its own; '' takes them back."""
        openings = editing.openings_of(hours)
        self._edit(
            actor,
            lambda tx, net, _now: editing.set_special(tx, net.library(library).id, day, openings),
        )
        self._repair(library)

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
        _coordinator(actor)
        closed = self.network.library(library)
        now = self._clock.now()
        with self._unit.read() as reader:
            holds = closing.concerned(reader, closed.id, first_day, last_day, now)
        number = self._edit(
            actor,
            lambda tx, _net, _now: editing.add_closure(tx, closed.id, first_day, last_day, reason),
        )
        deadlines, due_dates, released = self._repair(library, first_day, last_day)
        instead = (
            self.network.library(proposed)
            if proposed
            else rerouting.next_in_line(self.network, closed, first_day, last_day)
        )
        asked = 0
        for patron, theirs in closing.by_patron(holds).items():
            asked += self._ask(number, instead.code, patron, [h.id for h in theirs])
        return ClosureDone(number, deadlines, due_dates, released, asked)

    def _ask(self, closure: int, proposed: str, patron: int, holds: Sequence[int]) -> bool:
        def work(tx: Tx, network: Network, now: datetime) -> bool:
            row = editing.closure_of(tx, closure)
            found = [tx.first(LOCKED_HOLD, hold=hold) for hold in holds]
            theirs = [h for h in found if h is not None]
            return rerouting.ask(tx, network, now, row, network.library(proposed), patron, theirs)

        return self._write(work)

    def reopen_library(self, actor: Actor, closure_id: int) -> None:
        """Take a closure back, and what was asked about it."""

        def work(tx: Tx, _network: Network, now: datetime) -> str:
            was = editing.remove_closure(tx, closure_id)
            rerouting.withdraw(tx, now, closure_id)
            return self.network.by_id(was.library_id).code

        self._repair(self._edit(actor, work))

    def closures(self, library: str) -> Sequence[ClosureView]:
        """Return the closures that are not over."""
        network, today = self.network, local_date(self._clock.now())
        with self._unit.read() as reader:
            rows = editing.closures_of(reader, network.library(library).id, today)
            asked = rerouting.figures(reader)
        return [
            ClosureView(
                row.id, library, row.first_day, row.last_day, row.reason,
                *asked.get(row.id, (0, 0)),
            )
            for row in rows
        ]  # fmt: skip

    def closure_questions(self, actor: Actor, patron_id: int) -> Sequence[QuestionView]:
        """Return what a person was asked and has not answered."""
        network, now = self.network, self._clock.now()
        today = local_date(now)
        with self._unit.read() as reader:
            if not may_act(reader, actor, patron_id, now):
                raise NotFound
            return rerouting.questions_of(reader, network, today, patron_id)

    def closure_question(self, actor: Actor, question_id: int) -> QuestionView:
        """Return one question, also an answered one."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            return rerouting.question_for(reader, network, now, actor, question_id)

    def answer_closure(self, actor: Actor, question_id: int, *, move: bool) -> AnswerDone:
        """Answer: collect at the other library, or wait for the reopening.

        A reservation that cannot move any more (lent, or moved once already) stays as it is.
        """
        question = self.closure_question(actor, question_id)
        said = "moved" if move else "stay"
        first = self._write(lambda tx, _net, now: rerouting.answered(tx, now, question_id, said))
        if not first or not move:
            return AnswerDone(0, len(question.hold_ids))
        moved = sum(self._moved(actor, hold, question) for hold in question.hold_ids)
        return AnswerDone(moved, len(question.hold_ids) - moved)

    def _moved(self, actor: Actor, hold_id: int, question: QuestionView) -> bool:
        with self._unit.read() as reader:
            now, network = self._clock.now(), self.network
            hold = viewing.hold_view(reader, network, now, hold_id)
        if hold.pickup != question.library:
            return False
        try:
            self._write(
                lambda tx, net, at: change_pickup(tx, net, at, actor, hold_id, question.proposed)
            )
        except Refusal:
            return False
        return True

    def set_rule(
        self, actor: Actor, name: str, value: str, *, library: str = "", category: str = "",
        item_type: str = "",
    ) -> None:  # fmt: skip
        """Give a rule a value per library, category and type; '' holds everywhere."""
        self._edit(
            actor,
            lambda tx, net, _now: editing.set_rule(
                tx, net, name, value, library=library, category=category, item_type=item_type
            ),
        )
        refresh(self._unit, self.network, self._clock.now())

    def drop_rule(
        self, actor: Actor, name: str, *, library: str = "", category: str = "",
        item_type: str = "",
    ) -> None:  # fmt: skip
        """Let a rule have its value of before again."""
        self._edit(
            actor,
            lambda tx, _net, _now: editing.drop_rule(tx, name, library, category, item_type),
        )
        refresh(self._unit, self.network, self._clock.now())

    def without_hope(self) -> Sequence[HoldView]:
        """Return the holds that no copy can fill, the longest first."""
        network, now = self.network, self._clock.now()
        with self._unit.read() as reader:
            return viewing.hold_views(reader, network, now, hopeless(reader))

    def give_up(self, actor: Actor, hold_id: int) -> HoldView:
        """End a hold that no copy can ever fill, and tell its patron."""
        _coordinator(actor)

        def work(tx: Tx, network: Network, now: datetime) -> int:
            number = tx.first(WORK_OF_HOLD, hold=hold_id)
            if number is None:
                raise NotFound
            lock_work(tx, number)
            hold = tx.first(LOCKED_HOLD, hold=hold_id)
            if hold is None:
                raise NotFound
            if hold.state != HoldState.WAITING or hold.hopeless_since is None:
                raise WrongState(state=hold.state, event="give_up")
            ended = end(tx, hold, Trigger.CANCEL, now, actor.name, EndReason.NO_COPY_LEFT)
            tell(tx, ended, "cancelled", now)
            go_on(tx, ended, now, network)
            return hold_id

        return self._hold(work)

    def _edit(self, actor: Actor, work: Callable[[Tx, Network, datetime], Edited]) -> Edited:
        """Change the network, and read it again at once."""
        _coordinator(actor)
        done = self._write(work)
        self.forget_network()
        return done

    def _repair(
        self, library: str, first: date | None = None, last: date | None = None
    ) -> tuple[int, int, int]:
        """Repair what a change of hours touches; returns deadlines, due dates, copies released."""
        network, event = self.network, None
        changed = network.library(library)
        repaired = self._repair_rows(changed, first, last)
        if first is not None and last is not None:
            event = Event(
                Cause(CLOSURE, changed.id), without_closure(network, changed.id, first, last)
            )
        refresh(self._unit, network, self._clock.now(), event)
        return repaired

    def _repair_rows(
        self, changed: LibraryInfo, first: date | None = None, last: date | None = None
    ) -> tuple[int, int, int]:
        network, now = self.network, self._clock.now()
        today = local_date(now)
        deadlines = closing.extend_deadlines(self._unit, network, changed)
        due_dates = self._write(
            lambda tx, _net, _now: closing.move_due_dates(
                tx, changed, max(first or today, today), last or date.max
            )
        )
        released = closing.release_copies(self._unit, network, now, changed)
        return deadlines, due_dates, released

    def network_loaded(self) -> None:
        """Repair what a network file that was read anew touches: hours and closures (E4)."""
        self.forget_network()
        for library in self.network.libraries:
            self._repair_rows(library)
        refresh(self._unit, self.network, self._clock.now())


def _coordinator(actor: Actor) -> None:
    if not may(actor.role, Right.NETWORK):
        raise Forbidden
