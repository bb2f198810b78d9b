"""People: one card, several numbers, a family, found at a desk."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from factories import a_child, a_patron
from navette.errors import BadInput, Duplicate, NotFound
from navette.network.network import Network
from navette.patrons.reading import (
    card_number,
    children_of,
    looks_like_card,
    may_act_for,
    patron_by_card,
    patron_of,
    search_patrons,
)
from navette.patrons.registering import (
    Registration,
    add_guardian,
    next_card,
    register,
)
from navette.storage.unit import Unit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def enrol(unit: Unit, network: Network, **said: object) -> int:
    who = Registration(**({"first_name": "Inès", "last_name": "Martin", "home": "hem"} | said))  # type: ignore[arg-type]
    return unit.write(lambda tx: register(tx, network, who, NOW, TODAY))


def test_a_new_card_takes_the_next_number_and_lasts_a_year(unit: Unit, network: Network) -> None:
    first, second = enrol(unit, network), enrol(unit, network)
    with unit.read() as reader:
        assert patron_of(reader, first).card == "20590000000001"
        assert patron_of(reader, second).card == "20590000000002"
        assert patron_of(reader, second).valid_until == date(2027, 11, 24)


def test_an_older_number_opens_the_same_card(unit: Unit, network: Network) -> None:
    patron = enrol(unit, network, other_numbers=("lan-0042",))
    with unit.read() as reader:
        assert patron_by_card(reader, "LAN 0042").id == patron
        assert patron_by_card(reader, "2059 0000 0000 01").id == patron
        with pytest.raises(NotFound):
            patron_by_card(reader, "LAN0043")


def test_a_number_belongs_to_one_person(unit: Unit, network: Network) -> None:
    enrol(unit, network, other_numbers=("LAN0042",))
    with pytest.raises(Duplicate):
        enrol(unit, network, other_numbers=("LAN0042",))
    with unit.read() as reader:
        assert len(search_patrons(reader, "Martin")) == 1


@pytest.mark.parametrize(
    "said",
    [{"first_name": " "}, {"category": "wizard"}, {"card": "1234"}, {"card": "20600000000001"}],
)
def test_what_is_wrong_on_the_form_is_named(
    unit: Unit, network: Network, said: dict[str, str]
) -> None:
    with pytest.raises(BadInput):
        enrol(unit, network, **said)


def test_a_guardian_acts_for_a_child_and_nobody_else(unit: Unit, network: Network) -> None:
    parent, stranger = a_patron(unit), a_patron(unit)
    child = a_child(unit, parent)
    with unit.read() as reader:
        assert [c.id for c in children_of(reader, parent, TODAY)] == [child]
        assert may_act_for(reader, parent, child, TODAY)
        assert may_act_for(reader, child, child, TODAY)
        assert not may_act_for(reader, child, parent, TODAY)
        assert not may_act_for(reader, stranger, child, TODAY)


def test_nobody_is_their_own_guardian(unit: Unit, network: Network) -> None:
    enrol(unit, network)
    card = "20590000000001"
    with pytest.raises(BadInput):
        unit.write(lambda tx: add_guardian(tx, card, card, NOW))


def test_the_desk_finds_by_name_or_by_the_last_digits(unit: Unit, network: Network) -> None:
    enrol(unit, network, last_name="Lefèvre", first_name="Bruno", card="20590000067890")
    with unit.read() as reader:
        for text in ("lefè", "LEFEVRE", "Bruno", "lefèvre bruno", "67890", "2059 0000 0678 90"):
            assert [p.first_name for p in search_patrons(reader, text)] == ["Bruno"], text
        for text in ("", "  ", "%", "_", "evre"):
            assert search_patrons(reader, text) == [], text


def test_a_card_is_read_however_it_is_typed() -> None:
    assert card_number(" 2059 0000-0123.45 ") == "20590000012345"
    assert looks_like_card("2059 0000 0123 45")
    assert not looks_like_card("25929900001234")


def test_the_next_card_follows_the_highest(unit: Unit, network: Network) -> None:
    enrol(unit, network)
    assert unit.write(next_card) == "20590000000002"
