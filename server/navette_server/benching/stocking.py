"""A large network for the bench: many copies, loans and holds, written straight into the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from navette.catalogue.tables import Item, Record, Work
from navette.circulation.states import HoldState
from navette.circulation.tables import Hold, HoldEvent, Loan, Transit
from navette.network.loading import load_network, network_of, read_toml
from navette.network.network import Network
from navette.patrons.tables import CardNumber, Patron
from navette.storage.unit import Tx
from navette_server.benching.importing import NETWORK

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


_ONTO_THE_SHELF = """
    UPDATE item SET status = 'ON_HOLD_SHELF', current_library_id =
    (SELECT h.pickup_library_id FROM hold h WHERE h.item_id = item.id)
    WHERE id IN (SELECT item_id FROM hold WHERE state = 'READY')
"""
_INTO_THE_CRATE = """
    UPDATE item SET status = 'IN_TRANSIT'
    WHERE id IN (SELECT item_id FROM hold WHERE state = 'IN_TRANSIT')
"""


def a_network(tx: Tx, *, titles: int, copies: int, people: int) -> Network:
    """Describe titles with copies spread over the libraries, and people; ids count from 1."""
    load_network(tx, read_toml(NETWORK))
    network = network_of(tx)
    libraries = [library.id for library in network.libraries]
    tx.insert_many(Work, (_work(n) for n in range(1, titles + 1)))
    tx.insert_many(Record, (_record(n) for n in range(1, titles + 1)))
    numbers = range(1, titles * copies + 1)
    tx.insert_many(Item, (_item(n, 1 + (n - 1) // copies, libraries) for n in numbers))
    tx.insert_many(Patron, (_person(n, libraries) for n in range(1, people + 1)))
    cards = ({"number": _card(n), "patron_id": n, "kind": "network"} for n in range(1, people + 1))
    tx.insert_many(CardNumber, cards)
    return network


def lent(tx: Tx, network: Network, items: Sequence[int], *, copies: int, people: int) -> None:
    """Lend these items, due over the next weeks, to one person after the other."""
    libraries = [library.id for library in network.libraries]
    tx.insert_many(Loan, (_loan(n, copies, people, libraries) for n in items))
    tx.driver.execute(
        "UPDATE item SET status = 'ON_LOAN' WHERE id IN"
        " (SELECT item_id FROM loan WHERE returned_at IS NULL)"
    )


def hold(
    number: int, network: Network, *, title: int, patron: int, state: HoldState, item: int | None
) -> dict[str, Any]:
    """Return the row of a hold; a bound one has its item, a READY one its deadline."""
    pickup = network.libraries[number % len(network.libraries)]
    ready = state is HoldState.READY
    deadline = NOW + timedelta(days=5 if number % 10 else -4)
    return {
        "patron_id": patron, "level": "record", "target_id": title, "record_id": title,
        "work_id": title, "volume_key": "", "pickup_place_id": pickup.pickup_place_id,
        "pickup_library_id": pickup.id, "rank_class": 0, "state": str(state), "item_id": item,
        "placed_at": NOW - timedelta(days=20, seconds=number), "not_after": date(2027, 5, 1),
        "suspended": False, "shelf_place": f"B-{number}" if ready else "", "passes_used": 0,
        "overtaken": 0, "ready_at": NOW - timedelta(days=9) if ready else None,
        "pickup_deadline": deadline if ready else None,
        "targeted_at": NOW if state is HoldState.TARGETED else None,
        "target_until": _until(number) if state is HoldState.TARGETED else None,
        "latest_on": date(2026, 12, 24), "promised_for": "all_out", "version": 1,
    }  # fmt: skip


def reserved(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Write holds, with the line of history that placed each; items and crates follow."""
    tx.insert_many(Hold, rows)
    tx.insert_many(HoldEvent, (_event(n) for n in range(1, len(rows) + 1)))
    tx.insert_many(Transit, _crates(rows))
    for statement in (_ONTO_THE_SHELF, _INTO_THE_CRATE):
        tx.driver.execute(statement)


def _crates(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, 1):
        if row["state"] == HoldState.IN_TRANSIT:
            yield {
                "item_id": row["item_id"], "origin_id": 1, "destination_id": 2, "cause": "hold",
                "hold_id": number, "state": "BOXED", "misrouted": 0,
                "boxed_at": NOW - timedelta(days=2),
            }  # fmt: skip


def _until(number: int) -> datetime:
    return NOW + timedelta(days=1 if number % 5 else -1)


def _event(number: int) -> dict[str, Any]:
    return {
        "hold_id": number, "at": NOW, "actor": "system", "to_state": "WAITING",
        "trigger": "place", "reason": "", "note": "",
    }  # fmt: skip


def _card(number: int) -> str:
    return f"2059{number:010d}"


def _work(number: int) -> dict[str, Any]:
    title = f"Titre {number}"
    return {"key": title, "title": title, "created_at": NOW}


def _record(number: int) -> dict[str, Any]:
    title = f"Titre {number}"
    return {
        "work_id": number, "title": title, "title_sort": title, "subtitle": "", "statement": "",
        "authors": [], "author_sort": "", "publisher": "", "year": 2020, "extent": "",
        "edition": "", "type": "book", "audience": "adult", "languages": ["fre"],
        "series_title": "", "volume_label": "", "summary": "", "contents": "", "subjects": [],
        "genres": [], "dewey": "", "identifiers": [], "links": [], "loans": 0, "hidden": False,
        "version": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip


def _item(number: int, title: int, libraries: Sequence[int]) -> dict[str, Any]:
    library = libraries[number % len(libraries)]
    return {
        "record_id": title, "home_library_id": library, "current_library_id": library,
        "barcode": f"B{number}", "barcode_printed": f"B{number}", "status": "AVAILABLE",
        "not_for_loan": False, "type": "book", "section": "Adulte", "collection": "",
        "call_number": "R TIT", "volume_key": "", "volume_label": "", "price": "", "loans": 0,
        "alert": "", "note": "", "digest": "", "version": 1, "created_at": NOW,
        "targeting_penalty": 0,
    }  # fmt: skip


def _person(number: int, libraries: Sequence[int]) -> dict[str, Any]:
    return {
        "card": _card(number), "first_name": "Emma", "last_name": f"Essai {number}",
        "name_key": "", "birth_year": 1980, "category": "adult",
        "home_library_id": libraries[number % len(libraries)], "email": "", "phone": "",
        "language": "fr", "registered_on": date(2026, 1, 5), "valid_until": date(2027, 9, 3),
        "blocked_reason": "", "password_hash": "", "channels": ["email"],
        "title_on_notices": False, "created_at": NOW, "version": 1,
    }  # fmt: skip


def _loan(item: int, copies: int, people: int, libraries: Sequence[int]) -> dict[str, Any]:
    return {
        "item_id": item, "record_id": 1 + (item - 1) // copies, "patron_id": 1 + item % people,
        "library_id": libraries[item % len(libraries)], "lent_at": NOW - timedelta(days=7),
        "due_on": date(2026, 11, 25) + timedelta(days=item % 14), "renewals": 0,
        "override_reason": "", "version": 1,
    }  # fmt: skip
