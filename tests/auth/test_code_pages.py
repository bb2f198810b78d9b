"""Codes as people meet them: printed at the desk, asked for at home, typed on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from sqlalchemy import select

from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.notifications.channels import Delivery, Letter
from navette.notifications.service import Notifier
from navette.notifications.tables import Message
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.passwords import hash_password
from navette_auth.staff import add_staff
from two_libraries import HERE, Browser, two_libraries

CARD, PASSWORD, NEW = "20590000012345", "tilleul-parapluie-horizon", "brume et canapé violet"
KEPT: Query[str] = Query(select(table(Message).c.body), scalar)
CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")


class Mailbox:
    name = "email"
    leaves = True

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, letter: Letter) -> Delivery:
        self.texts.append(f"{letter.notice.text} {HERE}{letter.notice.path}")
        return Delivery("accepted", letter.to.email, "accepted")


@pytest.fixture
def both(
    unit: Unit, clock: FrozenClock, network: Network, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    with two_libraries(unit, clock, tmp_path) as running:
        yield running


@pytest.fixture
def desk(both: SimpleNamespace, unit: Unit, clock: FrozenClock, network: Network) -> Browser:
    return _staff(both, unit, clock, network, "agent")


def _staff(
    both: SimpleNamespace, unit: Unit, clock: FrozenClock, network: Network, role: str
) -> Browser:
    library, kept = network.library("hem").id, hash_password(PASSWORD)
    unit.write(
        lambda tx: add_staff(
            tx, clock, login=role, name="Zoé", role=role, library_id=library, password_hash=kept
        )
    )
    browser: Browser = both.browser()
    form = {"login": role, "password": PASSWORD, "next": "/confidentialite"}
    assert browser.go("/connexion/personnel", data=form).status_code == 200
    return browser


def _printed(desk: Browser, patron: int, purpose: str) -> str:
    page = desk.go(f"/bureau/usagers/{patron}/code", data={"pour": purpose})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    found = CODE.findall(page.text)
    assert len(found) == 1
    return str(found[0])


def _mails(both: SimpleNamespace, unit: Unit, clock: FrozenClock) -> list[str]:
    mailbox = Mailbox()
    opened = both.ways.vault.open
    notifier = Notifier(unit, clock, {"email": mailbox}, worker="test", opened=opened)
    for parcel in notifier.take():
        notifier.deliver(parcel)
    return mailbox.texts


def _choose(browser: Browser, card: str, code: str, password: str = NEW) -> httpx2.Response:
    return browser.go("/connexion/code", data={"card": card, "code": code, "password": password})


def test_a_first_password_from_the_desk_to_the_phone(
    both: SimpleNamespace, desk: Browser, unit: Unit
) -> None:
    patron = a_patron(unit, card="20590000077777")
    code = _printed(desk, patron, "mot-de-passe")
    phone = both.browser()
    assert _choose(phone, "20590000077777", code).url.path == "/compte"
    assert phone.signed_in()


def test_a_card_is_linked_with_the_desk_s_code(
    both: SimpleNamespace, desk: Browser, alice: int
) -> None:
    code, phone = _printed(desk, alice, "carte"), both.browser()
    assert phone.sign_in().url.path == "/compte/lier"
    wrong = phone.go("/compte/lier", data={"code": "K7M4-PQ2X", "next": "/compte/identites"})
    assert wrong.status_code == 401
    assert "Demandez un nouveau code" in wrong.text
    linked = phone.go("/compte/lier", data={"code": code, "next": "/compte/identites"})
    assert linked.url.path == "/compte/identites"
    assert "Séparer de ma carte" in linked.text


def test_a_code_is_given_by_the_desk_alone(
    both: SimpleNamespace, unit: Unit, clock: FrozenClock, network: Network, alice: int
) -> None:
    address, form = f"/bureau/usagers/{alice}/code", {"pour": "mot-de-passe"}
    nobody, driver = both.browser(), _staff(both, unit, clock, network, "driver")
    assert nobody.go(address, data=form).url.path == "/connexion/personnel"
    card = {"card": CARD, "password": PASSWORD, "next": "/confidentialite"}
    nobody.go("/connexion/carte", data=card)
    assert nobody.go(address, data=form).status_code == 403
    assert driver.go(address, data=form).status_code == 403


def test_the_desk_is_told_what_it_asked_wrongly(desk: Browser, alice: int) -> None:
    assert desk.go(f"/bureau/usagers/{alice}/code", data={"pour": "x"}).status_code == 422
    assert desk.go("/bureau/usagers/9999/code", data={"pour": "carte"}).status_code == 404


def test_a_forgotten_password_by_mail_and_the_code_is_not_kept(
    both: SimpleNamespace, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    phone = both.browser()
    assert phone.go("/connexion/oubli").status_code == 200
    sent = phone.go("/connexion/oubli", data={"card": CARD})
    assert "un code vient de partir" in sent.text
    mail = _mails(both, unit, clock)[0]
    code = CODE.findall(mail)[0]
    with unit.read() as reader:
        assert all(code not in body for body in reader.all(KEPT))
    assert _choose(phone, CARD, code).url.path == "/compte"
    assert "vient de changer" in _mails(both, unit, clock)[0]


def test_nobody_learns_which_cards_there_are(both: SimpleNamespace, alice: int) -> None:
    answers = [
        both.browser().go("/connexion/oubli", data={"card": card})
        for card in (CARD, "20599999999999", "", "é")
    ]
    assert len({answer.text for answer in answers}) == 1
    codes = [_choose(both.browser(), card, "K7M4-PQ2X") for card in (CARD, "20599999999999")]
    assert {answer.status_code for answer in codes} == {401}
    assert codes[0].text.replace(CARD, "X") == codes[1].text.replace("20599999999999", "X")


def test_a_weak_password_is_said_in_plain_french(
    both: SimpleNamespace, desk: Browser, alice: int
) -> None:
    code = _printed(desk, alice, "mot-de-passe")
    answer = _choose(both.browser(), CARD, code, "1234")
    assert answer.status_code == 422
    assert "quatre mots au hasard" in answer.text
    assert f'value="{code}"' in answer.text


def test_asking_too_often_is_slowed(both: SimpleNamespace, alice: int) -> None:
    browser = both.browser()
    for _ in range(5):
        browser.go("/connexion/oubli", data={"card": CARD})
    assert browser.go("/connexion/oubli", data={"card": CARD}).status_code == 429
    for _ in range(5):
        _choose(browser, CARD, "K7M4-PQ2X")
    assert _choose(browser, CARD, "K7M4-PQ2X").status_code == 429


@pytest.mark.parametrize("path", ["/connexion/code", "/connexion/oubli"])
def test_another_site_cannot_post_here(both: SimpleNamespace, alice: int, path: str) -> None:
    form = {"card": CARD, "code": "K7M4-PQ2X", "password": NEW}
    headers = {"origin": "https://evil.example"}
    assert both.browser().go(path, data=form, headers=headers).status_code == 403


def test_the_undo_page_asks_first_and_serves_once(
    both: SimpleNamespace, unit: Unit, clock: FrozenClock, alice: int
) -> None:
    thief, owner = both.browser(), both.browser()
    thief.sign_in()
    thief.go("/compte/lier", data={"card": CARD, "password": PASSWORD, "next": "/compte"})
    link = _mails(both, unit, clock)[0].rpartition(" ")[2].removeprefix(HERE)
    page = owner.go(link)
    assert "Défaire l’association" in page.text
    assert page.headers["cache-control"] == "no-store"
    key = link.partition("cle=")[2]
    assert "C’est défait" in owner.go("/compte/defaire", data={"cle": key}).text
    assert not thief.signed_in()
    assert owner.go(link).status_code == 410
    assert owner.go("/compte/defaire", data={"cle": key}).status_code == 410
