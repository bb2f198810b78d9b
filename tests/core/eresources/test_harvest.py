"""Feeds of e-books: read with suspicion, kept once, ended when they are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from fakes import FrozenClock
from navette.eresources.harvesting import Harvest, harvest, pages_of
from navette.eresources.opds import read_page
from navette.eresources.titles import also_digital, titles
from navette.errors import SourceError
from navette.outbound import Outbound
from navette.storage.unit import Unit

BASE = "https://livres.example.org/opds/feed.json"
BORROW = "http://opds-spec.org/acquisition/borrow"


def a_title(number: int = 1, **given: Any) -> dict[str, Any]:
    described = {
        "title": f"Livre {number}", "identifier": f"urn:x:{number}", "author": "Colette",
        "language": "fr", **given,
    }  # fmt: skip
    return {"metadata": described, "links": [{"rel": BORROW, "href": f"/pret/{number}"}]}


def a_feed(*publications: Any, following: str = "", **given: Any) -> dict[str, Any]:
    links = [{"rel": "next", "href": following}] if following else []
    return {"metadata": {"title": "x"}, "links": links, "publications": list(publications), **given}


def reading(document: Any) -> Any:
    return read_page(orjson.dumps(document), BASE)


def taken(unit: Unit, clock: FrozenClock, *documents: Any) -> Harvest:
    return harvest(unit, BASE, iter([reading(one) for one in documents]), clock.now())


def shelf(unit: Unit, words: str = "") -> list[str]:
    with unit.read() as reader:
        return [one.title for one in titles(reader, words, first=100)]


def test_a_publication_is_read_whole() -> None:
    (one,) = reading(
        a_feed(
            a_title(
                title={"en": "Cheri", "fr": " Chéri\n"}, author=[{"name": "Colette"}, {"x": 1}, 7],
                publisher={"name": {"fr": "Fayard"}}, published="1920-05-01T00:00:00Z",
                description="<p>Une &amp; <b>histoire</b></p>", **{"@type": "http://schema.org/Audiobook"},
            )
        )
    ).publications  # fmt: skip
    assert (one.title, one.authors, one.publisher) == ("Chéri", ["Colette"], "Fayard")
    assert (one.kind, one.published, one.summary) == ("audiobook", "1920-05-01", "Une & histoire")
    assert one.href == "https://livres.example.org/pret/1"


@pytest.mark.parametrize(
    ("publication", "reason"),
    [
        (7, "no metadata"),
        ({"metadata": []}, "no metadata"),
        (a_title(title=""), "no title"),
        (a_title(title=["x"]), "no title"),
        (a_title(identifier=None), "no identifier"),
        ({**a_title(), "links": "none"}, "no address to open it at"),
        ({**a_title(), "links": [{"rel": BORROW, "href": "javascript:alert(1)"}]}, "no address"),
        ({**a_title(), "links": [{"rel": BORROW, "href": "file:///etc/passwd"}]}, "no address"),
        ({**a_title(), "links": [{"rel": BORROW, "href": "https://a:b@x.example/"}]}, "no address"),
        ({**a_title(), "links": [{"rel": BORROW, "href": "https://x.example:z/"}]}, "no address"),
        ({**a_title(), "links": [{"rel": BORROW + "/sample", "href": "/x"}]}, "no address"),
    ],
)
def test_what_cannot_be_kept_is_listed_with_its_reason(publication: Any, reason: str) -> None:
    page = reading(a_feed(publication, a_title(2)))
    assert [one.title for one in page.publications] == ["Livre 2"]
    assert (page.refused[0].position, page.read) == (1, 2)
    assert reason in page.refused[0].reason


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"publications": []}', b"\xff\xfe"])
def test_what_is_no_feed_is_wrong_input(body: bytes) -> None:
    with pytest.raises(SourceError):
        read_page(body, BASE)


def test_titles_are_kept_once_and_found(unit: Unit, clock: FrozenClock) -> None:
    first = taken(unit, clock, a_feed(a_title(1), a_title(2), a_title(2, title="Encore")))
    assert (first.created, first.updated, first.repeated) == (2, 0, 1)
    clock.advance(days=1)
    again = taken(unit, clock, a_feed(a_title(1, title="Chéri"), a_title(2)))
    assert (again.created, again.updated, again.ended) == (0, 2, 0)
    assert shelf(unit) == ["Chéri", "Livre 2"] or shelf(unit) == ["Chéri", "Encore"]
    assert shelf(unit, "colette cheri") == ["Chéri"]
    assert shelf(unit, "colette zola") == []
    assert shelf(unit, "100%") == []


def test_titles_that_are_gone_are_ended_and_come_back(unit: Unit, clock: FrozenClock) -> None:
    taken(unit, clock, a_feed(a_title(1), a_title(2), a_title(3)))
    clock.advance(days=1)
    assert taken(unit, clock, a_feed(a_title(1), a_title(2))).ended == 1
    assert shelf(unit) == ["Livre 1", "Livre 2"]
    clock.advance(days=1)
    assert taken(unit, clock, a_feed(a_title(1), a_title(2), a_title(3))).updated == 3
    assert len(shelf(unit)) == 3


def test_half_a_feed_does_not_empty_the_shelf(unit: Unit, clock: FrozenClock) -> None:
    taken(unit, clock, a_feed(*(a_title(n) for n in range(10))))
    clock.advance(days=1)
    done = taken(unit, clock, a_feed(a_title(1)))
    assert (done.ended, done.kept_back) == (0, 9)
    assert len(shelf(unit)) == 10


def test_pages_are_followed_on_the_feeds_own_host_and_never_in_a_circle() -> None:
    asked: list[str] = []
    pages = {
        "/opds/feed.json": a_feed(a_title(1), following="?page=2"),
        "/opds/feed.json?page=2": a_feed(a_title(2), following="feed.json"),
    }

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, json=pages[request.url.raw_path.decode()])

    outbound = Outbound(transport=httpx2.MockTransport(answer))
    assert [len(page.publications) for page in pages_of(BASE, outbound)] == [1, 1]
    assert len(asked) == 2
    pages["/opds/feed.json"] = a_feed(a_title(1), following="https://evil.example/feed.json")
    assert len(list(pages_of(BASE, outbound))) == 1


def test_the_e_book_of_a_book_is_found_by_title_and_author(unit: Unit, clock: FrozenClock) -> None:
    taken(unit, clock, a_feed(a_title(1, title="Le Blé en herbe : roman")))
    with unit.read() as reader:
        found = also_digital(reader, "Le blé en herbe", ["Sidonie-Gabrielle Colette"])
        assert found is not None
        assert found.href.endswith("/pret/1")
        assert also_digital(reader, "Le blé en herbe", ["Émile Zola"]) is None
        assert also_digital(reader, "Le blé en herbe", []) is None
        assert also_digital(reader, "", ["Colette"]) is None


@pytest.mark.parametrize(
    ("name", "kept", "refused"),
    [
        ("opds-community-test-catalog/2.0/publications.json", 13, 1),
        ("readium/opds_2_0.json", 5, 0),
        ("palace-opds2/opds2_bad_feed.json", 1, 2),
        ("palace-opds2/opds2_feed.json", 3, 0),
        ("palace-opds2/odl_feed.json", 2, 1),
    ],
)
def test_feeds_of_others_are_read_and_what_has_no_way_in_is_left_out(
    shared_data: Path, name: str, kept: int, refused: int
) -> None:
    path = shared_data / "eresources" / name
    page = read_page(path.read_bytes(), "https://example.org/feed.json")
    assert (len(page.publications), len(page.refused)) == (kept, refused), page.refused
    assert all(one.href.startswith("http") and one.title for one in page.publications)


def test_an_atom_feed_is_no_opds_2_feed(shared_data: Path) -> None:
    path = shared_data / "eresources" / "readium" / "feedbooks_catalog.atom"
    with pytest.raises(SourceError):
        read_page(path.read_bytes(), BASE)
