"""Under 15, child and guardian decide together; a guardian invites another without a name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from factories import a_child, a_patron
from navette.errors import ConsentNeeded, GuardianRefused, NotFound
from navette.network.network import Network
from navette.patrons.consents import Consents
from navette.patrons.families import links_of
from navette.patrons.guarding import end_guardian
from navette.patrons.inviting import LIFE, Inviting
from navette.patrons.reading import may_act_for
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit

NOW, TODAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), date(2026, 11, 24)
TOLD = Query(
    select(table(Outbox).c.kind, table(Outbox).c.patron_id).order_by(table(Outbox).c.id),
    lambda kind, patron: (kind, patron),
)


@pytest.fixture
def consents(network: Network) -> Consents:
    return Consents(network, NOW, TODAY)


@pytest.fixture
def inviting(network: Network) -> Inviting:
    return Inviting(network, NOW, TODAY)


def told(unit: Unit) -> list[tuple[str, int | None]]:
    with unit.read() as reader:
        return reader.all(TOLD)


def given(unit: Unit, consents: Consents, child: int) -> bool:
    with unit.read() as reader:
        try:
            consents.check(reader, child, "push")
        except ConsentNeeded:
            return False
        return True


def test_the_child_asks_and_the_guardian_agrees(unit: Unit, consents: Consents) -> None:
    adult = a_patron(unit)
    child = a_child(unit, adult)
    assert not given(unit, consents, child)
    assert not unit.write(lambda tx: consents.ask(tx, child, "push"))
    assert not unit.write(lambda tx: consents.ask(tx, child, "push"))  # asked twice, told once
    assert not given(unit, consents, child)
    assert unit.write(lambda tx: consents.agree(tx, adult, child, "push"))
    assert given(unit, consents, child)
    assert told(unit) == [
        ("consent_asked", adult), ("consent_given", child), ("consent_given", adult),
    ]  # fmt: skip


def test_a_guardian_alone_is_not_enough(unit: Unit, consents: Consents) -> None:
    adult = a_patron(unit)
    child = a_child(unit, adult)
    assert not unit.write(lambda tx: consents.agree(tx, adult, child, "push"))
    assert not given(unit, consents, child)
    assert unit.write(lambda tx: consents.ask(tx, child, "push"))
    assert given(unit, consents, child)


def test_at_the_desk_both_say_so_at_once(unit: Unit, consents: Consents) -> None:
    adult = a_patron(unit)
    child = a_child(unit, adult)
    unit.write(lambda tx: consents.at_desk(tx, child, "push", adult))
    assert given(unit, consents, child)
    assert told(unit) == [("consent_given", child), ("consent_given", adult)]


@pytest.mark.parametrize("who", ["child", "guardian", "desk"])
def test_each_of_them_may_end_it(unit: Unit, consents: Consents, who: str) -> None:
    adult = a_patron(unit)
    child = a_child(unit, adult)
    unit.write(lambda tx: consents.at_desk(tx, child, "push", adult))
    by = adult if who == "guardian" else None
    unit.write(lambda tx: consents.end(tx, child, "push", by))
    assert not given(unit, consents, child)
    with pytest.raises(NotFound):
        unit.write(lambda tx: consents.end(tx, child, "push", by))


def test_a_stranger_agrees_to_nothing(unit: Unit, consents: Consents) -> None:
    child, stranger = a_child(unit, a_patron(unit)), a_patron(unit)
    for act in (
        lambda tx: consents.agree(tx, stranger, child, "push"),
        lambda tx: consents.at_desk(tx, child, "push", stranger),
        lambda tx: consents.end(tx, child, "push", stranger),
        lambda tx: consents.ask(tx, child, "everything"),
    ):
        with pytest.raises(NotFound):
            unit.write(act)


def test_what_a_guardian_allowed_ends_with_the_link(
    unit: Unit, consents: Consents, network: Network
) -> None:
    adult = a_patron(unit)
    child = a_child(unit, adult)
    unit.write(lambda tx: consents.at_desk(tx, child, "push", adult))
    with unit.read() as reader:
        (link,) = links_of(reader, child, TODAY)
    unit.write(lambda tx: end_guardian(tx, link.id, NOW, "desk"))
    assert not given(unit, consents, child)


def test_from_15_nobody_is_asked(unit: Unit, consents: Consents) -> None:
    teen = a_patron(unit, birth_year=2011)
    assert given(unit, consents, teen)
    with pytest.raises(GuardianRefused, match="speaks_alone"):
        unit.write(lambda tx: consents.ask(tx, teen, "push"))


def test_an_invitation_is_answered_then_confirmed(unit: Unit, inviting: Inviting) -> None:
    mother, father = a_patron(unit), a_patron(unit)
    child = a_child(unit, mother)
    made = unit.write(lambda tx: inviting.invite(tx, mother, child, "mark"))
    answered = unit.write(lambda tx: inviting.answer(tx, father, ["mark"]))
    assert answered.check_number == made.check_number
    with unit.read() as reader:
        assert not may_act_for(reader, father, child, TODAY), "answering is not enough"
    unit.write(lambda tx: inviting.confirm(tx, made.id, mother))
    with unit.read() as reader:
        assert may_act_for(reader, father, child, TODAY)
    with pytest.raises(NotFound):  # once
        unit.write(lambda tx: inviting.confirm(tx, made.id, mother))


def test_the_one_who_answers_cannot_confirm_themselves(unit: Unit, inviting: Inviting) -> None:
    mother, stranger, other = a_patron(unit), a_patron(unit), a_patron(unit)
    child = a_child(unit, mother)
    made = unit.write(lambda tx: inviting.invite(tx, mother, child, "mark"))
    unit.write(lambda tx: inviting.answer(tx, stranger, ["mark"]))
    with pytest.raises(NotFound):
        unit.write(lambda tx: inviting.confirm(tx, made.id, stranger))
    with pytest.raises(NotFound):  # a second person with the same code
        unit.write(lambda tx: inviting.answer(tx, other, ["mark"]))


def test_a_code_that_was_taken_back_or_is_old_serves_nobody(
    unit: Unit, inviting: Inviting, network: Network
) -> None:
    mother, father = a_patron(unit), a_patron(unit)
    child = a_child(unit, mother)
    made = unit.write(lambda tx: inviting.invite(tx, mother, child, "mark"))
    unit.write(lambda tx: inviting.refuse(tx, made.id, mother))
    unit.write(lambda tx: inviting.invite(tx, mother, child, "other"))
    late = Inviting(network, NOW + LIFE + timedelta(seconds=1), TODAY)
    for door, mark in ((inviting, "mark"), (late, "other"), (inviting, "never made")):
        with pytest.raises(NotFound):
            unit.write(lambda tx, d=door, m=mark: d.answer(tx, father, [m]))


def test_the_desk_confirms_too_and_three_may_wait(unit: Unit, inviting: Inviting) -> None:
    mother, father, stranger = a_patron(unit), a_patron(unit), a_patron(unit)
    child = a_child(unit, mother)
    made = unit.write(lambda tx: inviting.invite(tx, mother, child, "m1"))
    for mark in ("m2", "m3"):
        unit.write(lambda tx, m=mark: inviting.invite(tx, mother, child, m))
    with pytest.raises(GuardianRefused, match="invitations"):
        unit.write(lambda tx: inviting.invite(tx, mother, child, "m4"))
    unit.write(lambda tx: inviting.answer(tx, father, ["m1"]))
    unit.write(lambda tx: inviting.confirm(tx, made.id, None))
    with unit.read() as reader:
        assert may_act_for(reader, father, child, TODAY)
    with pytest.raises(NotFound):  # no stranger invites
        unit.write(lambda tx: inviting.invite(tx, stranger, child, "m5"))
