"""The desk over HTTP: one field, one instruction; a card that opens and closes; the lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_patron
from fakes import FrozenClock
from navette.errors import (
    AmbiguousBarcode,
    BarcodeCandidate,
    LoanLimitReached,
    UnknownBarcode,
)
from navette.ils.views import (
    DeskAnswer,
    DeskScan,
    HoldView,
    ItemView,
    LoanView,
    PullLineView,
    ScanResult,
    TransitView,
)
from navette.storage.unit import Unit

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
CARD = "20590000099999"


def told(text: str) -> str:
    found = re.search(r'id="consigne".*?<p class="big">(.*?)</p>(.*?)</div>', text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", f"{found[1]} {found[2]}").split())


@pytest.fixture
def desk(client: TestClient, agent: int, clock: FrozenClock) -> Callable[..., str]:
    """Scan at the desk of Hem; give `card=` to scan with that card open."""

    def scan(barcode: str, card: str = "", **given: str) -> str:
        data = {"barcode": barcode, "card": card, "seen": clock.now().isoformat(), **given}
        answer = client.post("/bureau/scan", data=data)
        assert answer.status_code == 200
        return answer.text.replace("\u00a0", " ")

    return scan


@pytest.fixture
def reader(unit: Unit, agent: int) -> int:
    return a_patron(unit, "leers", card=CARD, first_name="Sami", last_name="Durand")


@pytest.fixture
def routed(circulation: Any, a_scan: ScanResult) -> Callable[..., ScanResult]:
    """Let the engine answer the next scan with this instruction."""

    def stage(**given: Any) -> ScanResult:
        result = replace(a_scan, **given)
        circulation.answers["desk_scan"] = DeskAnswer(
            "route", result.message, item=result.item, scan=result
        )
        return result

    return stage


def test_an_item_for_another_library_goes_into_its_crate(
    desk: Callable[..., str], routed: Callable[..., ScanResult]
) -> None:
    routed(instruction="CRATE", destination="toufflers", hold_id=3, slip="TICKET")
    text = desk("i1")
    assert told(text).startswith("Pour Toufflers")
    assert "#8a6a00" in text
    assert "TICKET" in text
    assert "Annuler le dernier scan" in text


@pytest.mark.parametrize(
    ("instruction", "given", "words"),
    [
        ("HOLD_SHELF", {"shelf_place": "B-12"}, "Ici Étagère B-12"),
        ("RESHELVE", {}, "En rayon R DAE"),
        ("RESHELVE", {"returned": True}, "En rayon Rendu · R DAE"),
        ("CRATE", {"destination": "lannoy"}, "Retour à Lannoy"),
        ("SET_ASIDE", {"message": "À REGARDER · abîmé"}, "À regarder Abîmé · Le Mage"),
        ("VERIFY", {}, "À vérifier"),
        ("CONFIRM", {}, "Bien arrivé ?"),
    ],
)
def test_each_instruction_is_one_panel(
    desk: Callable[..., str], routed: Callable[..., ScanResult],
    instruction: str, given: dict[str, Any], words: str,
) -> None:  # fmt: skip
    routed(instruction=instruction, **given)
    assert told(desk("I1")).startswith(words)


def test_an_arrival_too_soon_is_confirmed_with_one_button(
    desk: Callable[..., str], routed: Callable[..., ScanResult], circulation: Any
) -> None:
    routed(instruction="CONFIRM")
    assert 'name="confirm" value="1"' in desk("I1")
    desk("I1", confirm="1", item="1")
    assert circulation.asked[-1][1].confirm


def test_the_scan_carries_what_the_engine_needs(
    desk: Callable[..., str], routed: Callable[..., ScanResult], circulation: Any, reader: int
) -> None:
    routed()
    desk("I1", card=CARD, scan_id="une-fois", item="4", wish="return")
    assert circulation.asked[-1][1] == DeskScan(
        "hem", "I1", CARD, item_id=4, give_back=True, scan_id="une-fois"
    )


def test_two_items_with_one_barcode_are_asked_about(
    desk: Callable[..., str], circulation: Any
) -> None:
    twins = [BarcodeCandidate(1, "I1", "leers", "Un"), BarcodeCandidate(2, "I1", "lys", "Autre")]
    circulation.answers["desk_scan"] = AmbiguousBarcode(twins)
    text = desk("I1")
    assert told(text).startswith("Lequel ?")
    assert "Autre (Lys" in text
    assert 'name="item" value="2"' in text


def test_a_full_card_is_told_how_many_it_has_and_stays_open(
    desk: Callable[..., str], circulation: Any, reader: int
) -> None:
    circulation.answers["desk_scan"] = LoanLimitReached(15, 15)
    text = desk("I1", card=CARD)
    assert "15 documents" in told(text)
    assert "Sami Durand" in text


@pytest.mark.parametrize(("seconds", "is_open"), [(0, True), (20, True), (21, False), (-5, False)])
def test_an_open_card_closes_after_twenty_seconds(
    desk: Callable[..., str], circulation: Any, reader: int, clock: FrozenClock,
    seconds: int, is_open: bool,  # noqa: FBT001 - a column
) -> None:  # fmt: skip
    circulation.answers["desk_scan"] = UnknownBarcode("RIEN")
    before = clock.now() - timedelta(seconds=seconds)
    text = desk("RIEN", card=CARD, seen=before.isoformat())
    assert ("Sami Durand" in text) is is_open


def test_htmx_gets_the_zone_alone(client: TestClient, agent: int) -> None:
    answer = client.post("/bureau/scan", data={"barcode": ""}, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith("<main")
    assert "<html" not in answer.text


def test_the_last_scan_is_undone(
    client: TestClient, agent: int, circulation: Any, a_scan: ScanResult, clock: FrozenClock
) -> None:
    circulation.scans.append(replace(a_scan, at=clock.now()))
    assert 'name="scan" value="scan-1"' in client.get("/bureau").text
    answer = client.post("/bureau/annuler", data={"scan": "scan-1"})
    assert told(answer.text).startswith("Annulé")
    assert ("undo_scan", "scan-1") in circulation.asked


def test_with_nothing_to_undo_it_says_so(client: TestClient, agent: int) -> None:
    assert told(client.post("/bureau/annuler").text).startswith("Rien à annuler")
    answer = client.post("/bureau/annuler", data={"scan": "d-ailleurs"})
    assert told(answer.text).startswith("Rien à annuler")


def test_after_ten_minutes_nothing_offers_to_undo(
    client: TestClient, agent: int, circulation: Any, a_scan: ScanResult, clock: FrozenClock
) -> None:
    circulation.scans.append(replace(a_scan, at=clock.now()))
    clock.advance(minutes=11)
    assert "Annuler le dernier scan" not in client.get("/bureau").text


def test_the_pull_list_says_where_and_for_which_stop(
    body: Callable[..., str], client: TestClient, agent: int, circulation: Any,
    a_shelved_copy: ItemView,
) -> None:  # fmt: skip
    tome = replace(a_shelved_copy, title="One Piece", volume_label="4")
    line = PullLineView(1, tome, "lys", NOON, None, "to_send")
    circulation.lists["pull"] = [line]
    text = body("/bureau/prelevements")
    assert "One Piece, tome 4" in text
    assert "Romans · R DAE" in text
    assert "à expédier" in text
    answer = client.post("/bureau/prelevements/introuvable", data={"item": "1"})
    assert answer.status_code == 303
    assert ("mark_missing", 1) in circulation.asked


def test_the_shelf_shows_places_and_what_to_take_off(
    body: Callable[..., str], agent: int, circulation: Any, a_waiting_hold: HoldView,
    a_shelved_copy: ItemView,
) -> None:  # fmt: skip
    ready = replace(a_waiting_hold, state="READY", shelf_place="B-12", pickup_deadline=NOON)
    circulation.lists |= {"shelf": [ready], "clear": [replace(a_shelved_copy, title="À ranger")]}
    text = body("/bureau/etagere")
    assert "B-12" in text
    assert "dernier jour" in text
    assert "À ranger" in text
    assert "Emma" not in text


def test_late_transits_are_marked(
    body: Callable[..., str], agent: int, circulation: Any, a_shelved_copy: ItemView
) -> None:
    late = TransitView(1, a_shelved_copy, "hem", "lys", "hold", "BOXED", NOON, overdue=True)
    circulation.lists["transits"] = [late]
    assert "en retard" in body("/bureau/transferts")


@pytest.mark.parametrize("words", ["Dur", "durand", CARD, CARD[-5:]])
def test_a_reader_is_found_by_name_or_digits(
    body: Callable[..., str], unit: Unit, agent: int, words: str
) -> None:
    patron = a_patron(
        unit, card=CARD, first_name="Sami", last_name="Durand", name_key="sami durand"
    )
    assert f"/bureau/usagers/{patron}" in body(f"/bureau/usagers?q={words}")


def test_a_readers_page_shows_what_they_have(
    body: Callable[..., str], agent: int, reader: int, circulation: Any, a_waiting_hold: HoldView
) -> None:
    circulation.holds.append(replace(a_waiting_hold, patron_id=reader))
    text = body(f"/bureau/usagers/{reader}")
    assert "Le Mage du Kremlin" in text
    assert "Ouvrir et prêter" in text


@pytest.mark.parametrize(
    ("instruction", "given"),
    [
        ("HOLD_SHELF", {"shelf_place": "B-12"}), ("RESHELVE", {"returned": True}),
        ("CRATE", {"destination": "lannoy"}), ("SET_ASIDE", {"message": "À REGARDER · abîmé"}),
    ],
)  # fmt: skip
def test_a_foreign_title_is_read_in_its_language_wherever_the_desk_hears_it(
    desk: Callable[..., str], routed: Callable[..., ScanResult], a_scan: ScanResult,
    instruction: str, given: dict[str, Any],
) -> None:  # fmt: skip
    english = replace(a_scan.item, title="The <Hobbit>", volume_label="", language="eng")
    routed(instruction=instruction, item=english, **given)
    text = desk("I1")
    marked = '<span lang="en">The &lt;Hobbit&gt;</span>'
    assert marked in text.partition('class="then">')[2].partition("</p>")[0]
    assert marked in text.partition("Annuler le dernier scan")[2].partition("</button>")[0]


def test_a_foreign_title_is_read_in_its_language_when_it_is_declared_lost(
    client: TestClient, agent: int, circulation: Any, an_open_loan: LoanView
) -> None:
    circulation.loans.append(replace(an_open_loan, title="The Hobbit", language="eng"))
    page = client.get(f"/bureau/prets/{an_open_loan.id}/perdu").text
    assert '« <span lang="en">The Hobbit</span> »' in page.replace("\u202f", " ").replace(
        "\u00a0", " "
    )
