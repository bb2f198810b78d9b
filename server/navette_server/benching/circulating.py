"""Placing a hold and "my account" against the same statements on the bare driver.

The service runs once while its statements are recorded; then service and bare statements take
turns. Everything is rolled back, so each round meets the same database. Choosing the copy and
computing the promise are rules, not statements: they are measured apart and said in the detail.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from navette.catalogue.tables import Item, Record, Work
from navette.circulation import placing
from navette.circulation.tables import Loan
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.loading import load_network, network_of, read_toml
from navette.network.network import Network
from navette.patrons.reading import patron_of
from navette.patrons.tables import CardNumber, Patron
from navette.storage.migrating import upgrade
from navette.storage.unit import Tx
from navette_server.benching.importing import NETWORK
from navette_server.benching.measuring import Figure, in_turns
from navette_server.benching.replaying import InlineUnit, replay

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOLD_BUDGET = 3.0
ACCOUNT_BUDGET = 2.0
TITLES = 400
PEOPLE = 60
EACH = 30
ROUNDS = 15


class StillClock:
    """It is always the same morning."""

    def now(self) -> datetime:
        """Return that morning."""
        return NOW


def circulation_speed() -> list[Figure]:
    """Return the figures of "place a hold" and "my account"."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        path = Path(name) / "navette.db"
        upgrade(f"sqlite:///{path}")
        unit = InlineUnit(path)
        try:
            unit.write(a_network_in_use)
            engine = EmbeddedCirculation(unit, StillClock())
            for patron in range(2, PEOPLE):  # queues to stand in
                _place(engine, patron, 1 + patron % 3)
            return [_placing(unit, engine), _account(unit, engine)]
        finally:
            unit.close()


def _placing(unit: InlineUnit, engine: EmbeddedCirculation) -> Figure:
    unit.keep = False
    network = engine.network
    asked = placing.Placing(1, 50, "toufflers")
    actor = Actor("patron", patron_id=1)

    def place(tx: Tx) -> int:
        return placing.place(tx, network, NOW, actor, asked)

    made: list[Any] = []
    with _without_rules(made):
        unit.write(place)
        said = unit.record(lambda: unit.write(place))

    def whole() -> None:
        for _ in range(EACH):
            unit.write(place)

    def service() -> None:
        with _without_rules(made):
            whole()

    def bare() -> None:
        for _ in range(EACH):
            replay(unit.connection, said, write=True)

    times = {
        n: t / EACH * 1e6
        for n, t in in_turns(ROUNDS, whole=whole, service=service, bare=bare).items()
    }
    unit.keep = True
    return Figure(
        "place a hold, against its statements on the bare driver",
        times["service"] / times["bare"],
        HOLD_BUDGET,
        "lower",
        f"{times['service']:.0f} us; {len(said)} statements bare {times['bare']:.0f} us;"
        f" with targeting and promise {times['whole']:.0f} us",
    )


def _account(unit: InlineUnit, engine: EmbeddedCirculation) -> Figure:
    def account() -> None:
        with unit.read() as reader:
            patron_of(reader, 2)
        engine.holds_of(2)
        engine.loans_of(2)

    said = unit.record(account)

    def service() -> None:
        for _ in range(EACH):
            account()

    def bare() -> None:
        for _ in range(EACH):
            replay(unit.connection, said, write=False)

    times = in_turns(ROUNDS, service=service, bare=bare)
    each, alone = times["service"] / EACH, times["bare"] / EACH
    return Figure(
        "my account, against its statements on the bare driver",
        each / alone,
        ACCOUNT_BUDGET,
        "lower",
        f"{each * 1e6:.0f} us; {len(said)} statements bare {alone * 1e6:.0f} us",
    )


@contextmanager
def _without_rules(made: list[Any]) -> Iterator[None]:
    """Leave out the choice of a copy and the promise: the promise made first is taken again."""
    module: Any = placing
    promise, targeting = module.promise_of, module.bind_copies
    if not made:
        made.append(None)

    def same_promise(*given: Any) -> Any:
        if made[0] is None:
            made[0] = promise(*given)
        return made[0]

    module.promise_of, module.bind_copies = same_promise, lambda *_: []
    try:
        yield
    finally:
        module.promise_of, module.bind_copies = promise, targeting


def _place(engine: EmbeddedCirculation, patron: int, record: int) -> None:
    engine.place_hold(
        Actor("patron", patron_id=patron), patron_id=patron, record_id=record, pickup="leers"
    )


def a_network_in_use(tx: Tx) -> Network:
    """Write the demonstration network with titles, copies, people and loans; returns it."""
    load_network(tx, read_toml(NETWORK))
    network = network_of(tx)
    for title in range(1, TITLES + 1):
        _a_title(tx, network, title)
    for patron in range(1, PEOPLE + 1):
        _a_person(tx, network, patron)
    return network


def _a_title(tx: Tx, network: Network, number: int) -> None:
    title = f"Titre {number}"
    work = tx.insert(Work, key=title, title=title, created_at=NOW)
    record = tx.insert(
        Record, work_id=work, title=title, title_sort=title, subtitle="", statement="",
        authors=[{"name": "Une Autrice", "role": "author"}], author_sort="autrice une",
        publisher="Maison", year=2020, extent="", edition="", type="book", audience="adult",
        languages=["fre"], series_title="", volume_label="", summary="", contents="",
        subjects=[], genres=[], dewey="", identifiers=[], links=[], loans=0, hidden=False,
        version=1, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    for library in network.libraries[:3]:
        tx.insert(
            Item, record_id=record, home_library_id=library.id, current_library_id=library.id,
            barcode=f"B{number}", barcode_printed=f"B{number}", status="AVAILABLE",
            not_for_loan=False, type="book", section="Adulte", collection="", call_number="R TIT",
            volume_key="", volume_label="", price="", loans=0, alert="", note="", digest="",
            version=1, created_at=NOW, targeting_penalty=0,
        )  # fmt: skip


def _a_person(tx: Tx, network: Network, number: int) -> None:
    card = f"2059{number:010d}"
    home = network.libraries[number % len(network.libraries)].id
    patron = tx.insert(
        Patron, card=card, first_name="Emma", last_name=f"Essai {number}", name_key="",
        birth_year=1980, category="adult", home_library_id=home, email="", phone="",
        language="fr", registered_on=date(2026, 1, 5), valid_until=date(2027, 9, 3),
        blocked_reason="", password_hash="", channels=["email"], title_on_notices=False,
        created_at=NOW, version=1,
    )  # fmt: skip
    tx.insert(CardNumber, number=card, patron_id=patron, kind="network")
    for loan in range(5):
        item = 3 * (100 + number * 5 + loan % 5) % (TITLES * 3) + 1
        tx.insert(
            Loan, item_id=item, record_id=(item - 1) // 3 + 1, patron_id=patron, library_id=home,
            lent_at=NOW - timedelta(days=7), due_on=date(2026, 12, 8), renewals=0,
            override_reason="", version=1,
        )  # fmt: skip
