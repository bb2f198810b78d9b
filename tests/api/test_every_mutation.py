"""Every mutation there is, with every role and every scope: the list comes from the schema itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type
from sqlalchemy import select
from starlette.testclient import TestClient

from api_asking import Asking
from factories import a_patron, a_record, an_item
from fakes import FrozenClock
from navette.circulation.tables import ClosureQuestion
from navette.ils.embedded import EmbeddedCirculation
from navette.ils.roles import ROLES
from navette.ils.views import Actor, LendRequest
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query
from navette.storage.unit import Unit
from navette_auth.scopes import CHANGES
from navette_auth.staff import add_staff
from navette_auth.tables import StaffLook
from navette_auth.tokens import create_token
from navette_graphql.ids import global_id
from navette_graphql.schema import the_schema

# what each change needs; a mutation that is not here is a mistake of ours
SCOPE_OF: Mapping[str, str] = {
    "placeHold": "holds", "placeSeries": "holds", "setPickupPace": "holds", "cancelHold": "holds",
    "suspendHold": "holds", "restoreHold": "holds", "answerClosure": "holds",
    "resumeHold": "holds", "changePickup": "holds", "passMyTurn": "holds",
    "keepPastLoans": "loans", "renewLoan": "loans", "renewAllLoans": "loans", "claimReturned": "loans",
    "withdrawClaim": "loans", "registerPush": "notices",
    "scanItem": "desk", "undoScan": "desk", "lendItem": "desk", "markMissing": "desk",
}  # fmt: skip
READERS = ("agent", "head", "coordinator")
# who of the team gets past the door of each, whatever the answer then is
ROLES_OF: Mapping[str, Sequence[str]] = {
    **dict.fromkeys((one for one, scope in SCOPE_OF.items() if scope == "holds"), READERS),
    **dict.fromkeys((one for one, scope in SCOPE_OF.items() if scope == "desk"), ("volunteer", *READERS)),
    "renewLoan": ("volunteer", *READERS), "renewAllLoans": READERS, "claimReturned": READERS,
    "withdrawClaim": READERS, "registerPush": (), "keepPastLoans": (),
}  # fmt: skip
OF_ONESELF = {"keepPastLoans"}  # nobody can be named in these
CLOSED = {"FORBIDDEN", "NOT_FOUND", "NOT_SIGNED_IN"}
LOOKS = Query(
    select(table(StaffLook).c.patron_id, table(StaffLook).c.kind).order_by(table(StaffLook).c.id),
    lambda *row: row,
)


def mutations() -> dict[str, GraphQLInputObjectType]:
    found = the_schema()._schema.mutation_type
    assert found is not None
    return {name: get_named_type(field.args["input"].type) for name, field in found.fields.items()}


def given(kind: GraphQLInputObjectType, values: Mapping[str, str]) -> str:
    """Fill what an input needs, and the card, the copy and the place where it takes them."""
    parts = []
    for name, field in kind.fields.items():
        needed = isinstance(field.type, GraphQLNonNull) and field.default_value is not None
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            one = "{" + given(inner, values) + "}"
            bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            parts.append(
                f"{name}: [{one}, {one}]" if isinstance(bare, GraphQLList) else f"{name}: {one}"
            )
        elif name in values:
            parts.append(f'{name}: "{values[name]}"')
        elif needed and inner.name in {"String", "ID"}:
            parts.append(f'{name}: "x"')
        elif needed and inner.name == "Boolean":
            parts.append(f"{name}: true")
        elif needed and inner.name == "Date":
            parts.append(f'{name}: "2026-12-12"')
    return ", ".join(parts)


def code_of(asking: Asking, name: str, values: Mapping[str, str]) -> str:
    body = given(mutations()[name], values)
    answer = asking.raw(
        f"mutation {{ it: {name}(input: {{{body}}}) {{ __typename ... on Refusal {{ code }} }} }}"
    )
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    return str(answer["data"]["it"].get("code", "done"))


class Scene:
    """Emma with a hold and a loan, and whoever asks."""

    def __init__(
        self, unit: Unit, clock: FrozenClock, network: Network, client: TestClient
    ) -> None:
        self.unit, self.clock, self.network, self.client = unit, clock, network, client
        self.engine = EmbeddedCirculation(unit, clock)
        self.count = 0
        self.emma, self.card = a_patron(unit, card="20590000012345"), "20590000012345"

    def values(self) -> dict[str, str]:
        """Return a fresh hold and loan of Emma, so that one change is not in the way of another."""
        self.count += 1
        me = Actor("patron", patron_id=self.emma)
        wanted, had = (a_record(self.unit, f"Titre {self.count} {n}") for n in "ab")
        an_item(self.unit, wanted, "hem", status="ON_ORDER")
        copy = an_item(self.unit, had, "hem")
        hold = self.engine.place_hold(me, patron_id=self.emma, record_id=wanted, pickup="hem")
        desk = Actor("staff", staff_id=1, library="hem", role="agent")
        loan = self.engine.lend(desk, LendRequest("hem", card=self.card, item_id=copy))
        return {
            "holdId": global_id("Hold", hold.id), "loanId": global_id("Loan", loan.id),
            "recordId": global_id("Record", had), "pickupLibrary": "leers", "card": self.card,
            "itemId": global_id("Item", copy), "until": "2026-12-12",
            "questionId": global_id("ClosureQuestion", self._question(hold.id)),
        }  # fmt: skip

    def _question(self, hold: int) -> int:
        """Ask Emma about a closure; each time another one."""
        hem, lys = (self.network.library(code).id for code in ("hem", "lys"))
        return self.unit.write(
            lambda tx: tx.insert(
                ClosureQuestion, closure_id=self.count, patron_id=self.emma, library_id=hem,
                proposed_id=lys, first_day=date(2026, 12, 24), last_day=date(2027, 1, 2),
                holds=[hold], asked_at=self.clock.now(), answer="",
            )
        )  # fmt: skip

    def clear(self) -> None:
        self.unit.write(
            lambda tx: tx.driver.execute(
                "UPDATE hold SET state='CANCELLED', ended_at=placed_at, item_id=NULL WHERE ended_at IS NULL"
            )
        )
        self.unit.write(
            lambda tx: tx.driver.execute(
                "UPDATE loan SET returned_at=lent_at WHERE returned_at IS NULL"
            )
        )

    def asking(
        self, role: str = "", scopes: Sequence[str] = ("read", "write"), patron: int = 0
    ) -> Asking:
        if not role:
            made = create_token(self.unit, self.clock, patron_id=patron, scopes=scopes)
            return Asking(self.client, made.text)
        self.count += 1
        staff = self.unit.write(
            lambda tx: add_staff(
                tx, self.clock, login=f"{role}{self.count}", name="Nora", role=role,
                library_id=self.network.library("hem").id, password_hash="",
            )
        )  # fmt: skip
        return Asking(
            self.client, create_token(self.unit, self.clock, staff_id=staff, scopes=scopes).text
        )


@pytest.fixture
def scene(unit: Unit, clock: FrozenClock, network: Network, app_client: TestClient) -> Scene:
    return Scene(unit, clock, network, app_client)


def test_every_mutation_is_in_the_tables() -> None:
    assert set(mutations()) == set(SCOPE_OF) == set(ROLES_OF)


def test_every_mutation_needs_its_own_scope(scene: Scene) -> None:
    values = scene.values()
    for scope in CHANGES:
        others = scene.asking("agent", [one for one in CHANGES if one != scope])
        for name in (one for one, needs in SCOPE_OF.items() if needs == scope):
            assert code_of(others, name, values) == "FORBIDDEN", name


@pytest.mark.parametrize("role", ROLES)
def test_every_mutation_is_open_to_its_roles_and_closed_to_the_others(
    scene: Scene, role: str
) -> None:
    asking = scene.asking(role)
    for name, roles in ROLES_OF.items():
        values = scene.values()
        told = code_of(asking, name, values)
        if role in roles:
            open_to = told not in CLOSED or (name == "undoScan" and told == "NOT_FOUND")
            assert open_to, (role, name, told)
        else:
            assert told in CLOSED, (role, name, told)
        scene.clear()


def test_nobody_reaches_what_is_another_reader_s(scene: Scene, unit: Unit) -> None:
    values = scene.values()
    stranger = scene.asking(patron=a_patron(unit))
    for name, scope in SCOPE_OF.items():
        if name in OF_ONESELF:
            continue
        if scope in {"holds", "loans"}:
            assert code_of(stranger, name, values) == "NOT_FOUND", name
        elif scope == "desk":
            assert code_of(stranger, name, values) in CLOSED, name
    for kind in ("holdId", "loanId"):
        assert stranger("query($id: ID!) { node(id: $id) { id } }", id=values[kind])["node"] is None
    mine = scene.asking(patron=scene.emma)
    assert code_of(mine, "cancelHold", values) == "done"


def test_a_volunteer_s_program_reads_no_history_and_a_driver_s_nothing(
    scene: Scene, unit: Unit
) -> None:
    values = scene.values()

    def seen(role: str, kind: str) -> bool:
        query = "query($id: ID!) { node(id: $id) { id } }"
        return scene.asking(role)(query, id=values[kind])["node"] is not None

    assert {r for r in ROLES if seen(r, "holdId")} == {"volunteer", *READERS}
    assert {r for r in ROLES if seen(r, "loanId")} == {"volunteer", *READERS}
    scene.clear()
    assert {r for r in ROLES if seen(r, "loanId")} == set(READERS), "what came back is history"
    for query in ("{ pullList { holdId } }", "{ shelf { id } }"):
        refused = scene.asking("driver").raw(query)
        assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_what_one_has_already_is_renewed_and_not_lent_again(scene: Scene) -> None:
    """E7g: the refusal names the loan, and the loan can be renewed with it."""
    values, desk = scene.values(), scene.asking("agent")
    lend = """mutation($i: ID, $b: String, $c: String) { lendItem(input: {itemId: $i, barcode: $b, card: $c}) {
      ... on Refusal { code message } ... on ItemOnLoanRefusal { loanId } ... on InputRefusal { field } } }"""
    again = desk(lend, i=values["itemId"], c=scene.card)["lendItem"]
    assert (again["code"], again["loanId"]) == ("ITEM_ON_LOAN", values["loanId"])
    assert "Prolongez-le" in again["message"]
    other = "20590000067890"
    a_patron(scene.unit, card=other)
    assert desk(lend, i=values["itemId"], c=other)["lendItem"]["loanId"] is None
    renewed = desk(
        "mutation($l: ID!) { renewLoan(input: {loanId: $l}) { ... on LoanRenewed { loan { id } } } }",
        l=again["loanId"],
    )
    assert renewed["renewLoan"]["loan"]["id"] == values["loanId"]
    assert desk(lend, b="", c=scene.card)["lendItem"]["field"] == "barcode"


def test_every_look_of_a_program_of_the_team_is_in_the_journal(scene: Scene, unit: Unit) -> None:
    looked: Callable[[], list[Any]] = lambda: _looks(unit)  # noqa: E731
    agent = scene.asking("agent")
    for name in ("placeHold", "cancelHold", "renewLoan", "renewAllLoans", "claimReturned"):
        before = len(looked())
        code_of(agent, name, scene.values())
        assert [who for who, _ in looked()[before:]] == [scene.emma], name
        scene.clear()
    before, values = len(looked()), scene.values()
    agent("query($id: ID!) { node(id: $id) { id } }", id=values["holdId"])
    assert looked()[before:] == [(scene.emma, "opened")]
    mine = scene.asking(patron=scene.emma)
    mine("query($id: ID!) { node(id: $id) { id } }", id=values["holdId"])
    assert len(looked()) == before + 1, "one's own look is nobody's business"


def _looks(unit: Unit) -> list[Any]:
    with unit.read() as reader:
        return reader.all(LOOKS)
