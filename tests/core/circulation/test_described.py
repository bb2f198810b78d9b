"""docs/circulation.md is the table of states and what the tests prove; never stale."""

from __future__ import annotations

from navette.circulation.describing import ENDS, NOT_BUILT, STATES, TRIGGERS, numbers, unbuilt
from navette.circulation.states import TRANSITIONS, EndReason, HoldState, Trigger
from proofs import DOCUMENT, document, proofs


def test_the_document_is_not_stale() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "make docs"


def test_every_state_event_and_end_is_described() -> None:
    assert set(STATES) == set(HoldState) == set(TRANSITIONS)
    assert set(TRIGGERS) == set(Trigger)
    assert set(ENDS) == set(EndReason)


def test_every_rule_that_is_built_is_named_by_a_test() -> None:
    named = set(proofs())
    assert {n for n in numbers() if n not in named} <= unbuilt()
    assert unbuilt() <= set(NOT_BUILT)


def test_the_rules_are_all_there() -> None:
    transitions = [f"T{n}" for n in range(1, 19)] + ["T8b", "T8c", "T9b"]
    others = [f"I{n}" for n in range(1, 8)] + [f"E{n}" for n in range(1, 26)]
    assert sorted(numbers()) == sorted(transitions + others)


def test_tests_name_no_rule_that_does_not_exist() -> None:
    assert set(proofs()) <= set(numbers())
