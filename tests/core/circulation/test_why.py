"""Why not me yet: one honest sentence in every state (section 1, WORDS rows 4, 6, 8, 10)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from navette.circulation.causes import SENTENCES, Cause, said_of
from navette.circulation.causes import said as cause_said
from navette.circulation.facts import HoldRow
from navette.circulation.states import EndReason, HoldState, Trigger
from navette.circulation.why import PASSED_OVER, TOLD, Circumstances, why

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FORBIDDEN = ("exemplaire", "notice", "usager", "transit", "échec", "invalide", "vous devez")


def a_hold(**given: Any) -> HoldRow:
    values: dict[str, Any] = dict.fromkeys(HoldRow._fields)
    values |= {"id": 1, "state": "WAITING", "shelf_place": "", "version": 1}
    return HoldRow(**(values | given))


def said(hold: HoldRow, **given: Any) -> str:
    at: dict[str, Any] = {"type": "book", "pickup": "Leers", "source": "Hem", "copies": 1}
    return why(hold, Circumstances(**(at | given)), NOW).replace("\N{NO-BREAK SPACE}", "_")


def test_those_who_wait_hear_how_many_are_before_them_and_what_comes_back() -> None:
    due = date(2026, 12, 1)
    assert said(a_hold(), ahead=2, next_due=due, next_due_at="Leers") == (
        "Deux personnes attendent avant vous. Un livre revient à Leers le mardi_1er_décembre."
    )
    assert said(a_hold(), type="comic", next_due=date(2026, 11, 20), next_due_at="Hem") == (
        "C’est bientôt votre tour. Une BD est en retard à Hem."
    )
    assert said(a_hold(), copies=0) == "Nous cherchons une solution avec nos bibliothèques."
    assert said(a_hold(), last_trigger="lose", last_place="Hem") == (
        "Le livre restait introuvable à Hem. Votre place est gardée."
    )


def test_a_pause_says_until_when() -> None:
    until = a_hold(suspended=True, suspended_until=date(2026, 12, 1))
    assert said(until, passed_over="suspended") == (
        "En pause jusqu’au mardi_1er_décembre. Votre place est gardée."
    )
    assert said(a_hold(), passed_over="suspended") == "En pause. Votre place est gardée."


@pytest.mark.parametrize("reason", PASSED_OVER)
def test_who_is_passed_over_keeps_the_place(reason: str) -> None:
    """E16: passed over, rank kept."""
    assert "Votre place est gardée." in said(a_hold(), passed_over=reason)


def test_the_way_of_a_copy_is_told_as_it_was_scanned() -> None:
    assert said(a_hold(state="TARGETED"), item_status="AVAILABLE") == (
        "Un livre est en rayon à Hem_: l’équipe s’en occupe."
    )
    assert "dans la caisse" in said(a_hold(state="TARGETED"), item_status="IN_TRANSIT")
    assert "part de Hem" in said(a_hold(state="TARGETED"), item_status="ON_HOLD_SHELF")
    assert said(a_hold(state="IN_TRANSIT"), on_van_since=NOW) == (
        "En route vers Leers. Parti de Hem mardi_24 à 10_h."
    )
    ready = a_hold(state="READY", shelf_place="B-12", pickup_deadline=NOW + timedelta(days=10))
    assert said(ready) == (
        "C’est prêt. Étagère B-12, à Leers. Gardé pour vous jusqu’au vendredi_4_décembre, 10_h."
    )
    expired = a_hold(state="EXPIRED", pickup_deadline=NOW)
    assert said(expired) == (
        "Nous l’avons remis à disposition. Il est resté à Leers jusqu’au mardi_24."
    )
    assert said(a_hold(state="CANCELLED", end_reason="by_staff")) == "Annulée par la bibliothèque."


@pytest.mark.parametrize("state", HoldState)
def test_no_sentence_uses_a_word_of_the_trade(state: HoldState) -> None:
    for reason in ("", "suspended", *PASSED_OVER):
        text = said(a_hold(state=str(state)), passed_over=reason)
        assert text.endswith(".")
        assert not [w for w in FORBIDDEN if re.search(rf"\b{w}", text.casefold())]


def test_the_copy_that_will_be_theirs_is_named() -> None:
    """WORDS row 10."""
    due = date(2026, 12, 1)
    mine = said(a_hold(), ahead=2, next_due=due, next_due_at="Leers", is_mine=True)
    assert mine == (
        "Deux personnes attendent avant vous."
        " Un livre revient à Leers le mardi_1er_décembre_: ce sera sans doute pour vous."
    )


@pytest.mark.parametrize(
    ("trigger", "reason", "expected"),
    [
        ("lose", "introuvable", "Le livre restait introuvable à Hem."),
        ("lose", "set_aside", "Le livre nous revient en mauvais état à Hem."),
        ("lose", "", "Le livre restait introuvable à Hem."),
        ("untarget", "timed_out", "Le livre n’était pas à sa place à Hem_: nous en cherchons ail"),
        ("untarget", "older_hold", "Quelqu’un attendait depuis plus longtemps."),
        ("untarget", "on_loan", "Quelqu’un l’avait en main, en rayon à Hem."),
        ("untarget", "missing", "Le livre restait introuvable à Hem."),
        ("untarget", "damaged", "Le livre nous revient en mauvais état à Hem."),
        ("release", "not_eligible", "Le livre a continué sa route."),
        ("override", "urgence", "Le livre est entre d’autres mains."),
        ("misroute", "", "Le livre a fait un détour à Hem."),
        ("later", "late", "Un livre n’est pas encore de retour à Hem."),
        ("later", "round_cancelled", "La navette de vendredi_27_novembre ne roule pas."),
        ("later", "stop_closed", "La navette de vendredi_27_novembre ne s’arrête pas à Hem."),
        ("later", "closure", "Fermeture de quelques jours à Hem."),
        ("later", "van", "La navette suivante le prend à Hem."),
        ("later", "queue", "Les retours prennent plus de temps que prévu."),
    ],
)
def test_each_reason_of_the_history_has_its_sentence(
    trigger: str, reason: str, expected: str
) -> None:
    told = said(
        a_hold(), last_trigger=trigger, last_reason=reason, last_place="Hem",
        last_day=date(2026, 11, 27),
    )  # fmt: skip
    assert told.startswith(expected)
    assert told.endswith("Votre place est gardée.")


@pytest.mark.parametrize(
    "trigger", [t for t in Trigger if t not in {*TOLD, "misroute", "override"}]
)
def test_what_is_no_delay_is_not_told_as_one(trigger: str) -> None:
    assert said(a_hold(), last_trigger=trigger, last_place="Hem") == "C’est bientôt votre tour."


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_has_its_reason(reason: str) -> None:
    told = said(a_hold(state="CANCELLED", end_reason=str(reason)))
    assert told != "Annulée."
    assert told.endswith(".")


@pytest.mark.parametrize("code", SENTENCES)
def test_no_cause_uses_a_word_of_the_trade_or_of_one_gender_only(code: str) -> None:
    for kind in ("book", "comic", "film"):
        text = cause_said(code, kind, "Hem", date(2026, 11, 27))
        assert text
        assert not [w for w in FORBIDDEN if re.search(rf"\b{w}", text.casefold())]
        assert not re.search(r"\b(rendu|reparti|abîmé|prêté|perdu)e?\b", text)


def test_a_cause_without_its_day_says_nothing() -> None:
    assert cause_said("round_cancelled", "book") == ""
    assert said_of(None) == said_of({}) == said_of({"code": "unknown"}) == ""
    payload = Cause("round_cancelled", day=date(2026, 11, 27)).as_payload("", "book")
    assert said_of(payload).startswith("La navette de vendredi")
