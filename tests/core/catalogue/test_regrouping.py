"""A record that its library changes goes where it belongs now, with its copies and holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.catalogue import importing
from navette.catalogue.exporting import export_lines
from navette.catalogue.importing import import_file
from navette.catalogue.plan import Plan
from navette.catalogue.reading import record_of, records_of
from navette.catalogue.reporting import ImportReport
from navette.catalogue.unimarc.writing import ControlField, DataField, general_data, write_record
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.unit import Tx, Unit

Bringer = Callable[..., ImportReport]
PRINCE, DUNE = "9782070612758", "9782266320481"
Line = tuple[str, list[list[str]], list[list[str]]]


def a_book(
    local_id: str, title: str = "Le petit prince", isbn: str = PRINCE, subject: str = "Amitié"
) -> bytes:
    name = "Herbert" if title == "Dune" else "Saint-Exupéry"
    return write_record(
        [
            ControlField("001", local_id),
            DataField("010", (("a", isbn),)),
            DataField("100", (("a", general_data("20200101", 2007)),)),
            DataField("200", (("a", title), ("f", name)), "1"),
            DataField("606", (("a", subject),)),
            DataField("700", (("a", name), ("4", "070"))),
            DataField("995", (("f", f"B{local_id}"),)),
        ]
    )


@pytest.fixture
def bring(unit: Unit, network: Network, tmp_path: Path, clock: FrozenClock) -> Bringer:
    def run(library: str, *records: bytes, **said: bool) -> ImportReport:
        path = tmp_path / f"{library}.mrc"
        path.write_bytes(b"".join(records))
        return import_file(unit, path, library, "generic", now=clock.now(), **said)

    return run


def shown(unit: Unit) -> dict[int, Line]:
    with unit.read() as reader:
        return {
            line["record"]: (line["title"], line["sources"], line["items"])
            for line in export_lines(reader)
            if line["sources"]
        }


def test_a_001_used_again_for_another_book_takes_its_copy_out(bring: Bringer, unit: Unit) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    bring("hem", a_book("h1", "Dune", DUNE))
    (first, second) = shown(unit).values()
    assert first == ("Le petit prince", [["lys", "l1"]], [["lys", "BL1"]])
    assert second == ("Dune", [["hem", "h1"]], [["hem", "BH1"]])
    assert bring("hem", a_book("h1", "Dune", DUNE)).records_unchanged == 1


def test_a_corrected_record_joins_what_others_have(bring: Bringer, unit: Unit) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1", "Le grand prince", DUNE))
    two = list(shown(unit))
    assert bring("lys", a_book("l1")).publications_after == 1
    with unit.read() as reader:
        assert [line["record"] for line in export_lines(reader)] == two[:1]
    assert shown(unit) == {
        two[0]: (
            "Le petit prince", [["hem", "h1"], ["lys", "l1"]], [["hem", "BH1"], ["lys", "BL1"]]
        )
    }  # fmt: skip
    with unit.read() as reader:
        assert record_of(reader, two[1]).id == two[0], "its address leads on"


def test_it_goes_straight_to_the_other_book_that_others_have(bring: Bringer, unit: Unit) -> None:
    bring("hem", a_book("h1"), a_book("h2", "Dune", DUNE))
    bring("lys", a_book("l1"))
    bring("lys", a_book("l1", "Dune", DUNE))
    assert [sources for _, sources, _ in shown(unit).values()] == [
        [["hem", "h1"]],
        [["hem", "h2"], ["lys", "l1"]],
    ]


def test_who_waits_for_the_book_goes_on_waiting_for_it(
    bring: Bringer, unit: Unit, network: Network, clock: FrozenClock
) -> None:
    engine = EmbeddedCirculation(unit, clock)
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1", "Le grand prince", DUNE))
    bring("leers", a_book("e1"))
    prince, other = shown(unit)
    patron = a_patron(unit)
    me = Actor("patron", patron_id=patron)
    stays = engine.place_hold(me, patron_id=patron, record_id=prince, pickup="lys")
    follows = engine.place_hold(me, patron_id=patron, record_id=other, pickup="hem")
    bring("leers", a_book("e1", "Autre chose", "9782221252055"))
    bring("lys", a_book("l1", "Tout autre chose", "9782080203793"))
    bring("toufflers", a_book("t1", "Tout autre chose", "9782080203793"))
    assert engine.hold(me, stays.id).record_id == prince
    assert engine.hold(me, follows.id).record_id == other
    bring("lys", a_book("l1"))
    records = {engine.hold(me, hold.id).record_id for hold in (stays,)}
    assert records == {prince}


def test_a_record_alone_that_became_another_book_is_an_edition_of_that(
    bring: Bringer, unit: Unit
) -> None:
    bring("hem", a_book("h1"), a_book("h2", "Dune", DUNE))
    assert len(set(works(unit))) == 2
    bring("hem", a_book("h1", "Dune", "9782221252055"))
    assert len(shown(unit)) == 2, "two records of one library stay two"
    assert len(set(works(unit))) == 1


def works(unit: Unit) -> list[int]:
    with unit.read() as reader:
        return [line["work"] for line in export_lines(reader)]


def test_a_record_says_what_its_libraries_say_now(bring: Bringer, unit: Unit) -> None:
    bring("hem", a_book("h1", subject="Aviation"))
    bring("lys", a_book("l1", subject="Renards"))
    (record,) = shown(unit)
    bring("lys", a_book("l1", subject="Roses"))
    with unit.read() as reader:
        assert list(records_of(reader, [record])[record].subjects) == ["Aviation", "Roses"]


def test_a_rehearsal_regroups_nothing(bring: Bringer, unit: Unit) -> None:
    bring("hem", a_book("h1"))
    bring("lys", a_book("l1"))
    before = shown(unit)
    report = bring("hem", a_book("h1", "Dune", DUNE), dry_run=True)
    assert report.samples[0].after.startswith("Dune")
    assert shown(unit) == before


def test_a_desk_never_waits_for_hundreds_of_records_that_are_grouped_anew(
    bring: Bringer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    kept = importing.keep

    def counted(tx: Tx, made: Plan, *more: object) -> None:
        written.append(len(made.changed) + len(made.shared))
        kept(tx, made, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "keep", counted)
    names = [f"n{number}" for number in range(130)]
    bring("hem", *(a_book(name, f"Livre {name}", "") for name in names))
    assert (
        bring("hem", *(a_book(name, f"Autre {name}", "") for name in names)).records_updated == 130
    )
    assert sum(written) == 130
    assert max(written) <= 50
