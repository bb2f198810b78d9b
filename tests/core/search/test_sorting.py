"""The orders that results can have, and the facets that came with them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.circulation.reserving import placed
from core.search.test_narrowing import counts
from factories import LONG_AGO, a_patron, a_record, an_item
from fakes import FrozenClock
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.results import SearchFilters, Sort, Sorting
from navette.catalogue.search.sooner import sorting_for
from navette.circulation.tables import Loan
from navette.clock import local_date
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.changes import note_record
from navette.storage.unit import Tx, Unit


def lent(unit: Unit, item: int, record: int, due: date) -> None:
    patron = a_patron(unit)

    def work(tx: Tx) -> None:
        library = tx.driver.execute(
            f"SELECT home_library_id FROM item WHERE id = {item}"
        ).fetchone()[0]
        tx.insert(
            Loan, item_id=item, record_id=record, patron_id=patron, library_id=library,
            lent_at=LONG_AGO, due_on=due, renewals=0, override_reason="", version=1,
        )  # fmt: skip
        tx.driver.execute(f"UPDATE item SET status = 'ON_LOAN' WHERE id = {item}")
        note_record(tx, record, LONG_AGO)

    unit.write(work)


@pytest.fixture
def volumes(unit: Unit, writer: IndexWriter, clock: FrozenClock) -> dict[str, int]:
    """Five volumes: free in Hem, in Leers, in Lys, lent until soon and until late, and nowhere."""
    made = {
        name: a_record(unit, f"Volume {name}", title_sort=f"volume {name}", year=year)
        for name, year in (
            ("nowhere", 2026), ("late", 1958), ("soon", 1991), ("lys", 1992), ("leers", 2003), ("hem", 1930),
        )
    }  # fmt: skip
    for code in ("hem", "leers", "lys"):
        an_item(unit, made[code], code)
    for name, days in (("soon", 2), ("late", 20)):
        item = an_item(unit, made[name], "hem")
        lent(unit, item, made[name], clock.now().date() + timedelta(days=days))
    writer.follow()
    return made


def order(index: SearchIndex, sorting: Sorting, query: str = "volume") -> list[str]:
    return [h.title.removeprefix("Volume ") for h in index.search(query, sorting=sorting).hits]


def test_who_waits_is_served_before_whoever_searches_now(
    unit: Unit,
    index: SearchIndex,
    writer: IndexWriter,
    volumes: dict[str, int],
    network: Network,
    clock: FrozenClock,
) -> None:
    """One person waits for what is back in two days, one has the copy that stands in Lys."""
    engine = EmbeddedCirculation(unit, clock)
    for name in ("soon", "lys"):
        placed(engine, a_patron(unit), volumes[name], "lys")
    writer.follow()
    sorting = sorting_for(network, "soonest", "lys", clock.now())
    found = order(index, sorting)
    assert (found[2], set(found[3:])) == ("late", {"soon", "lys", "nowhere"})
    assert counts(index.search("volume"), "availability") == {"hem": 1, "leers": 1}


@pytest.mark.parametrize("query", ["volume", ""])
def test_soonest_is_here_then_by_van_then_as_they_come_back(
    index: SearchIndex,
    volumes: dict[str, int],
    network: Network,
    clock: FrozenClock,
    query: str,
) -> None:
    now = clock.now()
    for near in ("hem", "leers", "lys"):
        sorting = sorting_for(network, "soonest", near.upper(), now)
        assert sorting.libraries[0] == near
        by_van = [code for code in sorting.libraries if code in volumes]
        assert order(index, sorting, query) == [*by_van, "soon", "late", "nowhere"]
    arrivals = [network.timetable.next_ride(c, "lys", now) for c in sorting.libraries[1:]]
    reached = [ride.arrives for ride in arrivals if ride]
    assert reached == sorted(reached)
    assert sorting_for(network, "soonest", "nowhere", now).libraries[0] == network.libraries[0].code


def test_by_title_and_by_date(index: SearchIndex, volumes: dict[str, int]) -> None:
    assert order(index, Sorting("title")) == sorted(volumes)
    assert order(index, Sorting("date"), "") == ["nowhere", "leers", "lys", "soon", "late", "hem"]


def test_newest_arrivals_first_with_words_and_without(
    unit: Unit, index: SearchIndex, writer: IndexWriter, volumes: dict[str, int]
) -> None:
    a_record(unit, "Volume new", created_at=LONG_AGO + timedelta(days=3), year=1950)
    writer.follow()
    assert order(index, Sorting("arrivals"))[0] == order(index, Sorting("arrivals"), "")[0] == "new"


def test_what_is_new_in_a_library_is_its_own_newest_copy(
    unit: Unit, index: SearchIndex, writer: IndexWriter, network: Network, clock: FrozenClock
) -> None:
    today = local_date(clock.now())
    ages = {"fresh": 3, "week": 10, "month": 40, "season": 100, "year": 300, "old": 4000}
    for name, days in ages.items():
        record = a_record(unit, f"Volume {name}", created_at=clock.now(), year=1990)
        come = {"entered_on": today - timedelta(days=days), "created_at": clock.now()}
        an_item(unit, record, "hem", **come)
        an_item(unit, record, "lys", **(come | {"entered_on": today - timedelta(days=4100 - days)}))
    gone = a_record(unit, "Volume gone", created_at=clock.now(), year=today.year - 9)
    an_item(unit, gone, "hem", entered_on=today, created_at=clock.now(), status="LOST")
    an_item(unit, gone, "hem", entered_on=today - timedelta(days=9000), created_at=clock.now())
    ahead = a_record(unit, "Volume ahead", created_at=clock.now(), year=today.year + 1)
    an_item(unit, ahead, "hem", entered_on=today - timedelta(days=9000), created_at=clock.now())
    writer.follow()
    sorting = sorting_for(network, "arrivals", "", clock.now())

    def listed(library: str, query: str) -> list[str]:
        page = index.search(query, SearchFilters(library=[library]), sorting=sorting)
        return [hit.title.removeprefix("Volume ") for hit in page.hits]

    assert listed("hem", "")[:5] == listed("hem", "volume")[:5] == list(ages)[:5]
    assert listed("hem", "")[5:] == ["ahead", "gone", "old"], (
        "together by now: the newer book first"
    )
    assert listed("lys", "")[0] == "old"
    everywhere = [
        hit.title.removeprefix("Volume ") for hit in index.search("", sorting=sorting).hits
    ]
    assert everywhere[0] == "fresh"
    assert set(everywhere[-2:]) == {"gone", "ahead"}


@pytest.mark.parametrize("by", ["soonest", "title", "arrivals", "date"])
@pytest.mark.parametrize("query", ["", "volume", "volumme"])
def test_pages_of_any_order_follow_each_other(
    index: SearchIndex,
    volumes: dict[str, int],
    network: Network,
    clock: FrozenClock,
    by: Sort,
    query: str,
) -> None:
    sorting = sorting_for(network, by, "hem", clock.now())
    whole = [hit.record_id for hit in index.search(query, sorting=sorting).hits]
    assert len(whole) == 6
    seen: list[int] = []
    after = None
    for _ in range(4):
        page = index.search(query, first=2, after=after, sorting=sorting)
        seen += [hit.record_id for hit in page.hits]
        after = page.next_cursor
        if after is None:
            break
    assert seen == whole


def test_the_other_facets_are_counted_and_narrow(
    unit: Unit, index: SearchIndex, writer: IndexWriter, volumes: dict[str, int]
) -> None:
    a_record(
        unit, "Volume adapté", adapted=["large_print", "dyslexia"], genres=["romans -- 21e siècle", "Contes"],
        series_title="La Suite", links=[{"url": "https://example.org/a", "label": ""}], year=2024,
    )  # fmt: skip
    unit.write(
        lambda tx: tx.driver.execute(
            "UPDATE item SET section = CASE record_id"
            f" WHEN {volumes['hem']} THEN 'Coin des petits' ELSE '' END"
        )
    )
    unit.write(lambda tx: note_record(tx, volumes["hem"], LONG_AGO))
    writer.follow()
    page = index.search("volume")
    assert counts(page, "section")["Coin des petits"] == 1
    narrowed = index.search("volume", SearchFilters(section=["Coin des petits"]))
    assert [hit.record_id for hit in narrowed.hits] == [volumes["hem"]]
    assert counts(page, "adapted") == {"large_print": 1, "dyslexia": 1}
    assert counts(page, "genre") == {"Romans": 1, "Contes": 1}
    assert counts(page, "series") == {"La Suite": 1}
    assert counts(page, "digital") == {"online": 1}
    period = next(facet for facet in page.facets if facet.name == "period")
    assert [(v.value, v.label, v.count) for v in period.values] == [
        ("2020", "2020–2029", 2), ("2000", "2000–2009", 1), ("1990", "1990–1999", 2),
        ("1950", "1950–1959", 1), ("older", "Avant 1950", 1),
    ]  # fmt: skip
    for filters in (
        SearchFilters(adapted=["dyslexia", "braille"]),
        SearchFilters(genre=["Romans"]),
        SearchFilters(series=["La Suite"]),
        SearchFilters(digital=["online"]),
    ):
        assert [h.title for h in index.search("volume", filters).hits] == ["Volume adapté"]
        assert not filters.none
    both = index.search("volume", SearchFilters(period=["1990", "older"]))
    assert both.total == 3
    assert counts(both, "period") == counts(page, "period"), "its own choice does not count"
    assert counts(both, "genre") == {}


def test_only_the_facets_that_are_shown_are_counted(
    index: SearchIndex, volumes: dict[str, int]
) -> None:
    page = index.search("volume", counted=("type", "period"))
    assert [facet.name for facet in page.facets] == ["type", "period"]
    assert len(index.search("volume").facets) == 11


@pytest.mark.parametrize("by", ["soonest", "title", "arrivals", "date"])
def test_without_an_index_the_database_sorts_and_narrows(
    unit: Unit, index: SearchIndex, network: Network, by: Sort
) -> None:
    first = a_record(
        unit, "Alpha", title_sort="alpha", year=2001, adapted=["braille"], genres=["Contes"]
    )
    a_record(
        unit,
        "Beta",
        title_sort="beta",
        year=1940,
        links=[{"url": "https://example.org", "label": ""}],
    )
    page = index.search("", sorting=Sorting(by))
    assert page.total == 2
    if by in {"title", "date"}:
        assert page.hits[0].record_id == first
    for filters in (
        SearchFilters(adapted=["braille"]), SearchFilters(genre=["Contes"]), SearchFilters(period=["2000"]),
    ):  # fmt: skip
        assert [h.title for h in index.search("", filters).hits] == ["Alpha"]
    for filters in (SearchFilters(digital=["online"]), SearchFilters(period=["older"])):
        assert [h.title for h in index.search("", filters).hits] == ["Beta"]
