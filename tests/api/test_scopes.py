"""What a token may do is checked in each resolver; a refusal is data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from starlette.testclient import TestClient

from api_asking import Asking
from factories import a_patron
from fakes import FrozenClock
from navette.network.network import Network
from navette.storage.unit import Unit
from navette_auth.tokens import create_token

CODE = "{ ... on Refusal { code } }"
MUTATIONS = {
    "holds": 'placeHold(input: {recordId: "x", pickupLibrary: "hem"}) { ... on Refusal { code } }',
    "loans": 'renewLoan(input: {loanId: "x"}) { ... on Refusal { code } }',
    "notices": 'registerPush(input: {endpoint: "x", p256dh: "x", auth: "x"})'
    " { ... on Refusal { code } }",
    "desk": 'undoScan(input: {scanId: "x"}) { ... on Refusal { code } }',
}


@pytest.fixture
def with_scopes(
    app_client: TestClient, unit: Unit, clock: FrozenClock, network: Network
) -> Callable[[Sequence[str]], Asking]:
    patron = a_patron(unit)

    def ask(scopes: Sequence[str]) -> Asking:
        made = create_token(unit, clock, patron_id=patron, scopes=scopes)
        return Asking(app_client, made.text)

    return ask


@pytest.mark.parametrize("scope", MUTATIONS)
def test_a_change_needs_its_own_scope(
    with_scopes: Callable[[Sequence[str]], Asking], scope: str
) -> None:
    others = [each for each in MUTATIONS if each != scope]
    query = f"mutation {{ it: {MUTATIONS[scope]} }}"
    for too_little in (others, ["read"]):
        assert with_scopes(too_little)(query)["it"]["code"] == "FORBIDDEN"
    for enough in ([scope], ["write"]):
        answer = with_scopes(enough)(query)["it"]
        if scope != "desk":  # a patron is no desk, whatever the token
            assert answer.get("code") != "FORBIDDEN"


def test_reading_needs_the_scope_to_read(
    with_scopes: Callable[[Sequence[str]], Asking],
) -> None:
    assert with_scopes(["read"])("{ me { card } }")["me"]["card"]
    refused = with_scopes(["holds"]).raw("{ me { card } }")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_catalogue_is_for_everybody(
    with_scopes: Callable[[Sequence[str]], Asking],
) -> None:
    assert len(with_scopes(["holds"])("{ libraries { code } }")["libraries"]) == 5
