"""Past loans for programs: one's own, once asked for; under 15 they are agreed on first."""

from __future__ import annotations

from collections.abc import Callable

from api_asking import Asking
from factories import a_child, a_patron
from fakes import FrozenClock
from navette.patrons.tables import Reading
from navette.storage.unit import Unit

KEEP = """mutation($keep: Boolean!) { it: keepPastLoans(input: {keep: $keep}) {
  ... on PastLoansKept { keep } ... on Refusal { code } } }"""
LIST = """query($after: String) { me { pastLoans(first: 2, after: $after) {
  edges { node { title lentOn returnedOn recordId } } pageInfo { hasNextPage endCursor } } } }"""


def test_a_reader_keeps_reads_and_erases_the_list(
    as_patron: Callable[[int], Asking], unit: Unit, clock: FrozenClock
) -> None:
    emma = a_patron(unit)
    ask, other = as_patron(emma), as_patron(a_patron(unit))
    assert ask(LIST)["me"]["pastLoans"]["edges"] == []
    assert ask(KEEP, keep=True)["it"] == {"keep": True}
    day = clock.now().date()
    rows = [
        {"patron_id": emma, "loan_id": n, "record_id": 1, "title": f"Titre {n}", "byline": "",
         "lent_on": day, "returned_on": day}
        for n in range(1, 4)
    ]  # fmt: skip
    unit.write(lambda tx: tx.insert_many(Reading, iter(rows)))
    first = ask(LIST)["me"]["pastLoans"]
    assert [edge["node"]["title"] for edge in first["edges"]] == ["Titre 3", "Titre 2"]
    assert first["pageInfo"]["hasNextPage"]
    second = ask(LIST, after=first["pageInfo"]["endCursor"])["me"]["pastLoans"]
    assert [edge["node"]["title"] for edge in second["edges"]] == ["Titre 1"]
    assert other(LIST)["me"]["pastLoans"]["edges"] == []
    assert ask(KEEP, keep=False)["it"] == {"keep": False}
    assert ask(LIST)["me"]["pastLoans"]["edges"] == []


def test_a_child_s_program_is_told_to_ask(as_patron: Callable[[int], Asking], unit: Unit) -> None:
    child = a_child(unit, a_patron(unit))
    assert as_patron(child)(KEEP, keep=True)["it"] == {"code": "CONSENT_NEEDED"}
