"""Things that tests start from, made in one line: `a_patron(unit, home="leers")`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from navette.catalogue.tables import Item, Record, Work
from navette.network.loading import load_network, network_of, read_toml
from navette.patrons.tables import CardNumber, Guardian, Patron
from navette.storage.changes import note_record
from navette.storage.unit import Tx, Unit

NETWORK = Path(__file__).with_name("network_of_tests.toml")
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_numbers = count(1)


def a_network(unit: Unit) -> list[str]:
    """Load the five libraries of the tests."""
    described = read_toml(NETWORK)
    return unit.write(lambda tx: load_network(tx, described))


def a_patron(unit: Unit, home: str = "hem", **given: Any) -> int:
    """Register a person; returns the row id. Give `card`, `category`, `email`..."""

    def work(tx: Tx) -> int:
        number = next(_numbers)
        card = given.pop("card", f"2059{number:010d}")
        values = {
            "first_name": "Emma", "last_name": f"Essai{number}", "birth_year": 1980,
            "name_key": f"essai{number} emma",
            "category": "adult", "home_library_id": network_of(tx).library(home).id,
            "registered_on": date(2026, 1, 5), "valid_until": date(2027, 9, 3),
            "channels": ["push", "email"], "created_at": LONG_AGO, "blocked_reason": "",
            "email": f"emma{number}@example.org", "phone": "", "language": "fr",
            "password_hash": "", "title_on_notices": False, "version": 1,
        }  # fmt: skip
        patron = tx.insert(Patron, card=card, **(values | given))
        tx.insert(CardNumber, number=card, patron_id=patron, kind="network")
        return patron

    return unit.write(work)


def a_child(unit: Unit, guardian: int, home: str = "hem", **given: Any) -> int:
    """Register a child of `guardian`."""
    child = a_patron(unit, home, **({"category": "child", "birth_year": 2016} | given))
    unit.write(lambda tx: tx.insert(Guardian, guardian_id=guardian, child_id=child, since=LONG_AGO))
    return child


def a_record(unit: Unit, title: str = "Le Mage du Kremlin", **given: Any) -> int:
    """Describe a publication, with a work of its own; returns the record's row id."""

    def work(tx: Tx) -> int:
        of = given.pop("work_id", None) or tx.insert(
            Work, key=title.casefold(), title=title, created_at=LONG_AGO
        )
        values = {
            "title_sort": title.casefold(), "subtitle": "", "statement": "",
            "authors": [{"name": "Giuliano da Empoli", "role": "author"}],
            "author_sort": "empoli giuliano da", "publisher": "Gallimard", "year": 2022,
            "extent": "280 p.", "edition": "", "type": "book", "audience": "adult",
            "languages": ["fre"], "series_title": "", "volume_label": "", "summary": "",
            "contents": "", "subjects": [], "genres": [], "dewey": "", "identifiers": [],
            "links": [], "loans": 0, "hidden": False, "version": 1,
            "created_at": LONG_AGO, "updated_at": LONG_AGO,
        }  # fmt: skip
        record = tx.insert(Record, work_id=of, title=title, **(values | given))
        note_record(tx, record, LONG_AGO)
        return record

    return unit.write(work)


def an_item(unit: Unit, record: int, home: str = "hem", at: str = "", **given: Any) -> int:
    """Put a copy on a shelf; returns the row id. `at`: where it stands, home if not said."""

    def work(tx: Tx) -> int:
        network = network_of(tx)
        barcode = given.pop("barcode", f"I{next(_numbers):09d}")
        values = {
            "barcode_printed": barcode, "status": "AVAILABLE", "not_for_loan": False,
            "type": "book", "section": "Adulte", "collection": "", "call_number": "R DAE",
            "volume_key": "", "volume_label": "", "price": "", "loans": 0, "alert": "",
            "note": "", "digest": "", "version": 1, "created_at": LONG_AGO,
            "targeting_penalty": 0,
        }  # fmt: skip
        return tx.insert(
            Item,
            record_id=record,
            home_library_id=network.library(home).id,
            current_library_id=network.library(at or home).id,
            barcode=barcode,
            **(values | given),
        )

    return unit.write(work)


def barcode_of(unit: Unit, item: int) -> str:
    """Return the barcode of an item row."""
    with unit.read() as reader:
        row = reader.driver.execute(f"SELECT barcode FROM item WHERE id = {item}").fetchone()
    return str(row[0])
