"""At the desk, a reader's page gives codes; on one's own page, the list of devices is found."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.testclient import TestClient

from factories import a_patron
from navette.storage.unit import Unit


def test_a_reader_s_page_leads_to_a_printed_code(
    client: TestClient, agent: int, unit: Unit, body: Callable[..., str]
) -> None:
    reader = a_patron(unit)
    page = body(f"/bureau/usagers/{reader}")
    assert "Pas encore de mot de passe." in page
    form = re.search(rf'action="(/bureau/usagers/{reader}/code)".*?name="pour" value="carte"', page)
    assert form
    code = client.post(form[1], data={"pour": "carte"})
    assert code.status_code == 200
    assert re.search(r">[2-9A-Z]{4}-[2-9A-Z]{4}<", code.text)
    assert "jusqu’au 1er\u00a0décembre 2026" in code.text


def test_my_devices_are_found_from_my_page(patron: int, body: Callable[..., str]) -> None:
    assert 'href="/compte/appareils"' in body("/compte")
