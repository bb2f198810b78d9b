"""Search, one title, the line of promises, and the hold at the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from factories import a_child, a_patron, a_record
from navette.catalogue.search.results import Facet, FacetValue
from navette.errors import NotReservable
from navette.ils.views import AvailabilityView
from navette.network.network import Network
from navette.storage.unit import Unit


@pytest.fixture
def kremlin(unit: Unit, network: Network, circulation: Any, search: Any) -> int:
    record = a_record(unit, "Le Mage du Kremlin")
    search.hits.append(record)
    circulation.standing[record] = [
        AvailabilityView("hem", 1, 1, None, "R DAE"),
        AvailabilityView("leers", 0, 1, date(2026, 12, 5), "R DAE"),
    ]
    return record


def test_results_say_where_it_is_free(body: Callable[..., str], kremlin: int) -> None:
    text = body("/recherche?q=kremlin")
    assert "1 résultat" in text
    assert "Libre à Hem" in text
    assert "Giuliano da Empoli · livre · 2022" in text


def test_a_card_is_drawn_anew_when_its_copies_move(
    body: Callable[..., str], kremlin: int, circulation: Any
) -> None:
    assert "Libre à Hem" in body("/recherche?q=kremlin")
    circulation.standing[kremlin] = [AvailabilityView("hem", 0, 1, None, "")]
    assert "Tout est prêté" in body("/recherche?q=kremlin")


def test_while_somebody_types_only_the_results_are_sent(client: TestClient, kremlin: int) -> None:
    answer = client.get("/recherche?q=krem", headers={"HX-Request": "true"})
    assert "Le Mage du Kremlin" in answer.text
    assert "<html" not in answer.text


def test_going_back_in_history_gets_the_whole_page(client: TestClient, kremlin: int) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/recherche?q=krem", headers=headers).text


def test_nothing_found_offers_another_spelling(body: Callable[..., str], search: Any) -> None:
    search.suggestion = "harry potter"
    text = body("/recherche?q=harri+poter")
    assert "Rien pour « harri poter »." in text
    assert "/recherche?q=harry+potter" in text


def test_filters_reach_the_index_and_stay_ticked(body: Callable[..., str], search: Any) -> None:
    text = body("/recherche?q=x&disponible=leers&type=book&type=comic")
    _query, filters, _after = search.asked[-1]
    assert (filters.availability, filters.type) == (("leers",), ("book", "comic"))
    assert re.search(r'name="disponible" value="leers" checked', text)
    assert 'href="/recherche?q=x&amp;disponible=leers&amp;type=comic"' in text, "taken back"
    for words in ("libre à Leers", "Livre", "BD"):
        assert f"</span>{words}<svg" in text


def test_filters_that_are_rare_come_when_they_are_asked_for(
    body: Callable[..., str], search: Any, kremlin: int
) -> None:
    text = body("/recherche?q=x&adapte=large_print&serie=Naruto")
    assert search.asked[-1][1].adapted == ("large_print",)
    assert search.asked[-1][1].series == ("Naruto",)
    assert set(search.counted) == {
        "availability", "library", "type", "audience", "language", "adapted", "series",
    }  # fmt: skip
    assert "/recherche?q=x&amp;adapte=large_print&amp;serie=Naruto&amp;filtres=tous#filtres" in text
    body("/recherche?q=x&filtres=tous")
    assert {"period", "genre", "digital"} <= set(search.counted)


def test_filters_that_were_drawn_are_drawn_anew_when_counts_move(
    body: Callable[..., str], search: Any, kremlin: int
) -> None:
    for count in (3, 4, 3):
        search.facets = [Facet("type", [FacetValue("book", "Livre", count)])]
        assert re.search(rf"Livre <[^>]*>\({count}\)<", body("/recherche?q=x"))


@pytest.mark.parametrize(
    ("order", "sort"),
    [
        ("", "relevance"),
        ("titre", "title"),
        ("nouveautes", "arrivals"),
        ("date", "date"),
        ("x'--", "relevance"),
    ],
)
def test_the_order_stands_in_the_address(
    body: Callable[..., str], search: Any, kremlin: int, order: str, sort: str
) -> None:
    text = body(f"/recherche?q=x&type=book&tri={order}")
    assert search.sorting.by == sort
    assert 'href="/recherche?q=x&amp;type=book&amp;tri=titre"' in text
    if order == "titre":
        assert '<input type="hidden" name="tri" value="titre">' in text, "filters keep the order"


def test_soonest_goes_by_the_van_to_ones_own_library(
    body: Callable[..., str], search: Any, kremlin: int, patron: int
) -> None:
    text = body("/recherche?q=x&tri=bientot")
    assert search.sorting.libraries[0] == "leers", "where the reader is registered"
    assert len(search.sorting.libraries) == len(set(search.sorting.libraries)) == 5
    assert search.sorting.today is not None
    assert 'href="/recherche?q=x&amp;tri=bientot&amp;chez=hem"' in text
    body("/recherche?q=x&tri=bientot&chez=HEM")
    assert search.sorting.libraries[0] == "hem"
    body("/recherche?q=x&tri=bientot&chez=nowhere")
    assert search.sorting.libraries[0] == "leers"


def test_a_query_is_shown_as_text(body: Callable[..., str]) -> None:
    assert "<script>x" not in body("/recherche?q=<script>x</script>")


def test_only_the_field_that_is_being_typed_in_asks_for_unfinished_words(
    client: TestClient, search: Any, network: Any
) -> None:
    client.get("/recherche?q=krem", headers={"HX-Request": "true"})
    assert search.unfinished
    client.get("/recherche?q=krem")
    assert not search.unfinished


def test_the_id_that_programs_know_a_title_by_leads_to_its_page(client: TestClient) -> None:
    answer = client.get("/notice/UmVjb3JkOjU")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/notice/5")
    assert client.get("/notice/SG9sZDo1").status_code == 404


@pytest.mark.parametrize("number", ["2147483648", "999999999999999", "9" * 400, "0"])
def test_a_number_that_no_title_has_is_not_found(
    client: TestClient, network: Any, number: str
) -> None:
    assert client.get(f"/notice/{number}").status_code == 404
    assert client.get(f"/oeuvre/{number}").status_code == 404


def test_suggestions_are_links_or_json(client: TestClient) -> None:
    assert 'href="/recherche?q=harry+potter"' in client.get("/suggestions?q=har").text
    told = client.get("/suggestions?q=har", headers={"Accept": "application/json"}).json()
    assert told == [{"text": "harry potter", "kind": "title", "recordId": None}]


def test_a_title_shows_one_promise_a_stop(body: Callable[..., str], kremlin: int) -> None:
    text = body(f"/notice/{kremlin}")
    assert text.count('class="stop"') == 5
    assert "jeudi 26" in text
    assert "dès 14 h" in text
    assert "au plus tard mardi 1er décembre" in text
    assert "prêté, retour prévu samedi 5 décembre" in text


def test_ones_own_library_is_named_and_chosen(
    body: Callable[..., str], kremlin: int, patron: int
) -> None:
    text = body(f"/notice/{kremlin}")
    assert "votre bibliothèque" in text
    assert 'id="retrait-leers" value="leers" data-name="Leers" checked' in text


def test_what_stays_on_site_says_so_without_a_chooser(
    body: Callable[..., str], kremlin: int, circulation: Any
) -> None:
    circulation.answers["promise"] = NotReservable("on_site")
    text = body(f"/notice/{kremlin}")
    assert "À lire sur place" in text
    assert 'type="radio"' not in text


def test_volumes_are_chosen_first(
    body: Callable[..., str], client: TestClient, kremlin: int, circulation: Any, patron: int
) -> None:
    circulation.volume_list = [("t1", "Tome 1"), ("t2", "Tome 2")]
    assert f"/reserver?notice={kremlin}&amp;tome=t2" in body(f"/notice/{kremlin}")
    assert client.get(f"/reserver?notice={kremlin}").headers["Location"] == f"/notice/{kremlin}"
    assert "Tome 2" in body(f"/reserver?notice={kremlin}&tome=t2")


def test_a_hold_is_placed_and_said(
    client: TestClient, body: Callable[..., str], kremlin: int, circulation: Any, patron: int
) -> None:
    form = body(f"/reserver?notice={kremlin}&retrait=toufflers")
    assert 'id="retrait-toufflers" value="toufflers" data-name="Toufflers" checked' in form
    key = re.search(r'name="cle" value="([^"]+)"', form)
    assert key
    data = {"notice": str(kremlin), "retrait": "toufflers", "cle": key[1]}
    answer = client.post("/reserver", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reserver?fait=7")
    asked = circulation.asked[-1][1]
    assert (asked["patron_id"], asked["pickup"]) == (patron, "toufflers")
    client.post("/reserver", data=data)
    client.post("/reserver", data=data | {"retrait": "hem"})
    first, again, changed = (given["idempotency_key"] for _, given in circulation.asked[-3:])
    assert first == again, "the same form sent twice is one reservation"
    assert changed != first, "another choice is not refused for the answer that was lost"
    assert first.startswith(key[1])
    text = body("/reserver?fait=7")
    assert "C’est réservé" in text
    assert "sans doute jeudi 26, dès 14 h" in text
    assert "data-push-offer" in text


@pytest.mark.parametrize(
    ("state", "where"),
    [("CANCELLED", "/reservations?fait=annulee&reservation=7"), ("FULFILLED", "/reservations")],
)
def test_what_has_ended_is_not_said_to_be_reserved(
    client: TestClient, kremlin: int, circulation: Any, patron: int, state: str, where: str
) -> None:
    """Somebody goes back to the page after having cancelled."""
    client.post("/reserver", data={"notice": str(kremlin), "retrait": "leers"})
    hold = circulation.holds.pop()
    circulation.holds.append(replace(hold, state=state, ended_at=hold.placed_at))
    answer = client.get("/reserver?fait=7")
    assert (answer.status_code, answer.headers["Location"]) == (303, where)


def test_a_parent_reserves_for_a_child_and_for_nobody_elses(
    client: TestClient, kremlin: int, circulation: Any, patron: int, unit: Unit
) -> None:
    child, stranger = a_child(unit, patron), a_patron(unit)
    data = {"notice": str(kremlin), "retrait": "leers", "pour": str(child)}
    assert client.post("/reserver", data=data).status_code == 303
    assert circulation.asked[-1][1]["patron_id"] == child
    assert client.post("/reserver", data=data | {"pour": str(stranger)}).status_code == 404


def test_a_desk_reserves_for_the_card_it_names(
    client: TestClient, kremlin: int, circulation: Any, agent: int, unit: Unit
) -> None:
    reader = a_patron(unit, card="20590000077777")
    data = {"notice": str(kremlin), "retrait": "hem", "carte": "2059 0000 0777 77"}
    assert client.post("/reserver", data=data).status_code == 303
    assert circulation.asked[-1][1]["patron_id"] == reader


def test_signed_out_the_chosen_stop_is_kept_through_sign_in(client: TestClient) -> None:
    answer = client.get("/reserver?notice=1&retrait=lys")
    assert answer.headers["Location"] == "/connexion?next=%2Freserver%3Fnotice%3D1%26retrait%3Dlys"


def test_a_card_says_when_my_own_library_would_have_it(
    unit: Unit, client: TestClient, circulation: Any, search: Any, patron: int
) -> None:
    """One question for the whole page, about the reader's usual library alone."""
    titles = [a_record(unit, f"Le Mage {n}") for n in range(3)]
    search.hits.extend(titles)
    said = client.get("/recherche?q=mage").text
    asked = [given for what, given in circulation.asked if what == "promises_at"]
    assert asked == [(tuple(titles), "leers")]
    assert said.count("À\u00a0Leers\u00a0: ") == 3
    circulation.answers["promises_at"] = {}
    assert "À\u00a0Leers" not in client.get("/recherche?q=mage").text


def test_a_stranger_is_promised_nothing_on_a_card(
    body: Callable[..., str], kremlin: int, circulation: Any
) -> None:
    body("/recherche?q=kremlin")
    assert circulation.asked == []
