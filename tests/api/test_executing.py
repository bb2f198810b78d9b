"""Plain fields are read without ceremony, and no document can tell the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from navette_graphql import executing
from navette_graphql.documents import Documents
from navette_graphql.executing import PlainExecutor, Plans


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


class Board:
    """Another class with the fields of a shelf."""

    def __init__(self, name: str) -> None:
        self.name = name


class Torn:
    """Another one, that cannot say everything."""

    name = "T"

    @property
    def place(self) -> int:
        raise ValueError("torn off")


class Nameless(Torn):
    """One that cannot say what it must."""

    @property
    def name(self) -> str:  # type: ignore[override]
        raise ValueError("no name")


@strawberry.type
class Query:
    @strawberry.field
    def torn(self) -> list[Shelf] | None:
        return [Shelf(name="D"), Torn()]  # type: ignore[list-item]

    @strawberry.field
    def nameless(self) -> list[Shelf] | None:
        return [Torn(), Nameless()]  # type: ignore[list-item]

    @strawberry.field
    def boards(self) -> list[Shelf]:
        return [Board("C"), Shelf(name="D", place=4)]  # type: ignore[list-item]

    @strawberry.field
    def holes(self) -> list[Shelf] | None:
        return [Shelf(name="D"), None]  # type: ignore[list-item]

    @strawberry.field
    def told(self, info: Info, root: strawberry.Parent[Any]) -> str:
        return f"{root} {info.field_name} {info.path.key} {info.context}"

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
    "{ boards { name } again: boards { name place } }",
    "{ holes { name } boards { name } }",
    "{ told again: told }",
    "{ torn { name place } boards { name } }",
    "{ nameless { name } torn { name } }",
)


def answer(document: str, executor: type | None) -> tuple[Any, list[Mapping[str, Any]]]:
    schema = the_schema(executor)
    return told(schema, document)


def the_schema(executor: type | None = PlainExecutor) -> strawberry.Schema:
    kept = [Documents] if executor is PlainExecutor else []
    return strawberry.Schema(Query, types=[Book], extensions=kept, execution_context_class=executor)


def told(
    schema: strawberry.Schema, document: str, **variables: Any
) -> tuple[Any, list[Mapping[str, Any]]]:
    found = schema.execute_sync(document, variables, context_value="here")
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
    assert asked == ["spare", "spare"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_asked_again_is_answered_the_same(document: str) -> None:
    schema = the_schema()
    assert told(schema, document) == told(schema, document) == answer(document, None)


def test_a_document_asked_again_obeys_the_values_it_comes_with() -> None:
    schema = the_schema()
    document = "query ($yes: Boolean!) { books { title @include(if: $yes) pages } }"
    with_titles = [{"title": "un", "pages": 3}, {"title": "deux", "pages": 3}]
    for _ in range(2):
        assert told(schema, document, yes=True)[0] == {"books": with_titles}
        assert told(schema, document, yes=False)[0] == {"books": [{"pages": 3}, {"pages": 3}]}
    times = "query ($n: Int!) { books { said(times: $n) } }"
    assert told(schema, times, n=1)[0]["books"][0] == {"said": "un"}
    assert told(schema, times, n=2)[0]["books"][0] == {"said": "unun"}


def test_a_document_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schema, document = the_schema(), "{ books { title shelf { name } } }"
    told(schema, document)
    monkeypatch.setattr(PlainExecutor, "collect_subfields", None)
    assert told(schema, document)[0]["books"][0]["shelf"] == {"name": "A"}


def test_plans_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Plans(most=2)
    monkeypatch.setattr(executing, "_plans", kept)
    schema = the_schema()
    for n in range(5):
        told(schema, f"{{ a{n}: books {{ title }} }}")
    assert len(kept) == 2
