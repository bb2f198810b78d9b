"""An identity gets one card, proven, and can lose it again."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.errors import Duplicate, LinkRefused, NotFound
from navette.storage.outbox import claim
from navette.storage.unit import Unit
from navette_auth.identities import identity_of, remember_identity
from navette_auth.linking import folded, link, link_by_claim, same_person, unlink
from navette_auth.providers import Identity

ISSUER = "https://sso.example.org"
CLAIM = "library_card_number"
ALICE = {"given_name": "ALICE", "family_name": "dubois", CLAIM: "2059 0000 0123 45"}


def _known(unit: Unit, clock: FrozenClock, subject: str = "mel-1", **claims: Any) -> int:
    known = Identity(ISSUER, subject, claims)
    return unit.write(lambda tx: remember_identity(tx, known, clock.now())).id


def _card_of(unit: Unit, identity: int) -> int | None:
    with unit.read() as reader:
        return identity_of(reader, identity).patron_id


def _by_claim(unit: Unit, clock: FrozenClock, identity: int, name: str = CLAIM) -> int | None:
    return unit.write(
        lambda tx: link_by_claim(tx, identity_of(tx, identity), name, clock.now(), str)
    )


def test_a_person_is_the_same_at_the_next_visit(unit: Unit, clock: FrozenClock) -> None:
    first = _known(unit, clock, name="Alice")
    assert _known(unit, clock, name="Alice Dubois") == first
    assert _known(unit, clock, "mel-2") != first
    with unit.read() as reader:
        assert identity_of(reader, first).name == "Alice Dubois"


def test_linking_tells_the_contacts_of_the_card(unit: Unit, clock: FrozenClock, alice: int) -> None:
    identity = _known(unit, clock)
    assert unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
    assert _card_of(unit, identity) == alice
    errands = unit.write(lambda tx: claim(tx, "test", clock.now()))
    assert [(e.kind, e.patron_id) for e in errands] == [("linked", alice)]


def test_linking_again_changes_and_tells_nothing(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    identity = _known(unit, clock)
    unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
    assert not unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
    assert len(unit.write(lambda tx: claim(tx, "test", clock.now()))) == 1


def test_an_identity_has_one_card(unit: Unit, clock: FrozenClock, alice: int) -> None:
    identity, other = _known(unit, clock), a_patron(unit)
    unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
    with pytest.raises(LinkRefused) as refusal:
        unit.write(lambda tx: link(tx, identity, other, clock.now(), str))
    assert refusal.value.reason == "other_card"
    assert _card_of(unit, identity) == alice


def test_a_card_has_one_identity_of_a_provider(unit: Unit, clock: FrozenClock, alice: int) -> None:
    mine, theirs = _known(unit, clock), _known(unit, clock, "mel-2")
    unit.write(lambda tx: link(tx, mine, alice, clock.now(), str))
    with pytest.raises(LinkRefused) as refusal:
        unit.write(lambda tx: link(tx, theirs, alice, clock.now(), str))
    assert refusal.value.reason == "card_taken"
    assert _card_of(unit, theirs) is None


def test_of_many_who_link_the_same_card_at_once_one_wins(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    people = [_known(unit, clock, f"mel-{n}") for n in range(8)]
    told: list[str] = []

    def try_it(identity: int) -> None:
        try:
            unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
        except (LinkRefused, Duplicate) as refusal:
            told.append(str(refusal))
        else:
            told.append("linked")

    threads = [threading.Thread(target=try_it, args=[identity]) for identity in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("linked") == 1
    assert len(told) == 8


def test_parting_is_for_the_owner_only(unit: Unit, clock: FrozenClock, alice: int) -> None:
    identity, stranger = _known(unit, clock), a_patron(unit)
    unit.write(lambda tx: link(tx, identity, alice, clock.now(), str))
    for which, patron, own in (
        (identity, stranger, None), (identity, None, None), (identity, None, identity + 1),
        (999, alice, None),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            unit.write(
                partial(unlink, identity_id=which, patron_id=patron, own=own, now=clock.now())
            )
    unit.write(lambda tx: unlink(tx, identity, alice, None, clock.now()))
    assert _card_of(unit, identity) is None


def test_a_trusted_claim_links_when_number_and_name_agree(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    identity = _known(unit, clock, **ALICE)
    assert _by_claim(unit, clock, identity) == alice
    assert _card_of(unit, identity) == alice
    assert len(unit.write(lambda tx: claim(tx, "test", clock.now()))) == 1


@pytest.mark.parametrize(
    "claims",
    [
        ALICE | {CLAIM: ""}, ALICE | {CLAIM: "20599999999999"}, ALICE | {CLAIM: 20590000012345},
        ALICE | {"family_name": "Dupont"}, ALICE | {"given_name": ""}, {CLAIM: ALICE[CLAIM]},
        {CLAIM: ALICE[CLAIM], "name": "Alice"}, ALICE | {CLAIM: ["20590000012345"]},
        ALICE | {"given_name": "-", "family_name": "'"},
    ],
    ids=str,
)  # fmt: skip
def test_any_doubt_about_a_claim_asks_for_the_card(
    unit: Unit, clock: FrozenClock, alice: int, claims: dict[str, Any]
) -> None:
    identity = _known(unit, clock, **claims)
    assert _by_claim(unit, clock, identity) is None
    assert _card_of(unit, identity) is None


def test_a_claim_that_is_not_trusted_links_nothing(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    identity = _known(unit, clock, **ALICE)
    assert _by_claim(unit, clock, identity, "") is None
    assert _by_claim(unit, clock, identity, "card") is None


def test_a_claim_never_takes_a_card_from_somebody(
    unit: Unit, clock: FrozenClock, alice: int
) -> None:
    mine = _known(unit, clock)
    unit.write(lambda tx: link(tx, mine, alice, clock.now(), str))
    assert _by_claim(unit, clock, _known(unit, clock, "mel-2", **ALICE)) is None


def test_names_are_compared_without_case_and_accents() -> None:
    assert same_person({"name": "LEFÈVRE Bruno"}, "Bruno", "Lefèvre")
    assert same_person({"given_name": "Jean Luc", "family_name": "D’Haene"}, "Jean-Luc", "d'haene")
    assert not same_person({"name": "Bruno"}, "Bruno", "Lefèvre")
    assert not same_person({"name": " "}, "", "")
    assert folded("  Élise-Ann O'Neill ") == "elise ann o neill"
