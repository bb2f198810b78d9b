"""A family by GraphQL (E8): children one may act for, masked titles, the code to collect."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from api_asking import Asking
from factories import a_child, a_patron, a_record, an_item, barcode_of
from navette.patrons.registering import show_titles
from navette.storage.unit import Unit
from navette_auth.pickup import Pickups
from navette_graphql.ids import global_id

FAMILY = """{ me { family { id card name titlesShown
  holds { edges { node { id state record { title } } } } } } }"""
NODE = """query($id: ID!) { node(id: $id) { ... on Hold { state record { title } item { barcode } } } }"""
PLACE = """mutation($i: PlaceHoldInput!) { placeHold(input: $i) { __typename
  ... on HoldPlaced { hold { id record { title } } } ... on Refusal { code message } } }"""
CANCEL = """mutation($i: CancelHoldInput!) { cancelHold(input: $i) { __typename
  ... on HoldChanged { hold { id record { title } } } ... on Refusal { code } } }"""
SCAN = """mutation($i: ScanItemInput!) { scanItem(input: $i) {
  ... on ItemScanned { instruction } ... on Refusal { code message } } }"""
LEND = """mutation($i: LendItemInput!) { lendItem(input: $i) {
  ... on ItemLent { loan { id } } ... on Refusal { code message } } }"""
As = Callable[[int], Asking]


def test_a_teenager_s_titles_are_masked_everywhere(as_patron: As, unit: Unit) -> None:
    parent = a_patron(unit)
    teen = a_child(unit, parent, birth_year=2010, category="young", card="20590000044444")
    record = a_record(unit, "Le Journal d’Aurore")
    an_item(unit, record, "leers")
    mine = as_patron(teen)
    asked = {"recordId": global_id("Record", record), "pickupLibrary": "leers"}
    hold = mine(PLACE, i=asked)["placeHold"]["hold"]
    assert hold["record"]["title"] == "Le Journal d’Aurore"
    hers = as_patron(parent)
    (child,) = hers(FAMILY)["me"]["family"]
    assert child["titlesShown"] is False
    assert child["holds"]["edges"][0]["node"]["record"] is None
    node = hers(NODE, id=hold["id"])["node"]
    assert (node["record"], node["item"]) == (None, None)
    cancelled = hers(CANCEL, i={"holdId": hold["id"]})["cancelHold"]
    assert cancelled["hold"] == {"id": hold["id"], "record": None}
    unit.write(lambda tx: show_titles(tx, teen, shown=True))
    assert hers(NODE, id=hold["id"])["node"]["record"]["title"] == "Le Journal d’Aurore"


def test_a_pickup_code_lends_what_is_ready_and_nothing_else(
    as_patron: As, as_desk: Callable[[str], Asking], unit: Unit, app_client: TestClient
) -> None:
    alice, desk = a_patron(unit), as_desk("leers")
    record = a_record(unit)
    ready, free = an_item(unit, record, "leers"), an_item(unit, a_record(unit, "Autre"), "leers")
    mine = as_patron(alice)
    mine(PLACE, i={"recordId": global_id("Record", record), "pickupLibrary": "leers"})
    desk(SCAN, i={"barcode": barcode_of(unit, ready), "library": "leers"})
    code = Pickups(app_client.app.state.house.sign_in).make(alice).text  # type: ignore[attr-defined]
    lend = lambda item, given: desk(  # noqa: E731 - said twice
        LEND, i={"barcode": barcode_of(unit, item), "pickupCode": given}
    )["lendItem"]
    assert lend(free, code)["code"] == "PICKUP_CODE_REFUSED"
    assert lend(ready, "K7M4-PQ2X")["code"] == "PICKUP_CODE_REFUSED"
    assert "loan" in lend(ready, code.lower().replace("-", " "))
    assert lend(free, code)["code"] == "PICKUP_CODE_REFUSED"
