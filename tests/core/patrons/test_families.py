"""Families (E8): four adults at most, none sees another, ended at once and on the morning of 18."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from factories import a_child, a_patron
from fakes import FrozenClock
from navette.circulation.doors import may_act
from navette.errors import GuardianRefused, NotFound
from navette.ils.views import Actor
from navette.network.network import Network
from navette.notifications.channels import Delivery, Letter
from navette.notifications.service import Notifier
from navette.patrons.ages import Ages, birthday, day_of_age, is_under, shows_titles
from navette.patrons.families import family_of, links_of, titles_hidden
from navette.patrons.guarding import end_grown_up, end_guardian, link_guardian
from navette.patrons.reading import children_of, may_act_for, patron_of
from navette.patrons.registering import set_birthday, show_titles
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Unit

NOW, TODAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), date(2026, 11, 24)
TOLD = Query(
    select(table(Outbox).c.kind, table(Outbox).c.patron_id).order_by(table(Outbox).c.id),
    lambda kind, patron: (kind, patron),
)


def link(unit: Unit, network: Network, adult: int, child: int) -> int:
    return unit.write(lambda tx: link_guardian(tx, network, adult, child, NOW, TODAY, "desk"))


def told(unit: Unit) -> list[tuple[str, int | None]]:
    with unit.read() as reader:
        return reader.all(TOLD)


class Ear:
    name = "email"
    leaves = True

    def __init__(self) -> None:
        self.heard: list[tuple[int, str]] = []

    def send(self, letter: Letter) -> Delivery:
        self.heard.append((letter.to.id, letter.notice.text))
        return Delivery("accepted", letter.to.email, "accepted")


def test_four_adults_and_not_a_fifth(unit: Unit, network: Network) -> None:
    child = a_patron(unit, category="child", birth_year=2016)
    adults = [a_patron(unit) for _ in range(5)]
    for adult in adults[:4]:
        link(unit, network, adult, child)
    with pytest.raises(GuardianRefused, match="too_many"):
        link(unit, network, adults[4], child)
    with unit.read() as reader:
        assert [one.guardian_id for one in links_of(reader, child, TODAY)] == adults[:4]


@pytest.mark.parametrize(
    ("adult", "child", "reason"),
    [
        ({"birth_year": 2009}, {"birth_year": 2016}, "not_adult"),
        ({"category": "child", "birth_year": None}, {"birth_year": 2016}, "not_adult"),
        ({}, {"birth_year": 2008}, "of_age"),  # of age on 1 January of that year
        ({}, {"birth_year": None}, "of_age"),  # nothing says that this is a child
    ],
)
def test_an_adult_looks_after_a_minor(
    unit: Unit, network: Network, adult: dict[str, Any], child: dict[str, Any], reason: str
) -> None:
    with pytest.raises(GuardianRefused, match=reason):
        link(unit, network, a_patron(unit, **adult), a_patron(unit, **child))


def test_nobody_looks_after_themselves_or_twice(unit: Unit, network: Network) -> None:
    adult, child = a_patron(unit), a_patron(unit, birth_year=2016)
    link(unit, network, adult, child)
    with pytest.raises(GuardianRefused, match="already"):
        link(unit, network, adult, child)
    with pytest.raises(GuardianRefused, match="own_card"):
        link(unit, network, child, child)
    with pytest.raises(NotFound):
        link(unit, network, adult, 999_999)


def test_the_desk_ends_a_link_at_once(unit: Unit, network: Network) -> None:
    adult, child = a_patron(unit), a_patron(unit, birth_year=2016)
    number = link(unit, network, adult, child)
    unit.write(lambda tx: end_guardian(tx, number, NOW, "desk"))
    with unit.read() as reader:
        assert not may_act_for(reader, adult, child, TODAY)
        assert not may_act(reader, Actor("patron", patron_id=adult), child, NOW)
        assert children_of(reader, adult, TODAY) == []
    with pytest.raises(NotFound):
        unit.write(lambda tx: end_guardian(tx, number, NOW, "desk"))


def test_only_the_two_concerned_are_told_and_no_other_guardian(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    mother, father = a_patron(unit, first_name="Claire"), a_patron(unit, first_name="Marc")
    child = a_child(unit, mother, first_name="Lina")
    number = link(unit, network, father, child)
    unit.write(lambda tx: end_guardian(tx, number, clock.advance(minutes=1), "desk"))
    kinds = ["guardian_new", "guardian_new", "guardian_ended", "guardian_ended"]
    assert told(unit) == list(zip(kinds, (father, child, father, child), strict=True))
    ear = Ear()
    notifier = Notifier(unit, clock, {"email": ear}, worker="test")
    for parcel in notifier.take():
        notifier.deliver(parcel)
    assert {person for person, _ in ear.heard} == {father, child}
    said = " ".join(text for _, text in ear.heard)
    assert "Lina" in said
    assert "Claire" not in said
    assert "Marc" not in said


def test_the_link_ends_on_the_morning_of_18(unit: Unit, network: Network) -> None:
    adult, born = a_patron(unit), date(2008, 12, 3)
    child = a_patron(unit, category="young", birth_year=2008)
    unit.write(lambda tx: set_birthday(tx, child, born, TODAY))
    link(unit, network, adult, child)
    eve, morning = date(2026, 12, 2), date(2026, 12, 3)
    assert unit.write(lambda tx: end_grown_up(tx, network, eve, NOW)) == 0
    with unit.read() as reader:
        assert [one.id for one in family_of(reader, network, adult, eve)] == [child]
        assert family_of(reader, network, adult, morning) == []  # before any job has run
        assert may_act_for(reader, adult, child, eve)
        assert not may_act_for(reader, adult, child, morning), "asked that morning, not that night"
        assert [one.id for one in children_of(reader, adult, eve)] == [child]
        assert children_of(reader, adult, morning) == []
    assert unit.write(lambda tx: end_grown_up(tx, network, morning, NOW)) == 1
    assert unit.write(lambda tx: end_grown_up(tx, network, morning, NOW)) == 0
    with unit.read() as reader:
        assert not may_act_for(reader, adult, child, TODAY)
        assert patron_of(reader, child).of_age_on is None, "the day is kept for minors only"


def test_with_the_year_alone_it_ends_on_the_first_of_january(unit: Unit, network: Network) -> None:
    adult, child = a_patron(unit), a_patron(unit, category="young", birth_year=2009)
    link(unit, network, adult, child)
    unknown = a_child(unit, adult, birth_year=2009)  # linked by a file, without any last day
    with unit.read() as reader:
        for one in (child, unknown):
            assert may_act_for(reader, adult, one, date(2026, 12, 31))
            assert not may_act_for(reader, adult, one, date(2027, 1, 1))
    assert unit.write(lambda tx: end_grown_up(tx, network, date(2026, 12, 31), NOW)) == 0
    assert unit.write(lambda tx: end_grown_up(tx, network, date(2027, 1, 1), NOW)) == 2


def test_a_birthday_told_later_moves_the_end_of_links(unit: Unit, network: Network) -> None:
    adult, child = a_patron(unit), a_patron(unit, category="young", birth_year=2009)
    link(unit, network, adult, child)
    unit.write(lambda tx: set_birthday(tx, child, date(2009, 6, 30), TODAY))
    with unit.read() as reader:
        assert links_of(reader, child, TODAY)[0].ends_on == date(2027, 6, 30)


def test_from_15_the_young_person_decides_about_titles(unit: Unit, network: Network) -> None:
    adult = a_patron(unit)
    teen = a_child(unit, adult, birth_year=2010, category="young")
    small = a_child(unit, adult, birth_year=2016)
    with unit.read() as reader:
        shown = {c.id: c.titles_shown for c in family_of(reader, network, adult, TODAY)}
        assert shown == {teen: False, small: True}
        assert titles_hidden(reader, network, adult, teen, TODAY)
        assert not titles_hidden(reader, network, teen, teen, TODAY)
    unit.write(lambda tx: show_titles(tx, teen, shown=True))
    with unit.read() as reader:
        assert not titles_hidden(reader, network, adult, teen, TODAY)


def test_the_network_sets_the_ages(unit: Unit, network: Network) -> None:
    adult = a_patron(unit)
    a_child(unit, adult, birth_year=2010, category="young")
    network.rules[("own_titles_age", "", "", "")] = 17  # type: ignore[index]
    with unit.read() as reader:
        assert [c.titles_shown for c in family_of(reader, network, adult, TODAY)] == [True]


@given(st.dates(date(2005, 1, 1), date(2026, 1, 1)), st.integers(1, 17))
def test_a_birthday_is_never_a_day_early(born: date, age: int) -> None:
    class Someone:
        birth_year, category, of_age_on = born.year, "child", day_of_age(born)

    reached = birthday(Someone(), age)
    assert reached is not None
    assert (reached.year - born.year, is_under(Someone(), age, reached)) == (age, False)
    assert (reached.month, reached.day) in {(born.month, born.day), (3, 1)}
    young = is_under(Someone(), Ages().titles, reached)
    assert shows_titles(Someone(), Ages(), reached) == young
