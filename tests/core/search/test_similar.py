"""Titles like one."""

from __future__ import annotations

from typing import Any

from factories import a_record
from navette.catalogue.reading import record_of
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.storage.unit import Unit


def _by(name: str, **given: Any) -> dict[str, Any]:
    return {"authors": [{"name": name, "role": "author"}], **given}


def alike(unit: Unit, index: SearchIndex, record: int) -> list[int]:
    with unit.read() as reader:
        return index.similar(record_of(reader, record))


def test_what_it_is_about_comes_before_who_made_it(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    bees = a_record(
        unit, "Les abeilles", **_by("Anne Roy", subjects=["Abeilles"], audience="child")
    )
    hive = a_record(unit, "La ruche", **_by("Marc Petit", subjects=["Abeilles"], audience="child"))
    grown = a_record(
        unit, "Apiculture", **_by("Luc Blanc", subjects=["Abeilles"], audience="adult")
    )
    same = a_record(unit, "Le potager", **_by("Anne Roy", subjects=["Jardins"]))
    a_record(unit, "Tramways de Lille", **_by("Paul Noir", subjects=["Tramways"]))
    writer.follow()
    assert alike(unit, index, bees) == [hive, grown, same]


def test_no_volume_of_its_own_series_and_never_itself(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    ids = [
        a_record(unit, f"Naruto {n}", series_title="Naruto", volume_number=n, **_by("Kishimoto"))
        for n in range(1, 4)
    ]
    other = a_record(unit, "Samurai 8", **_by("Kishimoto"))
    writer.follow()
    assert alike(unit, index, ids[0]) == [other]


def test_a_title_that_says_nothing_is_like_nothing(
    unit: Unit, index: SearchIndex, writer: IndexWriter
) -> None:
    record = a_record(unit, "La", authors=[])
    assert alike(unit, index, record) == [], "no index yet"
    writer.follow()
    assert alike(unit, index, record) == []
