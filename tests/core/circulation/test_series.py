"""Series in order, any edition, one's own pace, everything collected together (section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.circulation.invariants import assert_invariants
from core.circulation.reserving import STAFF, me, placed, scanned, seen
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.pacing import Pace
from navette.errors import (
    BadInput,
    DuplicateHold,
    HoldLimitReached,
    NotFound,
    NotReservable,
    VolumeRequired,
)
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import HoldView, LendRequest
from navette.network.network import Network
from navette.network.tables import RuleValue
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.tables import Outbox
from navette.storage.unit import Unit

CARD = "20590000088888"


@pytest.fixture
def reader(unit: Unit) -> int:
    return a_patron(unit, card=CARD)


@pytest.fixture
def series(unit: Unit) -> list[int]:
    """Three volumes, each a record and a work of its own, a copy at hem each."""
    records = [a_record(unit, f"Tome {n}", series_title="Série") for n in (1, 2, 3)]
    for record in records:
        an_item(unit, record)
    return records


def chained(
    engine: EmbeddedCirculation, patron: int, records: list[int], **more: str
) -> list[HoldView]:
    links = [(record, "") for record in records]
    return list(
        engine.place_series(me(patron), patron_id=patron, links=links, pickup="hem", **more)
    )


def item_of(unit: Unit, record: int) -> int:
    with unit.read() as found:
        text = f"SELECT id FROM item WHERE record_id = {record}"
        return int(found.driver.execute(text).fetchone()[0])


def lent(engine: EmbeddedCirculation, item: int) -> None:
    engine.lend(STAFF, LendRequest("hem", card=CARD, item_id=item))


def test_a_series_is_served_in_order(
    unit: Unit, engine: EmbeddedCirculation, reader: int, series: list[int]
) -> None:
    """Section 5: a link is served when the one before it is lent (T9), and never before."""
    first, second, third = chained(engine, reader, series)
    assert [h.state for h in (first, second, third)] == ["TARGETED", "WAITING", "WAITING"]
    assert second.why == "Le volume précédent vient d’abord. Votre place est gardée."
    assert second.promise is None
    assert second.placed_at == first.placed_at
    # a scan of the second volume goes back to its shelf: nobody may have it yet
    assert scanned(engine, "hem", item_of(unit, series[1])).instruction == "RESHELVE"
    lent(engine, item_of(unit, series[0]))
    assert [seen(engine, h).state for h in (first, second, third)] == [
        "FULFILLED", "TARGETED", "WAITING",
    ]  # fmt: skip
    assert_invariants(unit)


def test_a_series_counts_as_one_hold_whatever_is_left_of_it(
    unit: Unit, engine: EmbeddedCirculation, reader: int, series: list[int]
) -> None:
    """Section 5: five holds a card; three volumes are one of them, also when one was lent."""
    chained(engine, reader, series)
    lent(engine, item_of(unit, series[0]))
    for number in range(5):
        record = a_record(unit, f"Autre {number}")
        an_item(unit, record)
        if number < 4:
            placed(engine, reader, record)
            continue
        with pytest.raises(HoldLimitReached) as refused:
            placed(engine, reader, record)
        assert (refused.value.limit, refused.value.current) == (5, 5)


def test_when_a_link_ends_the_next_takes_its_place_and_the_patron_is_told(
    unit: Unit, engine: EmbeddedCirculation, reader: int, series: list[int]
) -> None:
    """Section 5: ended otherwise than lent (T14 by a desk)."""
    first, second, third = chained(engine, reader, series)
    engine.cancel_hold(STAFF, second.id)
    assert seen(engine, third).state == "WAITING"  # the first is still to come
    engine.cancel_hold(STAFF, first.id)
    assert seen(engine, third).state == "TARGETED"  # at once, not by the job of the next minute
    with unit.read() as found:
        told = found.driver.execute(
            "SELECT hold_id FROM outbox WHERE kind = 'next_volume' ORDER BY id"
        ).fetchall()
    assert [row[0] for row in told] == [third.id]
    # back within ten minutes: it is the first again, what is only asked for waits (T17)
    engine.restore_hold(STAFF, first.id)
    assert seen(engine, first).state == "TARGETED"
    assert seen(engine, third).state == "WAITING"
    assert scanned(engine, "hem", item_of(unit, series[2])).instruction == "RESHELVE"
    assert_invariants(unit)


def test_a_series_is_placed_whole_or_not_at_all(
    unit: Unit, engine: EmbeddedCirculation, reader: int, series: list[int]
) -> None:
    """T1: two to thirty volumes, each reservable, none asked for already; E7e with a key."""
    bare = a_record(unit, "Sans exemplaire")
    with pytest.raises(NotReservable):
        chained(engine, reader, [*series, bare])
    assert engine.holds_of(reader) == []
    for links in ([series[0]], [series[0], series[0]], [series[0]] * 31):
        with pytest.raises(BadInput):
            chained(engine, reader, links)
    with pytest.raises(NotFound):
        chained(engine, reader, [series[0], 99_999])
    with pytest.raises(NotFound):
        engine.place_series(
            me(a_patron(unit)), patron_id=reader, links=[(r, "") for r in series], pickup="hem"
        )
    placed(engine, reader, series[2])
    with pytest.raises(DuplicateHold):
        chained(engine, reader, series)
    once = chained(engine, reader, series[:2], idempotency_key="s")
    assert [h.id for h in chained(engine, reader, series[:2], idempotency_key="s")] == [
        h.id for h in once
    ]


def test_thirty_volumes_of_one_record_are_one_chain(
    unit: Unit, engine: EmbeddedCirculation, reader: int
) -> None:
    """E10: volumes of one record, in the order that was asked."""
    record = a_record(unit, "Manga")
    for number in range(1, 31):
        an_item(unit, record, volume_key=str(number), volume_label=f"Tome {number}")
    links = [(record, str(number)) for number in range(1, 31)]
    holds = engine.place_series(me(reader), patron_id=reader, links=links, pickup="leers")
    assert [h.volume_key for h in holds] == [str(n) for n in range(1, 31)]
    assert [h.state for h in holds].count("TARGETED") == 1
    assert holds[0].state == "TARGETED"
    assert_invariants(unit)


def test_any_edition_takes_the_one_that_is_free(
    unit: Unit, engine: EmbeddedCirculation, reader: int
) -> None:
    """I3, E10: a hold on the work; one on any of its records is its duplicate."""
    pocket = a_record(unit, "Poche")
    with unit.read() as found:
        work = found.driver.execute(f"SELECT work_id FROM record WHERE id = {pocket}").fetchone()[0]
    large = a_record(unit, "Grand format", work_id=work)
    gone, free = an_item(unit, pocket), an_item(unit, large, "leers")
    other = a_patron(unit, card="20590000088889")
    engine.lend(STAFF, LendRequest("hem", card="20590000088889", item_id=gone))
    assert [p.library for p in engine.promise(pocket, "hem", any_edition=True)] == ["hem"]
    hold = engine.place_hold(
        me(reader), patron_id=reader, record_id=pocket, pickup="hem", any_edition=True
    )
    assert (hold.level, hold.state, hold.item_id) == ("work", "TARGETED", free)
    assert hold.copies == 2
    for record in (pocket, large):
        with pytest.raises(DuplicateHold):
            placed(engine, reader, record)
    mine = placed(engine, other, large)
    assert (mine.state, mine.rank) == ("WAITING", 2)
    engine.change_pickup(me(reader), hold.id, "leers")
    assert seen(engine, hold).state == "TARGETED"
    engine.cancel_hold(me(reader), hold.id)
    assert engine.restore_hold(me(reader), hold.id).level == "work"
    assert_invariants(unit)


def test_any_edition_of_several_volumes_needs_the_volume(
    unit: Unit, engine: EmbeddedCirculation, reader: int
) -> None:
    """E10."""
    record = a_record(unit, "Série")
    for key in ("1", "2"):
        an_item(unit, record, volume_key=key, volume_label=key)
    with pytest.raises(VolumeRequired):
        engine.place_hold(
            me(reader), patron_id=reader, record_id=record, pickup="hem", any_edition=True
        )


def test_this_very_copy_can_be_reserved(
    unit: Unit, engine: EmbeddedCirculation, reader: int
) -> None:
    """Section 1: the level of an item; another copy does not serve it."""
    record = a_record(unit)
    asked, other = an_item(unit, record, "leers"), an_item(unit, record, "hem")
    hold = engine.place_hold(STAFF, patron_id=reader, record_id=record, pickup="hem", item_id=asked)
    assert (hold.level, hold.item_id) == ("item", asked)
    assert scanned(engine, "hem", other).instruction == "RESHELVE"
    with pytest.raises(NotFound):
        engine.place_hold(STAFF, patron_id=reader, record_id=record, pickup="hem", item_id=99_999)


def test_a_title_on_order_can_be_reserved_and_is_served_when_it_comes(
    unit: Unit, engine: EmbeddedCirculation, reader: int
) -> None:
    """E11: a copy on order can fill it one day."""
    record = a_record(unit)
    item = an_item(unit, record, status="ON_ORDER")
    hold = placed(engine, reader, record)
    assert (hold.state, hold.copies) == ("WAITING", 1)
    assert hold.promise is not None
    assert scanned(engine, "hem", item).instruction == "SET_ASIDE"
    assert scanned(engine, "hem", item).instruction == "HOLD_SHELF"
    assert seen(engine, hold).state == "READY"
    assert_invariants(unit)


def test_a_rhythm_gives_back_what_is_only_asked_for(
    unit: Unit, engine: EmbeddedCirculation, reader: int, series: list[int]
) -> None:
    """Section 5: fewer than N of the others are on their way or ready; the place is kept (T3)."""
    holds = [placed(engine, reader, record) for record in series]
    assert [h.state for h in holds] == ["TARGETED"] * 3
    assert engine.set_pace(me(reader), reader, Pace(1, grouped=False)) == (1, False)
    assert [seen(engine, h).state for h in holds] == ["TARGETED", "WAITING", "WAITING"]
    assert "Elle avancera" in seen(engine, holds[1]).why
    lent(engine, item_of(unit, series[0]))
    engine.minute()
    assert [seen(engine, h).state for h in holds] == ["FULFILLED", "TARGETED", "WAITING"]
    engine.set_pace(me(reader), reader, Pace(None, grouped=False))
    assert seen(engine, holds[2]).state == "TARGETED"
    assert engine.pace(me(reader), reader) == (None, False)
    for wrong in (0, -1, 21):
        with pytest.raises(BadInput):
            engine.set_pace(me(reader), reader, Pace(wrong, grouped=False))
    with pytest.raises(NotFound):
        engine.set_pace(me(a_patron(unit)), reader, Pace(1, grouped=False))
    assert_invariants(unit)


def test_a_pace_that_comes_late_does_not_put_an_older_one_back(
    engine: EmbeddedCirculation, reader: int
) -> None:
    """A choice is kept once for its key; another choice under that key is a new one."""
    actor, two, four = me(reader), Pace(2, grouped=False), Pace(4, grouped=True)
    engine.set_pace(actor, reader, two, "a")
    engine.set_pace(actor, reader, four, "b")
    assert engine.set_pace(actor, reader, two, "a") == four
    assert engine.set_pace(actor, reader, two, "b") == two
    assert engine.set_pace(actor, reader, four, "b") == four


def test_everything_is_collected_together(
    unit: Unit, engine: EmbeddedCirculation, clock: FrozenClock, reader: int
) -> None:
    """One notice when the last has come, one day for all; never beyond the longest delay."""
    near, far = a_record(unit), a_record(unit, "Autre")
    here, there = an_item(unit, near), an_item(unit, far, "leers")
    engine.set_pace(me(reader), reader, Pace(None, grouped=True))
    first, second = placed(engine, reader, near), placed(engine, reader, far)
    scanned(engine, "leers", there)
    scanned(engine, "hem", here)
    due = _ready_due(unit, first.id)
    assert due > clock.now() + timedelta(hours=1)
    deadline = seen(engine, first).pickup_deadline
    assert deadline is not None
    assert due < deadline
    clock.advance(days=2)
    scanned(engine, "hem", there, confirm=True)
    assert _ready_due(unit, second.id) == clock.now() + timedelta(minutes=5)
    kept = {seen(engine, h).pickup_deadline for h in (first, second)}
    assert len(kept) == 1
    assert kept.pop() > deadline  # type: ignore[operator]
    assert_invariants(unit)


def _ready_due(unit: Unit, hold: int) -> datetime:
    _o = table(Outbox).c
    with unit.read() as found:
        return found.one(
            Query(select(_o.due_at).where(_o.hold_id == hold, _o.kind == "ready"), scalar)
        )


@pytest.mark.parametrize(
    ("policy", "pickup", "reason"),
    [
        ("ask", "hem", "on_shelf"),
        ("all_out", "hem", "on_shelf"),
        ("all_out", "leers", "not_all_out"),
        ("ask", "leers", None),
        ("allow", "hem", None),
    ],
)
def test_what_stands_on_a_shelf_is_reserved_as_the_library_has_it(
    unit: Unit, engine: EmbeddedCirculation, network: Network, reader: int,
    policy: str, pickup: str, reason: str | None,
) -> None:  # fmt: skip
    """E5: allow ("mise de côté"), ask to come, or only if all copies are out."""
    unit.write(
        lambda tx: tx.insert(
            RuleValue, name="on_shelf_holds", library="", category="", item_type="", value=policy
        )
    )
    engine.forget_network()
    record = a_record(unit)
    an_item(unit, record, "hem")
    if reason is None:
        assert placed(engine, reader, record, pickup).state == "TARGETED"
        return
    with pytest.raises(NotReservable) as refused:
        placed(engine, reader, record, pickup)
    assert refused.value.reason == reason
