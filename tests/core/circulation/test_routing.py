"""Every line of section 4, on plain values; and: the same scan twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from navette.circulation.routing import route
from navette.circulation.situation import (
    Bound,
    Cause,
    Decision,
    Instruction,
    Journey,
    Queued,
    Release,
    Situation,
    TransitAct,
)
from navette.circulation.states import HoldState, ItemStatus

HEM, LANNOY, LEERS, TOUFFLERS = 1, 2, 3, 5
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
S, H, I = ItemStatus, HoldState, Instruction  # noqa: E741 - short names keep the tables readable


def rank(n: int) -> tuple[int, datetime, int]:
    return (0, NOW - timedelta(days=100 - n), n)


def at_rest(here: int = HEM, home: int = HEM, **given: object) -> Situation:
    base = Situation(here=here, home=home, status=S.AVAILABLE, moment=NOW)
    return replace(base, **given)  # type: ignore[arg-type]


def bound(state: HoldState, pickup: int, n: int = 5, **given: object) -> Bound:
    return replace(Bound(id=n, state=state, pickup=pickup, rank=rank(n)), **given)  # type: ignore[arg-type]


def waiting(pickup: int, n: int = 5, state: HoldState = H.WAITING) -> Queued:
    return Queued(id=n, state=state, pickup=pickup, rank=rank(n))


def boxed(
    origin: int,
    destination: int,
    minutes_ago: int = 60,
    *,
    for_hold: bool = False,
    on_van: bool = False,
) -> Journey:
    return Journey(
        origin=origin,
        destination=destination,
        boxed_at=NOW - timedelta(minutes=minutes_ago),
        on_van=on_van,
        for_hold=for_hold,
        cause="hold" if for_hold else "home",
    )


TRAVELLING = bound(H.IN_TRANSIT, TOUFFLERS)


# Step 0


def test_scanned_again_where_it_was_boxed_for_a_hold_gives_the_same_crate_and_changes_nothing() -> (
    None
):
    trip = boxed(HEM, TOUFFLERS, 1, for_hold=True)
    got = route(at_rest(status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING))
    assert (got.instruction, got.destination, got.hold_id) == (I.CRATE, TOUFFLERS, 5)
    assert not got.changes


def test_scanned_again_where_it_was_boxed_for_home_changes_nothing() -> None:
    got = route(at_rest(home=LANNOY, status=S.IN_TRANSIT, transit=boxed(HEM, LANNOY, 1)))
    assert (got.instruction, got.destination, got.changes) == (I.CRATE, LANNOY, False)


def test_boxed_for_home_it_is_trapped_when_somebody_here_wants_it_since() -> None:
    trip = boxed(HEM, LANNOY)
    got = route(at_rest(home=LANNOY, status=S.IN_TRANSIT, transit=trip, queue=[waiting(HEM)]))
    assert (got.instruction, got.transit, got.hold_state) == (
        I.HOLD_SHELF, TransitAct.CANCEL, H.READY,
    )  # fmt: skip


def test_at_a_wrong_library_it_goes_back_into_the_crate_e14() -> None:
    trip = boxed(HEM, TOUFFLERS, for_hold=True)
    got = route(at_rest(LEERS, status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING))
    assert (got.instruction, got.destination, got.transit) == (
        I.CRATE, TOUFFLERS, TransitAct.REBOX,
    )  # fmt: skip
    assert got.hold_state is None


def test_on_its_way_home_it_may_be_trapped_at_a_library_it_passes() -> None:
    trip = boxed(HEM, LANNOY)
    situation = at_rest(LEERS, LANNOY, status=S.IN_TRANSIT, transit=trip, queue=[waiting(LEERS)])
    got = route(situation)
    assert (got.instruction, got.transit) == (I.HOLD_SHELF, TransitAct.CANCEL)


def test_on_its_way_home_without_hold_it_goes_on_home_in_a_new_journey() -> None:
    got = route(at_rest(LEERS, LANNOY, status=S.IN_TRANSIT, transit=boxed(HEM, LANNOY)))
    assert (got.instruction, got.destination, got.transit, got.opens) == (
        I.CRATE, LANNOY, TransitAct.CANCEL, "home",
    )  # fmt: skip


def test_with_its_hold_void_the_journey_ends_where_it_is_scanned_e2() -> None:
    trip = boxed(HEM, TOUFFLERS, for_hold=True)
    got = route(at_rest(HEM, HEM, status=S.IN_TRANSIT, transit=trip, bound=None))
    assert (got.instruction, got.transit, got.status) == (
        I.RESHELVE, TransitAct.CANCEL, S.AVAILABLE,
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "confirm"), [(9, True), (10, False), (600, False)])
def test_at_its_destination_it_is_received(minutes: int, *, confirm: bool) -> None:
    trip = boxed(HEM, TOUFFLERS, minutes, for_hold=True)
    got = route(
        at_rest(TOUFFLERS, status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING, confirm=confirm)
    )
    assert (got.instruction, got.transit, got.hold_state) == (
        I.HOLD_SHELF, TransitAct.RECEIVE, H.READY,
    )  # fmt: skip


def test_boxed_elsewhere_a_moment_ago_it_must_be_confirmed_e15() -> None:
    trip = boxed(HEM, TOUFFLERS, 9, for_hold=True)
    got = route(at_rest(TOUFFLERS, status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING))
    assert (got.instruction, got.changes, got.arrives) == (I.CONFIRM, False, False)


def test_with_the_pickup_changed_on_the_way_it_is_forwarded_from_its_destination_e12() -> None:
    trip = boxed(HEM, LEERS, for_hold=True, on_van=True)
    got = route(at_rest(LEERS, status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING))
    assert (got.instruction, got.destination, got.transit, got.opens) == (
        I.CRATE, TOUFFLERS, TransitAct.RECEIVE, "hold",
    )  # fmt: skip


def test_at_its_new_pickup_library_the_way_is_over_t6() -> None:
    trip = boxed(HEM, LEERS, for_hold=True, on_van=True)
    got = route(at_rest(TOUFFLERS, status=S.IN_TRANSIT, transit=trip, bound=TRAVELLING))
    assert (got.instruction, got.transit) == (I.HOLD_SHELF, TransitAct.CANCEL)


# Steps 1 and 2


@pytest.mark.parametrize(("here", "instruction"), [(HEM, I.RESHELVE), (LANNOY, I.CRATE)])
def test_a_loan_is_returned_whatever_the_library_e6(here: int, instruction: Instruction) -> None:
    got = route(at_rest(here, status=S.ON_LOAN, on_loan=True))
    assert (got.returned, got.instruction) == (True, instruction)


@pytest.mark.parametrize("status", [S.DAMAGED, S.LOST, S.WITHDRAWN])
def test_what_is_damaged_lost_or_withdrawn_is_set_aside_as_it_is(status: ItemStatus) -> None:
    got = route(at_rest(status=status, queue=[waiting(HEM)]))
    assert (got.instruction, got.hold_id, got.status) == (I.SET_ASIDE, None, None)


def test_an_alert_sets_aside_and_frees_the_hold_that_would_have_had_it() -> None:
    got = route(at_rest(alert=True, bound=bound(H.TARGETED, HEM)))
    assert (got.instruction, got.release) == (I.SET_ASIDE, Release.SET_ASIDE)
    assert (got.status, got.processing_cause) == (S.PROCESSING, Cause.ALERT)


def test_a_loan_with_an_alert_is_returned_and_set_aside() -> None:
    got = route(at_rest(status=S.ON_LOAN, on_loan=True, alert=True))
    assert (got.returned, got.instruction, got.status) == (True, I.SET_ASIDE, S.PROCESSING)


def test_what_is_read_on_site_keeps_its_status_and_goes_home() -> None:
    here = route(at_rest(status=S.NOT_FOR_LOAN, queue=[waiting(HEM)]))
    assert (here.instruction, here.status, here.hold_id) == (I.RESHELVE, None, None)
    away = route(at_rest(LEERS, status=S.NOT_FOR_LOAN))
    assert (away.instruction, away.destination, away.status) == (I.CRATE, HEM, None)


def test_an_ordered_item_is_received_then_prepared_then_goes_on() -> None:
    first = route(at_rest(status=S.ON_ORDER, queue=[waiting(HEM)]))
    assert (first.instruction, first.status, first.processing_cause) == (
        I.SET_ASIDE, S.PROCESSING, Cause.PREPARING,
    )  # fmt: skip
    prepared = at_rest(status=S.PROCESSING, processing_cause=Cause.PREPARING, queue=[waiting(HEM)])
    assert route(prepared).instruction is I.HOLD_SHELF


def test_a_machine_verifies_and_lets_a_hold_for_here_arrive_unverified_e21() -> None:
    situation = at_rest(status=S.ON_LOAN, on_loan=True, by_machine=True, queue=[waiting(HEM)])
    got = route(situation)
    assert (got.instruction, got.hold_state, got.returned) == (I.VERIFY, H.PROCESSING, True)
    assert (got.status, got.processing_cause) == (S.PROCESSING, Cause.MACHINE)


@pytest.mark.parametrize("queue", [[], [waiting(TOUFFLERS)]])
def test_a_machine_captures_nothing_for_another_library(queue: list[Queued]) -> None:
    got = route(at_rest(status=S.ON_LOAN, on_loan=True, by_machine=True, queue=queue))
    assert (got.instruction, got.hold_id, got.hold_state) == (I.VERIFY, None, None)
    assert got.status is S.PROCESSING


def test_a_machine_leaves_a_hold_targeted_for_elsewhere_to_a_person() -> None:
    got = route(at_rest(by_machine=True, bound=bound(H.TARGETED, TOUFFLERS)))
    assert (got.instruction, got.hold_state, got.release) == (I.VERIFY, None, None)


@pytest.mark.parametrize("state", [H.READY, H.PROCESSING])
def test_a_machine_changes_nothing_for_what_has_arrived(state: HoldState) -> None:
    got = route(at_rest(status=S.PROCESSING, by_machine=True, bound=bound(state, HEM)))
    assert (got.instruction, got.changes) == (I.VERIFY, False)


@pytest.mark.parametrize(
    "status", [S.AVAILABLE, S.TO_RESHELVE, S.PROCESSING, S.MISSING, S.ON_HOLD_SHELF, S.IN_TRANSIT]
)
def test_every_other_status_goes_on_and_is_trapped(status: ItemStatus) -> None:
    got = route(at_rest(status=status, queue=[waiting(HEM)]))
    assert (got.instruction, got.hold_state, got.status) == (
        I.HOLD_SHELF, H.READY, S.ON_HOLD_SHELF,
    )  # fmt: skip


# Step 3


@pytest.mark.parametrize("state", [H.IN_TRANSIT, H.PROCESSING])
def test_an_arriving_hold_becomes_ready_at_its_pickup_t6_t7(state: HoldState) -> None:
    got = route(at_rest(bound=bound(state, HEM)))
    assert (got.instruction, got.hold_state) == (I.HOLD_SHELF, H.READY)


def test_a_ready_hold_scanned_again_on_its_shelf_changes_nothing() -> None:
    got = route(at_rest(status=S.ON_HOLD_SHELF, bound=bound(H.READY, HEM)))
    assert (got.instruction, got.changes) == (I.HOLD_SHELF, False)


@pytest.mark.parametrize("state", [H.IN_TRANSIT, H.PROCESSING, H.READY])
def test_a_captured_hold_scanned_elsewhere_goes_back_to_its_pickup_t8c(state: HoldState) -> None:
    got = route(at_rest(LEERS, bound=bound(state, TOUFFLERS)))
    assert (got.instruction, got.destination, got.hold_state, got.opens) == (
        I.CRATE, TOUFFLERS, H.IN_TRANSIT, "hold",
    )  # fmt: skip


def test_a_block_does_not_void_what_is_ready_e16() -> None:
    hold = bound(H.READY, HEM, eligible=False)
    assert not route(at_rest(status=S.ON_HOLD_SHELF, bound=hold)).changes


def test_a_block_on_arrival_gives_the_item_to_the_next_person_t8b() -> None:
    trip = boxed(HEM, TOUFFLERS, for_hold=True)
    got = route(
        at_rest(
            TOUFFLERS, status=S.IN_TRANSIT, transit=trip,
            bound=replace(TRAVELLING, eligible=False), queue=[waiting(TOUFFLERS, 7)],
        )
    )  # fmt: skip
    assert (got.release, got.hold_id, got.instruction) == (
        Release.NOT_ELIGIBLE, 7, I.HOLD_SHELF,
    )  # fmt: skip


def test_a_ready_hold_after_its_deadline_day_gives_way_t10() -> None:
    hold = bound(H.READY, HEM, overdue=True)
    got = route(at_rest(status=S.ON_HOLD_SHELF, bound=hold, queue=[waiting(HEM, 7)]))
    assert (got.release, got.hold_id) == (Release.DEADLINE, 7)


@pytest.mark.parametrize(
    ("pickup", "instruction", "state"),
    [(HEM, I.HOLD_SHELF, H.READY), (TOUFFLERS, I.CRATE, H.IN_TRANSIT)],
)
def test_a_targeted_hold_is_honoured_t4_t5(
    pickup: int, instruction: Instruction, state: HoldState
) -> None:
    younger = waiting(LEERS, 9)
    got = route(at_rest(bound=bound(H.TARGETED, pickup), queue=[younger]))
    assert (got.instruction, got.hold_id, got.hold_state) == (instruction, 5, state)


def test_a_targeted_hold_gives_way_to_an_older_one_that_waits_untargeted() -> None:
    got = route(at_rest(bound=bound(H.TARGETED, HEM), queue=[waiting(TOUFFLERS, 2)]))
    assert (got.release, got.hold_id, got.destination) == (Release.OVERTAKEN, 2, TOUFFLERS)


def test_an_older_hold_targeted_on_another_copy_overtakes_nobody() -> None:
    other = waiting(TOUFFLERS, 2, H.TARGETED)
    got = route(at_rest(bound=bound(H.TARGETED, HEM), queue=[other]))
    assert (got.release, got.hold_id) == (None, 5)


@pytest.mark.parametrize("given", [{"valid": False}, {"eligible": False}])
def test_a_void_or_blocked_target_is_unbound_and_the_scan_goes_on(given: dict[str, bool]) -> None:
    got = route(at_rest(bound=bound(H.TARGETED, HEM, **given)))
    assert (got.release, got.instruction) == (Release.NOT_ELIGIBLE, I.RESHELVE)


# Steps 4 and 5


def test_a_hold_targeted_on_another_copy_takes_this_one_only_if_its_pickup_is_here() -> None:
    here, far = waiting(HEM, 3, H.TARGETED), waiting(TOUFFLERS, 2, H.TARGETED)
    got = route(at_rest(queue=[far, here]))
    assert (got.hold_id, got.instruction) == (3, I.HOLD_SHELF)
    assert route(at_rest(queue=[far])).instruction is I.RESHELVE


def test_a_floating_collection_stays_where_it_is() -> None:
    got = route(at_rest(LEERS, status=S.ON_LOAN, on_loan=True, floats=True))
    assert (got.instruction, got.status, got.opens) == (I.RESHELVE, S.AVAILABLE, None)


def test_where_the_library_sets_a_delay_it_is_first_to_reshelve() -> None:
    got = route(at_rest(status=S.ON_LOAN, on_loan=True, reshelve_later=True))
    assert (got.instruction, got.status) == (I.RESHELVE, S.TO_RESHELVE)


def test_an_item_at_rest_at_home_changes_nothing() -> None:
    assert route(at_rest()) == Decision(I.RESHELVE, HEM)
