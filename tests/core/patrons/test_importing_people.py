"""A library's own file becomes network cards; nobody is lost, nobody is merged silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes import FrozenClock
from navette.errors import SourceError
from navette.network.network import Network
from navette.patrons.importing import PeopleReport, import_people
from navette.patrons.profiles import UnknownProfile, names, profile_named
from navette.patrons.reading import PatronView, looks_like_card, patron_by_card
from navette.patrons.resembling import NAME_ONLY, SAME_EMAIL, SAME_NAME
from navette.storage.unit import Unit

HEADINGS = "Numéro;Nom;Prénom;Date de naissance;Catégorie;E-mail;Fin d'inscription;Quartier\n"


class Importer:
    def __init__(self, unit: Unit, network: Network, clock: FrozenClock, folder: Path) -> None:
        self.unit, self.network, self.clock, self.folder = unit, network, clock, folder

    def lines(self, *lines: str, library: str = "lys", encoding: str = "utf-8") -> PeopleReport:
        file = self.folder / f"{library}.csv"
        file.write_bytes((HEADINGS + "\n".join(lines) + "\n").encode(encoding))
        return import_people(
            self.unit, self.network, file, profile_named(library), library, self.clock.now()
        )

    def holder(self, number: str) -> PatronView:
        with self.unit.read() as reader:
            return patron_by_card(reader, number)


@pytest.fixture
def people(unit: Unit, network: Network, clock: FrozenClock, tmp_path: Path) -> Importer:
    return Importer(unit, network, clock, tmp_path)


def _counts(report: PeopleReport) -> tuple[int, int, int, int, int]:
    return report.read, report.created, report.updated, report.unchanged, report.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_old_number_opens_the_new_card(people: Importer, encoding: str) -> None:
    report = people.lines(
        "LYS 042;Lefèvre;Zoé;12/05/1980;Adulte;zoe@example.org;31/12/2027;Centre", encoding=encoding
    )
    assert _counts(report) == (1, 1, 0, 0, 0)
    zoe = people.holder("lys-042")
    assert looks_like_card(zoe.card)
    assert (zoe.name, zoe.birth_year, zoe.category) == ("Zoé Lefèvre", 1980, "adult")
    assert zoe.valid_until.isoformat() == "2027-12-31"
    assert people.network.by_id(zoe.home_library_id).code == "lys"


def test_the_same_file_again_changes_nothing(people: Importer) -> None:
    line = "42;Lefèvre;Zoé;1980;;;;"
    people.lines(line)
    card = people.holder("42").card
    assert _counts(people.lines(line)) == (1, 0, 0, 1, 0)
    assert people.holder("42").card == card


def test_a_network_card_in_the_file_is_the_card(people: Importer) -> None:
    people.lines("20590000031313;Lefèvre;Zoé;1980;;;;")
    assert people.holder("20590000031313").card == "20590000031313"


def test_a_duplicate_is_proposed_and_never_merged(people: Importer) -> None:
    people.lines("A1;Lefèvre;Zoé;1980;;zoe@example.org;;", library="leers")
    report = people.lines(
        "B1;LEFEVRE;Zoe;1980;;;;", "B2;Lefèvre;Zoé;;;;;", "B3;Lefèvre;Z.;1980;;Zoe@example.org;;",
        "B4;Lefèvre;Zoé;1951;;;;", "B5;Autre;Ali;1980;;zoe@example.org;;",
    )  # fmt: skip
    assert _counts(report) == (5, 5, 0, 0, 0)
    known = people.holder("A1").card
    told = {
        proposal.line: next(one.because for one in proposal.of if one.card == known)
        for proposal in report.duplicates
        if known in {one.card for one in proposal.of}
    }
    assert told == {2: SAME_NAME, 3: NAME_ONLY, 4: SAME_EMAIL}
    assert len({people.holder(n).card for n in ("A1", "B1", "B2", "B3", "B4", "B5")}) == 6


def test_a_number_of_somebody_else_is_refused_and_listed(people: Importer) -> None:
    people.lines("7;Lefèvre;Zoé;1980;;;;", library="leers")
    report = people.lines("7;Dupont;Noé;1990;;;;", "8;Dupont;Noé;1990;;;;")
    assert _counts(report) == (2, 1, 0, 0, 1)
    assert report.refusals[0].line == 2
    assert "another name" in report.refusals[0].reason
    assert people.holder("7").last_name == "Lefèvre"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1;;Zoé;1980;;;;", "name"), ("1;Lefèvre;Zoé;abc;;;;", "birth_year"),
        ("1;Lefèvre;Zoé;1980;XYZ;;;", "category"), ("1;Lefèvre;Zoé;1980;;;2027-13-01;", "month"),
        ("1;Lefèvre;Zoé;1980;;;32/01/2027;", "day"), ("", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_not_guessed(
    people: Importer, line: str, reason: str
) -> None:
    report = people.lines(line, "2;Dupont;Noé;1990;Enfant;;;")
    assert report.created == 1
    assert [reason in one.reason for one in report.refusals] == ([True] if line else [])
    assert people.holder("2").category == "child"


def test_new_numbers_of_somebody_known_are_added(people: Importer, tmp_path: Path) -> None:
    people.lines("7;Lefèvre;Zoé;1980;;;;")
    file = tmp_path / "more.csv"
    file.write_text("card,first_name,last_name,home,other_numbers\n,Zoé,Lefèvre,lys,7 77\n")
    profile = profile_named("generic")
    done = import_people(people.unit, people.network, file, profile, "", people.clock.now())
    assert _counts(done) == (1, 0, 1, 0, 0)
    assert people.holder("77").card == people.holder("7").card


def test_a_file_that_is_no_list_of_people_is_named(people: Importer, tmp_path: Path) -> None:
    profile = profile_named("generic")
    for content in (b"", b"a,b\n1,2\n", b"\x00\x01\x81\x00", b"first_name,last_name\nZ,L\n",
                    b"first_name,last_name,home,colour\nZ,L,hem,red\n"):  # fmt: skip
        file = tmp_path / "x.csv"
        file.write_bytes(content)
        with pytest.raises(SourceError):
            import_people(people.unit, people.network, file, profile, "", people.clock.now())


def test_each_library_has_its_profile() -> None:
    assert set(names()) == {"generic", "hem", "lannoy", "leers", "lys", "toufflers"}
    assert all(profile_named(name).headings for name in names())
    with pytest.raises(UnknownProfile, match="known: generic"):
        profile_named("roubaix")
