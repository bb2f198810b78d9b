"""eResources: offers in the network's order, then titles; what opens for who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import update

from api_asking import Asking
from factories import a_patron
from fakes import FrozenClock
from navette.eresources.harvesting import harvest
from navette.eresources.opds import FeedPage, Publication
from navette.network.network import Network
from navette.network.tables import NetworkFact
from navette.storage.base import table
from navette.storage.unit import Unit

OFFERS = [
    {"code": f"o{n}", "name": f"Offre {n}", "url": "https://o.example/?l={library}", "sends": ["library"]}
    for n in range(3)
]  # fmt: skip
PAGE = """query ($first: Int, $after: String, $words: String) {
  eResources(first: $first, after: $after, query: $words) {
    edges { node { id code name url opens whyNot sends kind authors } }
    pageInfo { hasNextPage endCursor } } }"""


def stage(unit: Unit, clock: FrozenClock) -> None:
    fact = table(NetworkFact)
    unit.write(
        lambda tx: tx.execute(update(fact).where(fact.c.name == "eresources").values(value=OFFERS))
    )
    made = [
        Publication(f"x:{n}", f"Roman {n}", ["Colette"], "e-book", "fr", "", "", "", f"https://l.example/{n}", "")
        for n in range(4)
    ]  # fmt: skip
    harvest(unit, "f", iter([FeedPage(made, (), "", 4)]), clock.now())


def test_offers_then_titles_page_by_page_without_repeating(
    nobody: Asking, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    stage(unit, clock)
    names: list[str] = []
    after = None
    for _ in range(4):
        page = nobody(PAGE, first=2, after=after)["eResources"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert names == [*(f"Offre {n}" for n in range(3)), *(f"Roman {n}" for n in range(4))]
    assert not page["pageInfo"]["hasNextPage"]
    found = nobody(PAGE, words="roman colette 2")["eResources"]["edges"]
    assert [edge["node"]["authors"] for edge in found] == [["Colette"]]


def test_what_opens_depends_on_the_card_and_no_data_is_in_the_address(
    nobody: Asking, as_patron: Callable[[int], Asking], unit: Unit, clock: FrozenClock,
    network: Network,
) -> None:  # fmt: skip
    stage(unit, clock)

    def seen(ask: Asking) -> dict[str, object]:
        node: dict[str, object] = ask(PAGE, first=1)["eResources"]["edges"][0]["node"]
        return {name: node[name] for name in ("opens", "whyNot", "url", "sends")}

    closed = {"url": "https://o.example/", "sends": ["library"], "opens": False}
    assert seen(nobody) == closed | {"whyNot": "sign_in"}
    expired = a_patron(unit, valid_until=date(2026, 1, 1))
    assert seen(as_patron(expired)) == closed | {"whyNot": "expired"}
    assert seen(as_patron(a_patron(unit))) == closed | {"opens": True, "whyNot": ""}


def test_each_is_found_again_by_its_id(
    nobody: Asking, unit: Unit, clock: FrozenClock, network: Network
) -> None:
    stage(unit, clock)
    edges = nobody(PAGE, first=10)["eResources"]["edges"]
    for edge in (edges[0], edges[-1]):
        again = nobody(
            "query ($id: ID!) { node(id: $id) { ... on EResource { name } } }",
            id=edge["node"]["id"],
        )
        assert again["node"]["name"] == edge["node"]["name"]
