"""Where a card is signed in, and how to end it from afar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_web.devices import device_words
from two_libraries import Browser, two_libraries

CARD, PASSWORD = "20590000012345", "tilleul-parapluie-horizon"
GOOD = {"card": CARD, "password": PASSWORD, "next": "/compte/appareils"}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


def test_a_lost_phone_is_signed_out_from_another(both: SimpleNamespace, alice: int) -> None:
    lost: Browser = both.browser()
    mine: Browser = both.browser()
    lost.go("/connexion/carte", data=GOOD, headers={"user-agent": PHONE})
    page = mine.go("/connexion/carte", data=GOOD)
    assert "Safari sur iPhone" in page.text
    assert "C’est celui-ci." in page.text
    assert lost.signed_in()
    mine.go("/compte/appareils", data={"appareil": ""})
    assert not lost.signed_in()
    assert mine.signed_in()


def test_somebody_elses_device_is_not_found(both: SimpleNamespace, unit: Unit, alice: int) -> None:
    kept = hash_password(PASSWORD)
    a_patron(unit, card="20590000054321", password_hash=kept)
    theirs, mine = both.browser(), both.browser()
    theirs.go("/connexion/carte", data=GOOD | {"card": "20590000054321"})
    mine.go("/connexion/carte", data=GOOD)
    assert mine.go("/compte/appareils", data={"appareil": "1"}).status_code == 404
    assert theirs.signed_in()


def test_one_device_is_ended_by_name(both: SimpleNamespace, alice: int) -> None:
    one, other = both.browser(), both.browser()
    one.go("/connexion/carte", data=GOOD)
    other.go("/connexion/carte", data=GOOD)
    other.go("/compte/appareils", data={"appareil": "1"})
    assert not one.signed_in()
    assert other.signed_in()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Safari sur iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Safari/537.36", "Chrome sur Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0", "Firefox sur Linux"),
        ("curl/8", "Un appareil"),
        ("", "Un appareil"),
    ],
)
def test_a_device_is_said_in_two_words(agent: str, words: str) -> None:
    assert device_words(agent) == words
