"""What the database keeps cannot be read without the keys, and keys can be changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from arriving import arrive, who
from fake_provider import FakeProvider
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.tables import AuthSession
from navette_auth.vault import Vault

OLD, NEW, OTHER = "old-key-" * 5, "new-key-" * 5, "other-key-" * 4
TOKENS: Query[str] = Query(select(table(AuthSession).c.id_token), scalar)


def test_a_sealed_text_is_read_back_and_does_not_show() -> None:
    vault = Vault([OLD])
    sealed = vault.seal("an id_token")
    assert "id_token" not in sealed
    assert sealed != vault.seal("an id_token")
    assert vault.open(sealed) == "an id_token"


def test_a_new_key_reads_what_the_old_one_sealed_while_both_are_there() -> None:
    before, changing, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    assert changing.open(before.seal("text")) == "text"
    assert after.open(changing.seal("text")) == "text"
    assert after.open(before.seal("text")) == ""


@pytest.mark.parametrize("text", ["", "abc", "é", "gAAAAA", "a" * 500])
def test_anything_else_opens_to_nothing(text: str) -> None:
    assert Vault([OLD]).open(text) == ""


def test_a_mark_depends_on_the_key_and_is_found_after_a_change() -> None:
    before, changing = Vault([OLD]), Vault([NEW, OLD])
    assert before.mark("K7M4") == Vault([OLD]).mark("K7M4")
    assert changing.mark("K7M4") != before.mark("K7M4")
    assert before.mark("K7M4") in changing.marks("K7M4")
    assert before.mark("K7M4") not in Vault([OTHER]).marks("K7M4")


def test_without_keys_a_process_reads_its_own_only() -> None:
    one = Vault([])
    assert one.open(one.seal("text")) == "text"
    assert Vault([]).open(one.seal("text")) == ""


def test_the_provider_s_token_is_sealed_at_rest_and_used_at_sign_out(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit
) -> None:
    before = replace(ways, settings=replace(ways.settings, secret_keys=(OLD,)))
    arrival = arrive(fake, before, caller)
    with unit.read() as reader:
        kept = reader.all(TOKENS)
    assert kept
    assert all(token and "." not in token and not token.startswith("ey") for token in kept)
    changed = replace(ways, settings=replace(ways.settings, secret_keys=(NEW, OLD)))
    visitor = who(ways, arrival.session)
    assert "id_token_hint=ey" in changed.sign_out(visitor)


def test_a_token_whose_key_is_gone_still_lets_out(
    ways: SignIn, fake: FakeProvider, caller: Caller, unit: Unit
) -> None:
    before = replace(ways, settings=replace(ways.settings, secret_keys=(OLD,)))
    arrival = arrive(fake, before, caller)
    changed = replace(ways, settings=replace(ways.settings, secret_keys=(NEW,)))
    visitor = who(ways, arrival.session)
    assert changed.sign_out(visitor) == ""
    assert not who(ways, arrival.session).signed_in
