"""A busy afternoon over HTTP: phones and desks at once on a few books; nothing breaks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from at_once import at_once
from core.circulation.invariants import assert_invariants
from journeys.town import Town
from pages import Page, Person

pytestmark = pytest.mark.slow
LIBRARIES = ("hem", "lannoy", "leers", "lys", "toufflers")
CODES = ("H0001", "H0002", "LAN-7", "00020001")
TURNS = 25
Answers = Counter[int]


def phone(reader: Person, records: list[str], chance: random.Random) -> Callable[[], Answers]:
    """Reserve, cancel, change the place, look: at random."""

    def take_turns() -> Answers:
        seen: Answers = Counter()
        for _ in range(TURNS):
            record, place = chance.choice(records), chance.choice(LIBRARIES)
            act = chance.choice(("reserve", "reserve", "cancel", "look"))
            if act == "reserve":
                answer = reader.http.get(f"/reserver?notice={record}&retrait={place}")
                seen[answer.status_code] += 1
                answer = reader.send(Page(answer).form("Réserver"), retrait=place)
            else:
                answer = reader.http.get("/reservations")
                page = Page(answer)
                if act == "cancel" and any("Annuler" in form.buttons for form in page.forms):
                    answer = reader.send(page.form("Annuler"))
            seen[answer.status_code] += 1
        return seen

    return take_turns


def desk(agent: Person, cards: list[str], chance: random.Random) -> Callable[[], Answers]:
    """Scan books and cards, confirm, undo: at random."""

    def take_turns() -> Answers:
        seen: Answers = Counter()
        page = agent.open("/bureau")
        for _ in range(TURNS):
            answer = _desk_turn(agent, page, cards, chance)
            seen[answer.status_code] += 1
            page = Page(answer)
        return seen

    return take_turns


def _desk_turn(
    agent: Person, page: Page, cards: list[str], chance: random.Random
) -> httpx2.Response:
    offered = [button for form in page.forms for button in form.buttons]
    for button in ("Oui, bien arrivé ici", "Rendre"):
        if button in offered:
            return agent.send(page.form(button))
    if "Annuler le dernier scan" in offered and chance.random() < 0.1:
        return agent.send(page.form("Annuler le dernier scan"))
    code = chance.choice(CODES) if chance.random() < 0.75 else chance.choice(cards)
    return agent.send(page.form("Valider"), barcode=code)


def test_phones_and_desks_at_once_break_nothing(town: Town, tmp_path: Path) -> None:
    town.load_catalogues(tmp_path)
    with town.unit.read() as reader:
        found = reader.driver.execute("SELECT id FROM record").fetchall()
    records = [str(row[0]) for row in found]
    names = ("Emma Delattre", "Paul Wattel", "Zoé Lecomte", "Samir Haddad")
    people = [town.patron(name, home) for name, home in zip(names, LIBRARIES, strict=False)]
    cards = [card for _, card in people]
    acts = [phone(who, records, random.Random(n)) for n, (who, _) in enumerate(people)]
    acts += [
        desk(town.desk(code), cards, random.Random(100 + n)) for n, code in enumerate(LIBRARIES[:4])
    ]
    results = at_once(*acts)
    assert not [error for error in results if isinstance(error, Exception)], results
    seen: Answers = sum(results, Counter())
    assert not {status for status in seen if status >= 500}, seen
    assert_invariants(town.unit)
