"""My documents: what waits, what travels, what is due; and each verb answers with a 303."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from navette.errors import RenewalRefused
from navette.ils.views import HoldView, LoanView, TrackView

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def held(circulation: Any, patron: int, a_waiting_hold: HoldView) -> Callable[..., HoldView]:
    def put(**given: Any) -> HoldView:
        hold = replace(a_waiting_hold, patron_id=patron, **given)
        circulation.holds.append(hold)
        return hold

    return put


def test_a_ready_hold_says_the_shelf_and_until_when(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    held(state="READY", shelf_place="B-12", pickup_deadline=NOON.replace(day=30))
    text = body("/reservations")
    assert "Étagère B-12" in text
    assert "lundi 30 novembre, 12 h" in text
    assert "1 à retirer" in text


def test_a_hold_on_its_way_says_only_what_was_scanned(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    held(state="IN_TRANSIT", track=TrackView("hem", "leers", "BOXED", NOON, None))
    text = body("/reservations")
    assert "En route vers Leers. Dans la caisse de Hem aujourd’hui à 12 h." in text
    assert 'class="track at-1"' in text


def test_a_waiting_hold_says_when_why_and_the_rank(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    held()
    text = body("/reservations")
    assert "À Leers, sans doute jeudi 26, dès 14 h." in text
    assert "Une personne attendait avant vous." in text
    assert "Vous êtes 2e" in text


def test_a_paused_hold_keeps_its_place(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    held(suspended=True, suspended_until=date(2027, 1, 4))
    assert "En pause jusqu’au lundi 4 janvier. Vous gardez votre place." in body("/reservations")


@pytest.mark.parametrize(
    ("path", "asked", "done"),
    [
        ("/reservations/annuler", "cancel_hold", "annulee"),
        ("/reservations/remettre", "restore_hold", "remise"),
        ("/reservations/pause", "suspend_hold", "pause"),
        ("/reservations/reprendre", "resume_hold", "reprise"),
        ("/reservations/tour", "pass_my_turn", "tour"),
    ],
)
def test_each_verb_changes_the_hold_and_sends_back_to_the_list(
    client: TestClient,
    circulation: Any,
    held: Callable[..., HoldView],
    path: str,
    asked: str,
    done: str,
) -> None:
    hold = held()
    answer = client.post(path, data={"reservation": str(hold.id)})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/reservations?fait={done}&reservation={hold.id}"
    assert circulation.asked == [(asked, hold.id)]


def test_a_cancelled_hold_can_be_put_back_from_the_toast(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    text = body(f"/reservations?fait=annulee&reservation={held().id}")
    assert "Réservation annulée." in text
    assert "La remettre" in text


def test_the_pickup_is_changed_on_the_line(
    client: TestClient, circulation: Any, held: Callable[..., HoldView], body: Callable[..., str]
) -> None:
    hold = held()
    assert 'value="leers" data-name="Leers" checked' in body(f"/reservations/{hold.id}/lieu")
    client.post("/reservations/lieu", data={"reservation": str(hold.id), "retrait": "lys"})
    assert ("change_pickup", "lys") in circulation.asked


def test_passing_a_turn_is_asked_before_it_is_done(
    body: Callable[..., str], held: Callable[..., HoldView]
) -> None:
    text = body(f"/reservations/{held(state='READY').id}/tour")
    assert "Passer votre tour ?" in text
    assert "à partir du mardi 1er décembre" in text


@pytest.fixture
def lent(circulation: Any, patron: int, an_open_loan: LoanView) -> LoanView:
    loan = replace(an_open_loan, patron_id=patron)
    circulation.loans.append(loan)
    return loan


def test_a_loan_is_kept_longer(
    client: TestClient, lent: LoanView, body: Callable[..., str]
) -> None:
    answer = client.post("/prets/prolonger", data={"pret": str(lent.id)})
    assert answer.status_code == 303
    assert "jusqu’au mardi 29 décembre" in body(answer.headers["Location"])


def test_a_refused_renewal_comes_back_as_a_sentence(
    client: TestClient, lent: LoanView, circulation: Any, body: Callable[..., str]
) -> None:
    circulation.answers["renew_loan"] = RenewalRefused("others_wait")
    answer = client.post("/prets/prolonger", data={"pret": str(lent.id)})
    assert "Quelqu’un attend ce document" in body(answer.headers["Location"])


def test_a_late_loan_says_since_when_without_blame(
    body: Callable[..., str], circulation: Any, patron: int, an_open_loan: LoanView
) -> None:
    late = replace(an_open_loan, patron_id=patron, due_on=date(2026, 11, 20), late=True)
    circulation.loans.append(late)
    assert "À rendre depuis vendredi 20 novembre" in body("/prets")


@pytest.mark.parametrize("path", ["/reservations", "/prets", "/"])
def test_a_loan_says_which_volume_it_is(
    body: Callable[..., str], circulation: Any, patron: int, an_open_loan: LoanView, path: str
) -> None:
    issue: dict[str, Any] = {"title": "Science & vie", "type": "magazine", "volume_label": "1308"}
    due = date(2026, 11, 26)
    circulation.loans.append(replace(an_open_loan, patron_id=patron, due_on=due, **issue))
    assert "Science &amp; vie, n° 1308" in body(path)


def test_a_title_in_another_language_says_so_among_my_documents(
    client: TestClient, circulation: Any, held: Callable[..., HoldView], an_open_loan: LoanView,
    patron: int,
) -> None:  # fmt: skip
    """RGAA 8.7: a screen reader reads it with the right voice."""
    for number, title, language in ((1, "The Hobbit", "eng"), (2, "Le Hobbit", "fre")):
        told: dict[str, Any] = {"title": title, "language": language}
        held(id=number, **told)
        held(id=number + 10, state="READY", shelf_place="B-1", **told)
        circulation.loans.append(replace(an_open_loan, id=number, patron_id=patron, **told))
    said = client.get("/reservations").text
    assert said.count(' lang="en">The Hobbit<') == 3
    assert 'lang="fr">Le Hobbit' not in said
    asked = [client.get(f"/reservations/{number}/tour").text for number in (1, 2)]
    assert '<span lang="en">The Hobbit</span>' in asked[0]
    assert "« Le Hobbit »" in asked[1].replace("\u00a0", " ")
