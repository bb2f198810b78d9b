"""Documents that were asked before: parsed and validated once, known again by their text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from navette_graphql.limits import MOST_TOKENS, RULES

KEPT: Final = 128


class _Read:
    """A document, and what is wrong with it once somebody has looked."""

    __slots__ = ("document", "errors")

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self.errors: dict[GraphQLSchema, list[GraphQLError]] = {}


@lru_cache(maxsize=KEPT)
def _read(text: str) -> _Read:
    """Parse a text; raises GraphQLError, and then nothing is kept."""
    return _Read(parse(text, max_tokens=MOST_TOKENS))


class Documents(SchemaExtension):
    """Gives the document of a text and its errors, by our limits and the rules of the language.

    The caches of strawberry hash the whole tree at every request to find it again.
    """

    _found: _Read | None = None

    def on_parse(self) -> Iterator[None]:
        """Find the document, or parse it."""
        text = self.execution_context.query
        if text is not None:
            self._found = _read(text)
            self.execution_context.graphql_document = self._found.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Find what is wrong with it, or look."""
        context, found = self.execution_context, self._found
        if found is not None:
            schema: GraphQLSchema = context.schema._schema  # noqa: SLF001 - strawberry has no other name for it
            errors = found.errors.get(schema)
            if errors is None:
                rules = context.validation_rules + RULES
                errors = found.errors[schema] = validate_document(schema, found.document, rules)
            context.pre_execution_errors = list(errors)
        yield
