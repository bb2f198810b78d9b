"""The promise, lived once over HTTP with the forms that people meet: from search to shelf."""

from __future__ import annotations

from pathlib import Path

from core.circulation.invariants import assert_invariants
from journeys.town import Town
from pages import Page, Person
from push_service import Browser
from small_catalogue import LAST_TOME, PRINCE

CODE = "H0001"
FREE_IN_HEM = "/recherche?q=enfant+maudit&disponible=hem"


def scan(desk: Person, code: str) -> str:
    """Scan at a desk; returns what it says."""
    desk.open("/bureau")
    return desk.press("Valider", barcode=code).words


def reserve(reader: Person, title: str, pickup: str) -> Page:
    """Go from the search results to the confirmation."""
    reader.follow(title)
    reader.press("Réserver", retrait=pickup)
    return reader.press("Réserver")


def test_from_a_search_in_leers_to_a_book_back_on_its_shelf_in_hem(
    town: Town, tmp_path: Path
) -> None:
    reports = town.load_catalogues(tmp_path)
    assert [r.items_created for r in reports.values()] == [2, 1, 1]
    assert reports["leers"].publications_after == 2, "three copies of the Prince are one record"
    emma, card = town.patron("Emma Delattre", "leers")
    phone = _find_reserve_and_allow_alerts(town, emma)
    hem, toufflers = town.desk("hem"), town.desk("toufflers")
    _pull_and_send(town, emma, hem)
    _receive(town, emma, toufflers)
    _tell_once(town, phone, toufflers)
    _hand_over(emma, card, toufflers)
    _bring_home(town, emma)
    assert_invariants(town.unit)


def _find_reserve_and_allow_alerts(town: Town, emma: Person) -> Browser:
    assert emma.page.path == "/recherche", "signed in, and where she wanted to go"
    assert LAST_TOME in emma.press("Chercher", q="harri poter").words
    done = reserve(emma, LAST_TOME, "toufflers").words
    assert "C’est réservé." in done
    assert f"« {LAST_TOME} » vous attendra à Toufflers. Nous vous préviendrons" in done
    phone = town.phones.subscribe(emma.http.get("/push/cle").json()["publicKey"])
    assert emma.tell("/push/abonnement", phone.to_json()).status_code == 201
    return phone


def _pull_and_send(town: Town, emma: Person, hem: Person) -> None:
    pulled = hem.open("/bureau/prelevements").words
    assert CODE in pulled
    assert "Toufflers" in pulled
    sent = scan(hem, CODE)
    assert "Pour Toufflers" in sent
    assert "Imprimer le ticket" in sent, "a transit slip"
    assert "Delattre" not in sent, "no name travels with a book"
    assert "Pour Toufflers" in scan(hem, CODE), "scanning twice says the same"
    assert CODE not in hem.open("/bureau/prelevements").words
    assert "En route" in emma.open("/reservations").words
    town.follow()
    assert LAST_TOME not in emma.open(FREE_IN_HEM).words


def _receive(town: Town, emma: Person, toufflers: Person) -> None:
    """Received three minutes after it was boxed: a question first."""
    town.clock.advance(minutes=3)
    assert "Bien arrivé ?" in scan(toufflers, CODE)
    assert "En route" in emma.open("/reservations").words, "nothing changes before the answer"
    assert town.tell() == []
    assert "Ici Étagère" in toufflers.press("Oui, bien arrivé ici").words


def _tell_once(town: Town, phone: Browser, toufflers: Person) -> None:
    assert town.tell() == ["sent"]
    (push,) = town.phones.messages
    assert town.phones.refusals == []
    assert push.endpoint == phone.endpoint
    said = push.message["notification"]
    assert said["navigate"] == f"{town.base}/reservations"
    assert "Toufflers" in said["body"]
    assert "Potter" not in str(push.message), "no title on a lock screen"
    assert "Ici Étagère" in scan(toufflers, CODE)
    assert town.tell() == [], "and never a second notification"


def _hand_over(emma: Person, card: str, toufflers: Person) -> None:
    waiting = emma.open("/reservations").words
    assert "C’est prêt, à Toufflers" in waiting
    assert "Étagère" in waiting
    shown = emma.open("/carte")
    assert card in shown.words.replace(" ", "")
    assert "<svg" in shown.source
    assert "Emma Delattre" in scan(toufflers, card)
    assert "Prêté" in toufflers.press("Valider", barcode=CODE).words
    assert LAST_TOME in emma.open("/prets").words
    documents = emma.open("/reservations").words
    assert "Rien en attente." in documents
    assert LAST_TOME in documents, "lent: in the same list, to give back"


def _bring_home(town: Town, emma: Person) -> None:
    town.clock.advance(days=7)
    assert "Retour à Hem" in scan(town.desk("lannoy"), CODE)
    assert "Rien à rendre." in emma.open("/prets").words, "returned anywhere, seen at once"
    town.clock.advance(days=3)
    assert "En rayon J ROW" in scan(town.desk("hem"), CODE)
    town.follow()
    assert LAST_TOME in emma.open(FREE_IN_HEM).words


def test_a_book_two_libraries_have_comes_from_one_and_the_others_stay(
    town: Town, tmp_path: Path
) -> None:
    town.load_catalogues(tmp_path)
    bruno, _card = town.patron("Bruno Salembier", "toufflers")
    bruno.press("Chercher", q="petit prince")
    reserve(bruno, PRINCE, "lys")
    desks = {code: town.desk(code) for code in ("hem", "lannoy", "leers")}
    asked = [
        code
        for code, desk in desks.items()
        if "Le Petit Prince" in desk.open("/bureau/prelevements").words
    ]
    assert len(asked) == 1, "one library fetches it"
    assert_invariants(town.unit)


def test_somebody_else_at_the_desk_does_not_leave_with_it(town: Town, tmp_path: Path) -> None:
    town.load_catalogues(tmp_path)
    emma, _card = town.patron("Emma Delattre", "leers")
    emma.press("Chercher", q="enfant maudit")
    reserve(emma, LAST_TOME, "hem")
    hem = town.desk("hem")
    assert "Ici Étagère" in scan(hem, CODE)
    other = town.registered("Paul Wattel", "hem")
    assert "Paul Wattel" in scan(hem, other)
    assert "Stop Réservé à quelqu’un d’autre" in hem.press("Valider", barcode=CODE).words
    assert "C’est prêt, à Hem" in emma.open("/reservations").words


def test_what_is_wanted_stays_wanted_through_the_door(town: Town, tmp_path: Path) -> None:
    """Signed out: 303 to the door, and on to the page that was asked for."""
    town.load_catalogues(tmp_path)
    card, emma = town.registered("Emma Delattre", "leers"), town.somebody()
    emma.open("/recherche?q=enfant+maudit")
    emma.follow(LAST_TOME)
    door = emma.press("Réserver", retrait="toufflers")
    assert door.path.startswith("/connexion?next=")
    refused = emma.send(door.form("Entrer"), card=card, password="pas-le-bon")
    assert refused.status_code == 401
    again = emma.press("Entrer", card=card, password="tilleul-parapluie-horizon")
    assert again.path.startswith("/reserver?"), again.path
    assert "C’est réservé." in emma.press("Réserver", retrait="toufflers").words
