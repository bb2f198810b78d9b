"""How many taps from a link to "C’est réservé": seven with the card's sign-in, four signed in."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_patron, a_record
from navette_auth.house import House
from navette_auth.passwords import hash_password
from pages import Page

pytestmark = pytest.mark.one_database
CARD = "20590000012345"


class Thumb:
    """Counts: a link, a button and each field that is touched before it is filled are a tap."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.taps = 0
        self.page: Page

    def open(self, path: str) -> None:
        """Follow a link that somebody sent: it opens the page by itself."""
        self.page = Page(self.client.get(path, follow_redirects=True))

    def follow(self, words: str) -> None:
        self.taps += 1
        self.open(self.page.link(words))

    def press(self, button: str, **fields: str) -> None:
        """Touch each field, then the button."""
        self.taps += 1 + len(fields)
        form = self.page.form(button)
        given = {**form.fields, **fields}
        if form.method == "get":
            answer = self.client.get(form.action, params=given, follow_redirects=True)
        else:
            answer = self.client.post(form.action, data=given, follow_redirects=True)
        self.page = Page(answer)


@pytest.fixture
def thumb(client: TestClient, circulation: Any) -> Thumb:
    return Thumb(client)


def test_signed_in_a_link_leads_to_a_reservation_in_four_taps(
    house: House, thumb: Thumb, patron: int
) -> None:
    record = a_record(house.unit)
    thumb.open(f"/notice/{record}")
    thumb.press("Réserver")
    thumb.press("Réserver")
    assert "C’est réservé." in thumb.page.words
    assert thumb.taps <= 4
    assert thumb.taps == 2, "two taps, as the page promises"


def test_a_cold_link_leads_to_a_reservation_in_seven_taps_sign_in_included(
    house: House, thumb: Thumb, network: Any
) -> None:
    a_patron(house.unit, "leers", card=CARD, password_hash=hash_password("quatre mots au hasard"))
    record = a_record(house.unit)
    thumb.open(f"/notice/{record}")
    thumb.press("Réserver")
    assert "Vous revenez juste après à votre page." in thumb.page.words
    thumb.press("Entrer", card=CARD, password="quatre mots au hasard")
    thumb.press("Réserver")
    assert "C’est réservé." in thumb.page.words
    assert thumb.taps <= 7
