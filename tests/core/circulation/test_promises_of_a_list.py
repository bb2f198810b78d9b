"""The promises of a whole list: each what the title alone is promised, in few statements."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.circulation.reserving import placed, scanned
from core.circulation.test_observing import AT_LEERS
from core.circulation.test_viewing import Counting
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.promising_many import promises_at
from navette.errors import UnknownLibrary
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import LendRequest
from navette.network.network import Network
from navette.storage.unit import Reader, Unit


@pytest.fixture
def titles(unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock) -> dict[str, int]:
    """One title for each way a title may stand."""
    ways = (
        "here", "elsewhere", "lent", "queued", "bound", "new", "on_site", "lost", "none", "volumes",
    )  # fmt: skip
    titles = {way: a_record(unit, way) for way in ways}
    an_item(unit, titles["here"], "leers")
    an_item(unit, titles["elsewhere"], "hem")
    for way in ("lent", "queued"):
        item = an_item(unit, titles[way], "leers")
        card = "2059000000777" + str(len(way) % 10)
        a_patron(unit, card=card)
        engine.lend(AT_LEERS, LendRequest(library="leers", card=card, item_id=item))
    placed(engine, a_patron(unit), titles["queued"], "hem")
    on_its_way = an_item(unit, titles["bound"], "hem")
    placed(engine, a_patron(unit), titles["bound"], "lys")
    scanned(engine, "hem", on_its_way)
    an_item(unit, titles["new"], "hem", new_until=clock.now().date() + timedelta(days=20))
    an_item(unit, titles["on_site"], "leers", not_for_loan=True)
    an_item(unit, titles["lost"], "leers", status="LOST")
    an_item(unit, titles["volumes"], "leers", volume_key="1", volume_label="tome 1")
    return titles


@pytest.mark.parametrize("pickup", ["leers", "hem", "toufflers"])
def test_each_title_is_promised_what_it_is_promised_alone(
    engine: EmbeddedCirculation, titles: dict[str, int], pickup: str
) -> None:
    every = engine.promises_at(list(titles.values()), pickup)
    assert set(every) == set(titles.values()) - {titles["none"], titles["volumes"]}
    for way, title in titles.items():
        if title in every:
            assert every[title] == engine.promise(title, pickup)[0], way
    assert every[titles["here"]].reason == ("here" if pickup == "leers" else "elsewhere")
    assert every[titles["lost"]].likely_at is None


def test_a_longer_list_takes_no_more_statements(
    unit: Unit, engine: EmbeddedCirculation, network: Network, clock: FrozenClock,
    titles: dict[str, int],
) -> None:  # fmt: skip
    counts = []
    for ids in ([titles["queued"]], list(titles.values())):
        with unit.read() as reader:
            counting = Counting(reader.driver)
            promises_at(Reader(counting, reader.dialect), network, clock.now(), ids, "leers")
        counts.append(counting.count)
    assert counts[1] <= counts[0] <= 7


def test_a_library_that_is_not_ours_promises_nothing(
    engine: EmbeddedCirculation, titles: dict[str, int]
) -> None:
    assert engine.promises_at([], "hem") == {}
    with pytest.raises(UnknownLibrary):
        engine.promises_at([titles["here"]], "lille")
