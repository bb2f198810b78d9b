"""Cards unused for a year: told a month before, listed, never deleted by themselves."""

from __future__ import annotations

from sqlalchemy import select

from factories import a_patron, a_record, an_item, barcode_of
from fakes import FrozenClock
from navette.circulation.unused import how_many_unused, unused_among, unused_cards, warn_unused
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor, LendRequest
from navette.network.network import Network
from navette.patrons.registering import renew
from navette.patrons.tables import Patron
from navette.patrons.using import note_use
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.tables import Outbox
from navette.storage.unit import Reader, Unit

TOLD = Query(
    select(table(Outbox).c.patron_id, table(Outbox).c.payload).where(
        table(Outbox).c.kind == "card_unused"
    ),
    lambda *row: row,
)
DESK = Actor("staff", staff_id=1, library="hem", role="agent")


def listed(unit: Unit, clock: FrozenClock, **given: int) -> list[int]:
    with unit.read() as reader:
        return [one.id for one in unused_cards(reader, clock.now(), **given)]


def made(unit: Unit, clock: FrozenClock, **given: object) -> int:
    return a_patron(unit, created_at=clock.now(), **given)


def test_a_card_comes_on_the_list_after_a_year_of_nothing(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    emma = made(unit, clock)
    clock.advance(days=364, hours=23)
    assert listed(unit, clock) == []
    clock.advance(hours=2)
    assert listed(unit, clock) == [emma]
    unit.write(lambda tx: note_use(tx, emma, clock.now()))
    assert listed(unit, clock) == []


def test_a_document_at_home_a_reservation_and_every_use_keep_it(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    has, waits, renewed, nothing = (made(unit, clock) for _ in range(4))
    engine = EmbeddedCirculation(unit, clock)
    record = a_record(unit)
    item, more = an_item(unit, record, "hem"), an_item(unit, record, "hem")
    with unit.read() as reader:
        cards = {has: _card(reader, has)}
    engine.lend(DESK, LendRequest("hem", card=cards[has], barcode=barcode_of(unit, item)))
    engine.lend(DESK, LendRequest("hem", card=cards[has], barcode=barcode_of(unit, more)))
    hold = engine.place_hold(
        Actor("patron", patron_id=waits), patron_id=waits, record_id=record, pickup="hem"
    )
    clock.advance(days=170)
    unit.write(lambda tx: renew(tx, network, renewed, clock.now()))
    clock.advance(days=196)
    assert listed(unit, clock) == [nothing]
    engine.cancel_hold(Actor("patron", patron_id=waits), hold.id)
    assert listed(unit, clock) == [waits, nothing]


def _card(reader: Reader, patron: int) -> str:
    number: Query[str] = Query(
        select(table(Patron).c.card).where(table(Patron).c.id == patron), lambda card: card
    )
    return str(reader.one(number))


def test_lending_counts_as_use_after_the_return_too(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    emma = made(unit, clock)
    engine, item = EmbeddedCirculation(unit, clock), an_item(unit, a_record(unit), "hem")
    with unit.read() as reader:
        card = _card(reader, emma)
    clock.advance(days=200)
    engine.lend(DESK, LendRequest("hem", card=card, barcode=barcode_of(unit, item)))
    clock.advance(days=1)
    unit.write(lambda tx: tx.driver.execute("UPDATE loan SET returned_at = lent_at"))
    clock.advance(days=170)
    assert listed(unit, clock) == []
    clock.advance(days=200)
    assert listed(unit, clock) == [emma]


def test_a_library_sees_its_own_page_by_page(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    hem = [made(unit, clock, home="hem") for _ in range(5)]
    made(unit, clock, home="leers")
    clock.advance(days=366)
    library, seen = network.library("hem").id, []
    after = None
    for _ in range(5):
        with unit.read() as reader:
            page = unused_cards(reader, clock.now(), library_id=library, first=2, after=after)
        if not page:
            break
        seen += [one.id for one in page]
        after = page[-1]
    assert seen == hem
    with unit.read() as reader:
        assert how_many_unused(reader, clock.now()) == 6
        assert [one.id for one in unused_among(reader, clock.now(), [hem[3], 999])] == [hem[3]]


def test_the_person_is_told_a_month_before_and_once(
    unit: Unit, network: Network, clock: FrozenClock
) -> None:
    emma = made(unit, clock)
    clock.advance(days=334)
    assert warn_unused(unit, clock.now()) == 0
    clock.advance(days=2)
    assert warn_unused(unit, clock.now()) == 1
    assert warn_unused(unit, clock.now()) == 0
    with unit.read() as reader:
        ((whom, payload),) = reader.all(TOLD)
    assert whom == emma
    assert payload == {"until": "2027-11-24", "name": "Emma"}
