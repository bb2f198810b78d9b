"""Ways on from a title and ways in without a question; what pages tell programs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from factories import LONG_AGO, a_record
from navette.catalogue.search.results import Facet, FacetValue
from navette.catalogue.tables import Series
from navette.ils.views import AvailabilityView
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_web import sitemap
from navette_web.covers import cover_of

HOME = "http://127.0.0.1:8000"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def naruto(unit: Unit, network: Network) -> list[int]:
    """Three volumes of a series; the second one twice."""
    series = unit.write(
        lambda tx: tx.insert(Series, key="naruto|text", title="Naruto", created_at=LONG_AGO)
    )
    return [
        a_record(
            unit, "Naruto", series_title="Naruto", series_id=series, volume_label=str(n),
            volume_number=n, year=year, subjects=["Ninjas"], publisher="Kana",
            authors=[{"name": "Masashi Kishimoto", "role": "author"}],
        )
        for n, year in ((1, 2002), (2, 2003), (2, 2010), (3, 2004))
    ]  # fmt: skip


def test_a_volume_leads_to_the_next_and_to_the_one_before(
    body: Callable[..., str], naruto: list[int]
) -> None:
    first, old, new, third = naruto
    text = body(f"/notice/{old}")
    assert f'<a href="/notice/{third}" rel="next">' in text
    assert f'<a href="/notice/{first}" rel="prev">' in text
    assert "La suite" in text
    assert "Le précédent" in text
    assert 'rel="prev"' not in body(f"/notice/{first}")
    assert f'href="/notice/{new}" rel="next"' in body(f"/notice/{first}"), "the newer edition"
    assert 'rel="next"' not in body(f"/notice/{third}")


def test_a_series_shows_its_volumes_in_order(
    client: TestClient, body: Callable[..., str], naruto: list[int]
) -> None:
    place = re.search(r'href="(/serie/\d+)"', body(f"/notice/{naruto[0]}"))
    assert place
    text = body(place[1])
    assert [int(i) for i in re.findall(r'<h3><a href="/notice/(\d+)"', text)] == naruto
    assert f'<link rel="canonical" href="{HOME}{place[1]}">' in text
    for nothing in ("/serie/999999", "/serie/x", "/serie/0"):
        assert client.get(nothing).status_code == 404


def test_other_editions_and_titles_like_it_are_offered(
    unit: Unit, body: Callable[..., str], search: Any, naruto: list[int]
) -> None:
    with unit.read() as reader:
        work = reader.driver.execute(
            f"SELECT work_id FROM record WHERE id = {naruto[0]}"
        ).fetchone()[0]
    other = a_record(unit, "Naruto", work_id=work, publisher="Poche", year=2020)
    search.alike = [naruto[3]]
    text = body(f"/notice/{naruto[0]}")
    assert re.search(rf'href="/notice/{other}">livre, Poche, 2020<', text)
    assert "Dans le même esprit" in text
    assert f'href="/notice/{naruto[3]}"' in text
    assert f'<link rel="canonical" href="{HOME}/oeuvre/{work}">' in body(f"/oeuvre/{work}")


def test_names_and_subjects_lead_to_a_search(body: Callable[..., str], naruto: list[int]) -> None:
    text = html.unescape(body(f"/notice/{naruto[0]}"))
    assert 'href="/recherche?q=auteur%3A%22Masashi%20Kishimoto%22"' in text
    assert 'href="/recherche?q=sujet%3A%22Ninjas%22"' in text


def _json_ld(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_a_title_describes_itself_by_schema_org(
    unit: Unit, body: Callable[..., str], circulation: Any, naruto: list[int]
) -> None:
    circulation.standing[naruto[1]] = [
        AvailabilityView("hem", 1, 1, None, "BD NAR"),
        AvailabilityView("leers", 0, 2, None, "BD NAR"),
    ]
    told = _json_ld(body(f"/notice/{naruto[1]}"))
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == "Book"
    assert told["url"] == f"{HOME}/notice/{naruto[1]}"
    assert told["author"] == [{"@type": "Person", "name": "Masashi Kishimoto"}]
    assert told["position"] == "2"
    assert told["isPartOf"]["name"] == "Naruto"
    assert [o["availability"].rsplit("/", 1)[1] for o in told["offers"]] == [
        "InStock",
        "OutOfStock",
    ]
    assert all(o["offeredBy"]["name"] for o in told["offers"])
    assert "isbn" not in told, "what is not known is not said"


def test_no_title_ends_the_script_it_stands_in(
    unit: Unit, network: Network, body: Callable[..., str]
) -> None:
    record = a_record(unit, "</script><script>alert(1)</script>\u2028&", summary='"]}<!--')
    text = body(f"/notice/{record}")
    assert "<script>alert" not in text
    assert _json_ld(text)["name"].startswith("</script>")
    assert f'<link rel="canonical" href="{HOME}/notice/{record}">' in text


def test_a_title_can_be_copied_shared_sent_and_printed(
    body: Callable[..., str], naruto: list[int]
) -> None:
    text = html.unescape(body(f"/notice/{naruto[0]}")).replace("\u00a0", " ")
    reference = f"Masashi Kishimoto. Naruto, tome 1. Kana. 2002. {HOME}/notice/{naruto[0]}"
    assert text.count(reference) == 2, "to copy by script, and to read without"
    assert f'data-share="{HOME}/notice/{naruto[0]}"' in text
    assert "mailto:?subject=" in text
    assert "data-print" in text


def test_the_ways_in_lead_to_searches(
    body: Callable[..., str], search: Any, network: Network
) -> None:
    search.facets = [
        Facet("genre", [
            FacetValue("Albums", "Albums", 7),
            FacetValue("Documentaires : arts", "", 2),
            FacetValue("Documentaires : religion", "", 3),
        ]),
        Facet("type", [FacetValue("comic", "BD", 5)]),
        Facet("section", [FacetValue("Coin des petits", "", 9), FacetValue("Jeunesse", "", 40)]),
        Facet("series", [FacetValue("Tom & Nana", "Tom & Nana", 4)]),
        Facet("adapted", [FacetValue("braille", "Braille", 1)]),
        Facet("author_name", [FacetValue("Annie Ernaux", "", 3)]),
        Facet("subject_name", [FacetValue('Le mot "liberté"', "", 2)]),
    ]  # fmt: skip
    text = html.unescape(body("/parcourir"))
    for library in network.libraries:
        assert f'href="/recherche?bibliotheque={library.code}&tri=nouveautes"' in text
    assert 'href="/recherche?public=child&genre=Albums"' in text
    assert "genre=Documentaires+%3A+arts&genre=Documentaires+%3A+religion" in text
    assert re.search(r"Documentaires <[^>]*>\(5\)", text)
    assert 'href="/recherche?public=child&type=comic"' in text
    assert 'href="/recherche?public=child&rayon=Coin+des+petits"' in text
    assert "rayon=Jeunesse" not in text, "the room itself is no shelf of it"
    assert 'href="/recherche?serie=Tom+%26+Nana"' in text
    assert 'href="/recherche?adapte=braille"' in text
    assert 'href="/recherche?q=auteur%3A%22Annie%20Ernaux%22"' in text
    assert 'href="/recherche?q=sujet%3A%22Le%20mot%20%20libert%C3%A9%20%22"' in text
    assert "Contes" not in text, "an empty section is not offered"


def test_a_library_that_there_is_not_is_said(body: Callable[..., str]) -> None:
    page = body("/recherche?bibliotheque=mars&bibliotheque=HEM&disponible=mars")
    assert "Nous n’avons pas de bibliothèque « mars »." in page
    assert "Nous n’avons pas" not in body("/recherche?bibliotheque=Hem")


def test_the_sitemap_lists_every_title_in_parts(
    client: TestClient, unit: Unit, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PER_PAGE", 2)
    shown = [a_record(unit, f"Volume {n}") for n in range(3)]
    a_record(unit, "Caché", hidden=True)
    index = ET.fromstring(client.get("/sitemap.xml").text)
    parts = [e.text or "" for e in index.iter(f"{SPACE}loc")]
    assert parts == [f"{HOME}/sitemap-1.xml", f"{HOME}/sitemap-2.xml"]
    found = [
        e.text
        for part in parts
        for e in ET.fromstring(client.get(part.removeprefix(HOME)).text).iter(f"{SPACE}loc")
    ]
    assert [f"{HOME}/notice/{i}" for i in shown] == [t for t in found if t and "/notice/" in t]
    assert f"{HOME}/parcourir" in found
    for nothing in ("/sitemap-3.xml", "/sitemap-x.xml", "/sitemap-0.xml"):
        assert client.get(nothing).status_code == 404
    assert f"Sitemap: {HOME}/sitemap.xml" in client.get("/robots.txt").text


def test_volumes_of_a_series_are_told_apart_by_a_large_number() -> None:
    drawn = [
        cover_of("Naruto", "M. Kishimoto", "comic", series="Naruto", volume=f"T. {n:02d}")
        for n in range(1, 21)
    ]
    assert len({(c.ground, c.ink, c.pattern) for c in drawn}) == 1, "one family"
    assert [c.number for c in drawn] == [str(n) for n in range(1, 21)]
    for cover in drawn:
        assert cover.number_size * 64 / 120 >= 15, "legible at 64 px"
    assert cover_of("Revue", volume="2024-11", series="Revue").number == ""
    assert cover_of("Un", volume="tome", series="Un").number == ""


def test_kinds_of_one_title_have_covers_of_their_own() -> None:
    book, film = (
        cover_of("Dune", "Frank Herbert", "book"),
        cover_of("Dune", "Frank Herbert", "film"),
    )
    assert book == cover_of("Dune", "Frank Herbert", "book")
    assert (film.mark, book.mark) != ("", "")
    assert book != film
    assert cover_of("Dune", "Anne Roy", "book") != book
