"""One SMS is one: 160 places of the GSM alphabet, whatever the name of the place or the child."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.network.network import Network
from navette.notifications.gsm import LONGEST, as_sms, mobile_number, places
from navette.notifications.messages import HoldFacts, Telling, ready

UNTIL = datetime(2026, 12, 5, 16, tzinfo=UTC)
HOLD = HoldFacts(1, 1, "READY", 1, UNTIL, "B-12", 1, "Le secret", None, None, None)


@given(st.text(max_size=400))
def test_any_text_becomes_one_sms(text: str) -> None:
    assert places(as_sms(text)) <= LONGEST


@pytest.mark.parametrize(
    ("text", "sms"),
    [
        ("Déjà prêt à l’étage", "Déjà prêt à l'étage".replace("ê", "e")),
        ("«\u00a0Œuvre\u00a0» : ça…", '" OEuvre " : ca...'),
        ("5 € {oui}", "5 € {oui}"),
        ("数", "?"),
    ],
)
def test_what_the_alphabet_lacks_is_written_plainly(text: str, sms: str) -> None:
    assert as_sms(text) == sms


def test_signs_that_take_two_places_count_twice() -> None:
    assert places("5 €") == 4
    assert len(as_sms("€" * 100)) == 78 + len("...")


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 (0)7 12 34 56 78", "+33712345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+32 470 12 34 56", "+32470123456"),
        ("03 20 00 00 00", ""),
        ("", ""),
        ("0612", ""),
    ],
)
def test_only_a_mobile_number_gets_an_sms(phone: str, number: str) -> None:
    assert mobile_number(phone) == number


def test_ready_is_said_in_one_sms_without_a_title(network: Network) -> None:
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    hem = replace(network.library("hem"), phone="03 20 00 00 00")
    said = as_sms(ready([HOLD], hem, Telling(now)).brief)
    assert said == (
        "Bibliothèques : une réservation vous attend à Hem jusqu'au sam. 5/12, 17 h."
        " Renseignements : 03 20 00 00 00"
    )
    child = Telling(now, child="Marie-Antoinette de la Tour", titles=True)
    long = ready([HOLD] * 12, replace(hem, short_name="Lys-lez-Lannoy"), child).brief
    assert places(as_sms(long)) <= LONGEST
    assert "secret" not in long
