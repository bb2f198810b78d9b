"""The schema: query and mutation roots, limits and caches. Its SDL is committed."""

from __future__ import annotations

from functools import lru_cache

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from navette_graphql.documents import Documents
from navette_graphql.executing import PlainExecutor
from navette_graphql.mutations.root import Mutation
from navette_graphql.queries import Query

__all__ = ["sdl", "the_schema"]


class QuietSchema(strawberry.Schema):
    """A schema that logs nothing itself: a query may hold card numbers and codes.

    What is our own fault is logged by the endpoint, without the document.
    """

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Leave the errors to the endpoint."""


@lru_cache(maxsize=1)
def the_schema() -> strawberry.Schema:
    """Return the schema, built once."""
    return QuietSchema(
        query=Query,
        mutation=Mutation,
        extensions=[Documents],
        execution_context_class=PlainExecutor,
        config=StrawberryConfig(auto_camel_case=True),
    )


def sdl() -> str:
    """Return the schema in its own language, as it is committed."""
    return the_schema().as_str() + "\n"
