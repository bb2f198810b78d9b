"""What one GraphQL request may cost, and how ids and cursors are read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.errors import BadInput, NotFound
from navette_graphql.ids import cursor, cursor_keys, global_id, parse, row_id
from navette_graphql.limits import DEEPEST, MOST_FIELDS
from navette_graphql.loaders import Siblings
from navette_graphql.schema import the_schema


def refused(query: str) -> str:
    """The first error of a document, or nothing."""
    result = the_schema().execute_sync(query, context_value=None)
    return result.errors[0].message if result.errors else ""


def test_a_deep_query_is_refused_before_it_runs() -> None:
    inner = "__typename"
    for _ in range(DEEPEST + 1):
        inner = f"ofType {{ {inner} }}"
    assert refused("{ libraries { id } ... on Query { __typename } }").startswith("'NoneType'")
    levels = "name"
    for _ in range(DEEPEST):
        levels = f"edges {{ node {{ {levels} }} }}"
    assert f"deeper than {DEEPEST}" in refused("{ me { holds { " + levels + " } } }")


def test_a_wide_query_is_refused_before_it_runs() -> None:
    aliases = " ".join(f"a{i}: __typename" for i in range(MOST_FIELDS + 1))
    assert f"more than {MOST_FIELDS}" in refused("{ " + aliases + " }")


def test_a_dear_query_is_refused_and_says_what_to_do() -> None:
    lists = " ".join(
        f'a{i}: search(query: "x", first: 100) {{ edges {{ node {{ title volumes {{ key }} '
        "availability { available total } } } }"
        for i in range(60)
    )
    assert "shorter lists" in refused("{ " + lists + " }")


def test_a_variable_length_is_weighed_as_the_longest() -> None:
    lists = " ".join(
        f'a{i}: search(query: "x", first: $n) {{ edges {{ node {{ title id }} }} }}'
        for i in range(60)
    )
    assert "shorter lists" in refused("query($n: Int) { " + lists + " }")


def test_a_fragment_counts_each_time_it_is_used() -> None:
    spread = " ".join(f"a{i}: libraries {{ ...f }}" for i in range(90))
    fields = " ".join(f"b{i}: name" for i in range(6))
    message = refused(f"fragment f on Library {{ {fields} }} query {{ {spread} }}")
    assert f"more than {MOST_FIELDS}" in message


def test_a_circle_of_fragments_is_refused() -> None:
    query = "fragment a on Library { ...b } fragment b on Library { ...a } { libraries { ...a } }"
    assert "within itself" in refused(query)


def test_too_many_tokens_are_refused() -> None:
    assert "tokens" in refused("{ " + "__typename " * 3000 + "}")


@given(st.integers(0, 2**31 - 1), st.sampled_from(["Record", "Hold", "FamilyMember"]))
def test_an_id_comes_back_as_it_went(row: int, kind: str) -> None:
    assert parse(global_id(kind, row)) == (kind, row)
    assert row_id(global_id(kind, row), kind) == row


@given(st.text(max_size=40))
def test_what_was_never_an_id_is_not_found(text: str) -> None:
    try:
        row_id(text, "Record")
    except NotFound:
        return
    assert text.isdigit() or parse(text)[0] == "Record"


def test_an_id_of_another_kind_is_not_found() -> None:
    with pytest.raises(NotFound):
        row_id(global_id("Hold", 3), "Record")
    assert row_id("12", "Record") == 12
    with pytest.raises(NotFound):
        row_id(str(2**31), "Record")
    with pytest.raises(NotFound):
        row_id(global_id("Record", 2**31), "Record")


@given(st.text(max_size=60))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert isinstance(cursor_keys(text), list)
    assert cursor_keys(cursor(7)) == ["7"]
    assert cursor_keys(None) == []


def test_siblings_load_once_for_all() -> None:
    asked: list[list[int]] = []

    def load(ids: object) -> dict[int, str]:
        asked.append(list(ids))  # type: ignore[call-overload]
        return {i: f"v{i}" for i in ids if i != 3}  # type: ignore[attr-defined]

    siblings: Siblings[str] = Siblings(load)
    siblings.announce([1, 2, 3])
    assert [siblings.get(i) for i in (1, 2, 3)] == ["v1", "v2", None]
    assert asked[0] == [1, 2, 3]
    assert siblings.get(4) == "v4"
    assert len(asked) <= 3


def test_fragments_that_double_at_every_level_are_refused_at_once() -> None:
    levels = 40
    chain = " ".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(levels))
    end = f"fragment f{levels} on Query {{ __schema {{ queryType {{ name }} }} }}"
    assert f"more than {MOST_FIELDS}" in refused(f"{{ ...f0 }} {chain} {end}")
