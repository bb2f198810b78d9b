"""French that is easy to read: whole on the twelve main journeys, in short sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import Markup
from starlette.testclient import TestClient

from factories import a_record, an_item
from navette import languages
from navette.ils.views import HoldView, LoanView, TrackView
from navette.languages import LANGUAGES, translations
from navette.storage.unit import Unit
from navette_auth.house import House
from navette_web.cards import _tag
from navette_web.render import _drawn_part, _environment_in, _Templates
from web.test_speaking import speaking_app

pytestmark = pytest.mark.one_database
EASY = LANGUAGES["fr-x-falc"]
MOST_WORDS = 12  # of a sentence in easy French, whether rewritten or short from the start
PLAIN_ENOUGH = 8  # a sentence of the source as short as this is easy as it stands
WORD = re.compile(r"[\w’'-]+")


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = speaking_app(house)
    with TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False) as opened:
        opened.cookies.set("langue", EASY.code)
        yield opened


class Heard:
    """The sentences of the source that pages said, before they were put in easy words."""

    def __init__(self) -> None:
        self.asked: set[str] = set()  # while a page was made
        self.written: set[str] = set()  # into templates when they were compiled, shown or not
        self.pages = ""

    def all(self) -> set[str]:
        """Return what was asked for, and of what stands in the templates what pages show."""
        asked = set(self.asked)  # `easy` asks too
        return asked | {one for one in self.written if easy(one).replace("%%", "%") in self.pages}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What the pages of this test say; their templates are compiled while we listen."""
    heard = Heard()
    by_one, by_many = languages._Easy.gettext, languages._Easy.ngettext
    written = _Templates._said

    def one(self: Any, message: str) -> str:
        heard.asked.add(message)
        return by_one(self, message)

    def many(self: Any, single: str, plural: str, n: int) -> str:
        heard.asked.add(single)
        return by_many(self, single, plural, n)

    def in_a_template(self: _Templates, sentence: str) -> Markup:
        heard.written.add(sentence)
        with monkeypatch.context() as unheard:
            unheard.setattr(languages._Easy, "gettext", by_one)
            return written(self, sentence)

    monkeypatch.setattr(languages._Easy, "gettext", one)
    monkeypatch.setattr(languages._Easy, "ngettext", many)
    monkeypatch.setattr(_Templates, "_said", in_a_template)
    _environment_in.cache_clear()
    _drawn_part.cache_clear()
    _tag.cache_clear()
    yield heard
    _environment_in.cache_clear()


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, values counted as one word."""
    bare = re.sub(r"<[^>]*>", "", re.sub(r"%\(\w+\)s|\{\w*\}", "x", text))
    yield from re.split(r"(?<=[.?!…:;])\s+|·", bare)


def longest(text: str) -> int:
    return max(len(WORD.findall(one)) for one in sentences(text))


def easy(message: str) -> str:
    return str(translations(EASY).gettext(message))


def test_the_twelve_journeys_are_said_in_easy_words(
    client: TestClient, heard: Heard, unit: Unit, patron: int, circulation: Any, search: Any,
    a_waiting_hold: HoldView, an_open_loan: LoanView,
) -> None:  # fmt: skip
    record = a_record(unit)
    an_item(unit, record)
    search.hits.append(record)
    mine = replace(a_waiting_hold, patron_id=patron, record_id=record)
    until = datetime(2026, 12, 5, 16, tzinfo=UTC)
    moving = TrackView("hem", "leers", "ON_VAN", until, until)
    circulation.holds += [
        replace(mine, id=1), replace(mine, id=2, state="READY", pickup_deadline=until, shelf_place="B-1"),
        replace(mine, id=3, state="IN_TRANSIT", track=moving), replace(mine, id=4, suspended=True),
    ]  # fmt: skip
    circulation.loans.append(replace(an_open_loan, patron_id=patron, record_id=record))
    for path in (
        "/", "/recherche?q=x", f"/notice/{record}", "/bibliotheques", "/numerique",
        f"/reserver?notice={record}", "/reserver?fait=1", "/reservations", "/carte",
        "/notifications", "/famille", "/reglages",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        heard.pages += answer.text
    client.cookies.clear()
    client.cookies.set("langue", EASY.code)
    answer = client.get("/connexion")
    assert answer.status_code == 200
    heard.pages += answer.text
    said = heard.all()
    assert len(said) > 200
    hard = {
        one for one in said if easy(one) == languages.tight(one) and longest(one) > PLAIN_ENOUGH
    }
    assert sorted(hard) == []


def test_what_is_rewritten_is_short() -> None:
    catalogue = translations(EASY)._catalog  # type: ignore[attr-defined]
    long = [
        text
        for key, text in catalogue.items()
        if key and isinstance(text, str) and longest(text) > MOST_WORDS
    ]
    assert long == []


def test_the_check_sees_a_long_sentence() -> None:
    assert longest("Un deux trois. Quatre %(x)s : cinq six sept huit") == 4
