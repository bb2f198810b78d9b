"""Plain fields are read without ceremony, and no document can tell the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from navette_graphql.executing import PlainExecutor


@strawberry.type
class Shelf:
    name: str
    place: int | None = None


@strawberry.interface
class Thing:
    id: strawberry.ID


@strawberry.type
class Book(Thing):
    title: str
    pages: int
    tags: list[str]
    shelf: Shelf
    lost: bool = False
    spare: Shelf | None = None
    shelves: list[Shelf] = strawberry.field(default_factory=list)

    @strawberry.field
    def broken(self, info: Info) -> str | None:
        raise ValueError(f"no {self.title}")

    @strawberry.field
    def said(self, times: int = 1) -> str:
        return self.title * times


@strawberry.type
class Query:
    @strawberry.field
    def books(self) -> list[Book]:
        return [a_book("un"), a_book("deux", spare=Shelf(name="B"))]

    @strawberry.field
    def book(self) -> Book | None:
        return a_book("un")

    @strawberry.field
    def wrong(self) -> Book | None:
        return a_book("un", pages=2**31)

    @strawberry.field
    def absent(self) -> list[Book] | None:
        return [a_book(None)]

    @strawberry.field
    def lent(self) -> list[Book]:
        return (a_book("un"), a_book("deux"))  # type: ignore[return-value]

    @strawberry.field
    def thing(self) -> Thing:
        return a_book("un")


def a_book(title: Any, pages: int = 3, spare: Shelf | None = None) -> Book:
    shelves = [Shelf(name="A", place=1), Shelf(name="B")]
    return Book(
        id=strawberry.ID("1"), title=title, pages=pages, tags=["a", "b"], shelf=shelves[0],
        spare=spare, shelves=shelves,
    )  # fmt: skip


DOCUMENTS = (
    "{ books { id title pages lost tags shelf { name place } shelves { place name } } }",
    "{ books { __typename again: title title spare { name } } }",
    "{ books { title ...more } } fragment more on Book { pages shelf { name } ... on Book { lost } }",
    "query ($no: Boolean = false) { books { title @include(if: $no) pages @skip(if: $no) } }",
    "{ books { said(times: 2) twice: said(times: 4) broken shelf { name } } }",
    "{ book { title broken } }",
    "{ wrong { title pages } book { pages } }",
    "{ absent { title shelf { name } } book { title } }",
    "{ lent { title } }",
    "{ thing { id ... on Book { title shelf { name } } } }",
    "{ __schema { queryType { name } } __typename }",
)


def answer(document: str, executor: type | None) -> tuple[Any, list[Mapping[str, Any]]]:
    schema = strawberry.Schema(Query, types=[Book], execution_context_class=executor)
    found = schema.execute_sync(document)
    return found.data, [error.formatted for error in found.errors or ()]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_answer_and_its_errors_are_those_of_the_ordinary_executor(
    document: str, caplog: pytest.LogCaptureFixture
) -> None:
    plain, ordinary = answer(document, PlainExecutor), answer(document, None)
    assert plain == ordinary
    assert plain[0] is not None


def test_plain_fields_do_not_pass_through_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ordinary = PlainExecutor.execute_field

    def noting(self: PlainExecutor, parent: Any, source: Any, fields: Any, *more: Any) -> Any:
        asked.append(fields[0].node.name.value)
        return ordinary(self, parent, source, fields, *more)

    monkeypatch.setattr(PlainExecutor, "execute_field", noting)
    answer("{ books { id title shelf { name } shelves { name } spare { name } } }", PlainExecutor)
    assert asked == ["books", "spare", "spare"]
