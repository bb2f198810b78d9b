"""Everything a patron can do, by GraphQL: find, promise, reserve, pause, collect, renew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api_asking import Asking
from factories import a_child, a_patron, a_record, an_item, barcode_of
from fakes import FrozenClock
from navette.catalogue.search.indexing import IndexWriter
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_graphql.ids import global_id

SEARCH = """query($q: String!, $f: SearchFilters, $n: Int, $after: String) {
  search(query: $q, filters: $f, first: $n, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } facets { name values { value label count } }
    edges { cursor node { id title authors type year volume
      availability { library { code name } available total nextDate } } } } }"""
PLACE = """mutation($input: PlaceHoldInput!) { placeHold(input: $input) { __typename
  ... on HoldPlaced { hold { id state rank copies volumeKey volumeLabel record { id title }
    pickupLibrary { code } item { barcode } why promise { sentence library { code } } } }
  ... on Refusal { code message }
  ... on LimitRefusal { limit current } ... on DuplicateHoldRefusal { holdId }
  ... on VolumeRequiredRefusal { volumes { key label } } } }"""
CHANGE = """mutation($id: ID!) { %s(input: {holdId: $id%s}) {
  ... on HoldChanged { hold { id state suspendedUntil pickupLibrary { code } } }
  ... on Refusal { code message } } }"""
SCAN = """mutation($input: ScanItemInput!) { scanItem(input: $input) { __typename
  ... on ItemScanned { scanId instruction destination { code } returned message slip
    item { id barcode status } hold { id state } }
  ... on Refusal { code message } } }"""
LEND = """mutation($input: LendItemInput!) { lendItem(input: $input) { __typename
  ... on ItemLent { loan { id dueOn item { barcode } record { title } } }
  ... on Refusal { code message } } }"""


def place(ask: Asking, record: str, pickup: str, **more: Any) -> Any:
    given = {"recordId": record, "pickupLibrary": pickup, **more}
    return ask(PLACE, input=given)["placeHold"]


def found(ask: Asking, text: str, **more: Any) -> Any:
    return ask(SEARCH, q=text, **more)["search"]


def test_libraries_are_the_stops_in_order(nobody: Asking) -> None:
    libraries = nobody("{ libraries { id code name } }")["libraries"]
    assert [lib["code"] for lib in libraries] == ["hem", "lannoy", "leers", "lys", "toufflers"]
    node = nobody(
        "query($i: ID!) { node(id: $i) { ... on Library { code } } }", i=libraries[2]["id"]
    )
    assert node["node"] == {"code": "leers"}


def test_nobody_is_nobody(nobody: Asking, unit: Unit) -> None:
    assert nobody("{ me { name } }")["me"] is None
    refused = place(nobody, "1", "hem")
    assert refused["code"] == "NOT_SIGNED_IN"
    assert refused["message"].startswith("Reconnectez-vous")


def test_a_search_shows_where_copies_stand(nobody: Asking, unit: Unit, index: IndexWriter) -> None:
    record = a_record(unit, "Le Mage du Kremlin")
    an_item(unit, record, "hem")
    an_item(unit, record, "leers", status="ON_LOAN")
    index.rebuild()
    page = found(nobody, "mage kremlin")
    assert page["totalCount"] == 1
    node = page["edges"][0]["node"]
    assert (node["title"], node["authors"]) == ("Le Mage du Kremlin", ["Giuliano da Empoli"])
    lines = {a["library"]["code"]: (a["available"], a["total"]) for a in node["availability"]}
    assert lines["hem"] == (1, 1)
    assert lines["leers"] == (0, 1)
    names = {facet["name"] for facet in page["facets"]}
    assert {"library", "type", "audience", "language", "availability"} <= names


def test_filters_narrow_and_pages_do_not_repeat(
    nobody: Asking, unit: Unit, index: IndexWriter
) -> None:
    for number in range(7):
        kind = "film" if number % 2 else "book"
        an_item(unit, a_record(unit, f"Voyage {number}", type=kind), "leers")
    index.rebuild()
    assert found(nobody, "voyage", f={"types": ["film"]})["totalCount"] == 3
    assert found(nobody, "voyage", f={"availableAt": ["HEM"]})["totalCount"] == 0
    seen: list[str] = []
    after = None
    for _ in range(4):
        page = found(nobody, "voyage", n=2, after=after)
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 7
    first = found(nobody, "voyage", n=3)
    rest = found(nobody, "voyage", n=10, after=first["edges"][0]["cursor"])
    assert [e["node"]["id"] for e in rest["edges"][:2]] == [
        e["node"]["id"] for e in first["edges"][1:3]
    ], "any edge's cursor goes on from there"


def test_suggestions_name_a_record(nobody: Asking, unit: Unit, index: IndexWriter) -> None:
    an_item(unit, a_record(unit, "Le Mage du Kremlin"), "hem")
    index.rebuild()
    suggestions = nobody('{ suggest(prefix: "mag") { text kind recordId } }')["suggest"]
    assert suggestions
    assert suggestions[0]["kind"] == "title"


def test_each_stop_makes_a_promise(nobody: Asking, unit: Unit) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem")
    promises = nobody(
        "query($r: ID!) { promise(recordId: $r) { library { code } sentence reason likelyAt latestOn } }",
        r=str(record),
    )["promise"]
    assert [p["library"]["code"] for p in promises] == [
        "hem",
        "lannoy",
        "leers",
        "lys",
        "toufflers",
    ]
    assert all(p["sentence"] for p in promises)
    assert promises[0]["reason"] == "here"
    one = nobody(
        'query($r: ID!) { promise(recordId: $r, pickupLibrary: "LYS") { library { code } } }',
        r=str(record),
    )
    assert one["promise"] == [{"library": {"code": "lys"}}]


def test_a_hold_is_targeted_at_once_and_seen_in_my_account(
    as_patron: Callable[[int], Asking], unit: Unit
) -> None:
    """T1, T2."""
    record = a_record(unit)
    item = an_item(unit, record, "hem")
    ask = as_patron(a_patron(unit, "toufflers"))
    hold = place(ask, str(record), "Toufflers", idempotencyKey="k1")["hold"]
    assert hold["state"] == "TARGETED"
    assert hold["pickupLibrary"] == {"code": "toufflers"}
    assert hold["item"] == {"barcode": barcode_of(unit, item)}
    again = place(ask, str(record), "toufflers", idempotencyKey="k1")["hold"]
    assert again["id"] == hold["id"]
    assert place(ask, str(record), "toufflers")["code"] == "DUPLICATE_HOLD"
    me = ask(
        "{ me { card name homeLibrary { code } family { id } holds { edges { node { id state "
        "record { title } } } } loans { edges { node { id } } } } }"
    )["me"]
    assert me["homeLibrary"] == {"code": "toufflers"}
    assert [e["node"]["record"]["title"] for e in me["holds"]["edges"]] == ["Le Mage du Kremlin"]


def test_pause_resume_move_and_cancel(as_patron: Callable[[int], Asking], unit: Unit) -> None:
    """T12, T14, T15."""
    record = a_record(unit)
    an_item(unit, record, "hem", status="ON_LOAN")
    ask = as_patron(a_patron(unit))
    hold = place(ask, str(record), "hem")["hold"]["id"]
    paused = ask(CHANGE % ("suspendHold", ', until: "2027-01-04"'), id=hold)["suspendHold"]
    assert paused["hold"]["suspendedUntil"] == "2027-01-04"
    assert ask(CHANGE % ("resumeHold", ""), id=hold)["resumeHold"]["hold"]["suspendedUntil"] is None
    moved = ask(CHANGE % ("changePickup", ', pickupLibrary: "leers"'), id=hold)["changePickup"]
    assert moved["hold"]["pickupLibrary"] == {"code": "leers"}
    assert ask(CHANGE % ("passMyTurn", ""), id=hold)["passMyTurn"]["code"] == "WRONG_STATE"
    assert ask(CHANGE % ("cancelHold", ""), id=hold)["cancelHold"]["hold"]["state"] == "CANCELLED"
    assert ask(CHANGE % ("cancelHold", ""), id=hold)["cancelHold"]["code"] == "WRONG_STATE"


def test_somebody_elses_hold_is_not_found(as_patron: Callable[[int], Asking], unit: Unit) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem")
    hold = place(as_patron(a_patron(unit)), str(record), "hem")["hold"]["id"]
    stranger = as_patron(a_patron(unit))
    assert stranger(CHANGE % ("cancelHold", ""), id=hold)["cancelHold"]["code"] == "NOT_FOUND"
    assert stranger("query($i: ID!) { node(id: $i) { id } }", i=hold)["node"] is None


def test_a_parent_reserves_for_a_child_and_nobody_else_does(
    as_patron: Callable[[int], Asking], unit: Unit
) -> None:
    """E8."""
    record = a_record(unit)
    an_item(unit, record, "hem")
    parent = a_patron(unit)
    child = a_child(unit, parent, card="20590000099999")
    ask = as_patron(parent)
    family = ask("{ me { family { id card name } } }")["me"]["family"]
    assert [member["card"] for member in family] == ["20590000099999"]
    hold = place(ask, str(record), "hem", card="20590000099999")["hold"]
    assert hold["state"] == "TARGETED"
    mine = as_patron(child)("{ me { holds { edges { node { id } } } } }")["me"]["holds"]["edges"]
    assert [edge["node"]["id"] for edge in mine] == [hold["id"]]
    other = place(as_patron(a_patron(unit)), str(record), "hem", card="20590000099999")
    assert other["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"blocked_reason": "retards"}, "PATRON_BLOCKED"),
        ({"valid_until": __import__("datetime").date(2026, 9, 1)}, "CARD_EXPIRED"),
    ],
)
def test_a_card_that_may_not_reserve_is_told_why(
    as_patron: Callable[[int], Asking], unit: Unit, said: dict[str, Any], code: str
) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem")
    refused = place(as_patron(a_patron(unit, **said)), str(record), "hem")
    assert refused["code"] == code
    assert refused["message"]


def test_limits_and_choices_carry_their_data(
    as_patron: Callable[[int], Asking], unit: Unit
) -> None:
    """Section 9, E10, E11."""
    ask = as_patron(a_patron(unit))
    for number in range(5):
        record = a_record(unit, f"Livre {number}")
        an_item(unit, record, "hem")
        assert "hold" in place(ask, str(record), "hem")
    sixth = a_record(unit, "Encore un")
    an_item(unit, sixth, "hem")
    refused = place(ask, str(sixth), "hem")
    assert (refused["code"], refused["limit"], refused["current"]) == ("HOLD_LIMIT", 5, 5)
    other = as_patron(a_patron(unit))
    series = a_record(unit, "Une série en deux tomes")
    for key in ("1", "2"):
        an_item(unit, series, "hem", volume_key=key, volume_label=f"Tome {key}")
    assert [v["key"] for v in place(other, str(series), "hem")["volumes"]] == ["1", "2"]
    held = place(other, str(series), "hem", volumeKey="2")["hold"]
    assert (held["volumeKey"], held["volumeLabel"]) == ("2", "Tome 2")
    local = a_record(unit, "À lire sur place")
    an_item(unit, local, "hem", not_for_loan=True, status="NOT_FOR_LOAN")
    assert place(other, str(local), "hem")["code"] == "NOT_RESERVABLE"
    assert place(other, "999999", "hem")["code"] == "NOT_FOUND"
    assert place(other, str(sixth), "roubaix")["code"] == "BAD_INPUT"
    assert place(other, str(sixth), "hem", volumeKey="zz")["code"] == "BAD_INPUT"


def test_from_the_shelf_in_hem_to_a_loan_in_toufflers(
    as_patron: Callable[[int], Asking],
    as_desk: Callable[[str], Asking],
    unit: Unit,
    clock: FrozenClock,
    network: Network,
) -> None:
    """The main job: T1 T2 T4 T6 T9, and the way home."""
    record = a_record(unit)
    code = barcode_of(unit, an_item(unit, record, "hem", volume_label="Tome 1"))
    reader, hem = as_patron(a_patron(unit, "toufflers", card="20590000012345")), as_desk("hem")
    hold = place(reader, str(record), "toufflers")["hold"]["id"]
    lines = hem("{ pullList { holdId note item { barcode callNumber } pickupLibrary { code } } }")
    assert [line["item"]["barcode"] for line in lines["pullList"]] == [code]
    sent = hem(SCAN, input={"barcode": code, "scanId": "s1"})["scanItem"]
    assert (sent["instruction"], sent["destination"]) == ("CRATE", {"code": "toufflers"})
    assert sent["hold"] == {"id": hold, "state": "IN_TRANSIT"}
    assert sent["slip"]
    assert hem(SCAN, input={"barcode": code, "scanId": "s1"})["scanItem"] == sent
    toufflers = as_desk("toufflers")
    early = toufflers(SCAN, input={"barcode": code})["scanItem"]
    assert early["instruction"] == "CONFIRM"
    clock.advance(hours=2)
    here = toufflers(SCAN, input={"barcode": code})["scanItem"]
    assert here["instruction"] == "HOLD_SHELF"
    assert here["hold"]["state"] == "READY"
    shelf = toufflers("{ shelf { id state pickupDeadline record { title } } }")["shelf"]
    assert [h["id"] for h in shelf] == [hold]
    other = a_patron(unit, card="20590000067890")
    assert other
    refused = toufflers(LEND, input={"barcode": code, "card": "20590000067890"})["lendItem"]
    assert refused["code"] == "ITEM_HELD_FOR_ANOTHER"
    lent = toufflers(LEND, input={"barcode": code, "card": "20590000012345"})["lendItem"]
    assert lent["loan"]["item"] == {"barcode": code}
    loans = reader("{ me { loans { edges { node { id volumeLabel } } } } }")["me"]["loans"]
    loan = loans["edges"][0]["node"]["id"]
    assert loans["edges"][0]["node"]["volumeLabel"] == "Tome 1"
    renewed = reader(
        "mutation($i: ID!) { renewLoan(input: {loanId: $i}) { ... on LoanRenewed { loan { renewals } }"
        " ... on Refusal { code } } }",
        i=loan,
    )["renewLoan"]
    assert renewed == {"loan": {"renewals": 1}}
    back = as_desk("lannoy")(SCAN, input={"barcode": code})["scanItem"]
    assert (back["returned"], back["instruction"]) == (True, "CRATE")
    assert back["destination"] == {"code": "hem"}
    clock.advance(days=3)
    home = hem(SCAN, input={"barcode": code})["scanItem"]
    assert (home["instruction"], home["item"]["status"]) == ("RESHELVE", "AVAILABLE")


def test_a_patron_cannot_do_what_a_desk_does(
    as_patron: Callable[[int], Asking], unit: Unit
) -> None:
    code = barcode_of(unit, an_item(unit, a_record(unit), "hem"))
    ask = as_patron(a_patron(unit))
    assert ask(SCAN, input={"barcode": code, "library": "hem"})["scanItem"]["code"] == "FORBIDDEN"
    answer = ask.raw("{ pullList { holdId } }")
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


def test_an_unknown_library_at_a_desk_is_a_wrong_value(as_desk: Callable[[str], Asking]) -> None:
    for field in ("pullList", "shelf"):
        answer = as_desk(f"{'hem' if field == 'shelf' else 'leers'}").raw(
            f'{{ {field}(library: "nope") {{ __typename }} }}'
        )
        assert answer["errors"][0]["extensions"] == {"code": "BAD_INPUT"}


def test_what_is_missing_or_unknown_is_named_with_what_to_do(
    as_desk: Callable[[str], Asking], nobody: Asking, unit: Unit
) -> None:
    """Bad input: a scan of nothing, a promise for a place that is none."""
    empty = as_desk("hem")(
        "mutation { scanItem(input: {}) { ... on InputRefusal { code field message } } }"
    )["scanItem"]
    assert (empty["code"], empty["field"]) == ("BAD_INPUT", "barcode")
    assert empty["message"] == "Donnez le numéro du document, ou scannez-le."
    record = global_id("Record", a_record(unit))
    for library, refused in (("mars", True), ("HEM", False)):
        answer = nobody.raw(
            f'{{ promise(recordId: "{record}", pickupLibrary: "{library}") {{ reason }} }}'
        )
        assert ("errors" in answer) == refused
        if refused:
            assert answer["errors"][0]["extensions"] == {"code": "BAD_INPUT"}
            assert answer["errors"][0]["message"] == "Choisissez une des bibliothèques du réseau."


def test_a_program_answers_for_a_closure_and_brings_back_what_was_cancelled(
    as_patron: Callable[[int], Asking], unit: Unit, clock: FrozenClock
) -> None:
    """E4, T17: what the pages can, a program can."""
    emma, record = a_patron(unit), a_record(unit)
    an_item(unit, record, "leers", status="ON_ORDER")
    ask, engine = as_patron(emma), EmbeddedCirculation(unit, clock)
    held = place(ask, global_id("Record", record), "hem")["hold"]["id"]
    head = Actor("staff", staff_id=9, library="hem", role="coordinator")
    unit.write(
        lambda tx: (
            tx.driver.execute("UPDATE hold SET likely_at = '2026-12-25 10:00:00.000000'")
            if tx.dialect == "sqlite"
            else tx.driver.execute("UPDATE hold SET likely_at = '2026-12-25 10:00:00+00'")
        )
    )
    engine.close_library(head, "hem", date(2026, 12, 24), date(2026, 12, 30), proposed="lys")
    query = "{ me { pickupPace { rhythm together } closureQuestions { id proposed { code } holdIds } } }"
    me = ask(query)["me"]
    assert me["pickupPace"] == {"rhythm": None, "together": False}
    (question,) = me["closureQuestions"]
    assert (question["proposed"]["code"], question["holdIds"]) == ("lys", [held])
    answer = "mutation($id: ID!) { it: answerClosure(input: {questionId: $id, move: true})"
    answer += " { __typename ... on ClosureAnswered { moved kept } ... on Refusal { code } } }"
    assert ask(answer, id=question["id"])["it"]["moved"] == 1
    assert ask(answer, id=question["id"])["it"]["moved"] == 0
    assert as_patron(a_patron(unit))(answer, id=question["id"])["it"]["code"] == "NOT_FOUND"
    assert ask(query)["me"]["closureQuestions"] == []
    change = "mutation($id: ID!) { it: %s(input: {holdId: $id})"
    change += " { ... on HoldChanged { hold { state pickupLibrary { code } } } } }"
    assert ask(change % "cancelHold", id=held)["it"]["hold"]["state"] == "CANCELLED"
    back = ask(change % "restoreHold", id=held)["it"]["hold"]
    assert back == {"state": "WAITING", "pickupLibrary": {"code": "lys"}}


def test_a_desk_that_forgets_the_card_is_told_so(
    as_desk: Callable[[str], Asking], unit: Unit
) -> None:
    record = a_record(unit)
    an_item(unit, record, "hem")
    assert place(as_desk("hem"), str(record), "hem")["code"] == "BAD_INPUT"


def test_what_is_asked_never_reaches_the_log(
    as_desk: Callable[[str], Asking], caplog: pytest.LogCaptureFixture
) -> None:
    ask = as_desk("hem")
    ask.client.post(
        "/graphql",
        json={"query": 'mutation { lendItem(input: {card: "20590000012345", barcode: 5}) { x } }'},
        headers=ask.headers,
    )
    ask.raw('{ pullList(library: "20590000012345") { holdId } }')
    assert "20590000012345" not in caplog.text
