"""Reading a GraphQL request from HTTP, as the GraphQL-over-HTTP specification says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from navette_graphql.limits import LONGEST_BODY, LONGEST_QUERY

JSON = "application/json"
RESPONSE = "application/graphql-response+json"


@dataclass(frozen=True)
class Operation:
    """What to run."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None


@dataclass
class Unreadable(Exception):
    """The request is no GraphQL request; `status` says in which way."""

    status: int
    reason: str


def media_type(request: Request) -> str:
    """Return the type to answer in: the newer one when it is asked for by name."""
    accept = request.headers.get("accept", "")
    return RESPONSE if RESPONSE in accept.lower() else JSON


async def operation_of(request: Request) -> Operation:
    """Return the operation of a GET or POST; raises Unreadable."""
    if request.method == "GET":
        return _checked(_from_query(request))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in {JSON, RESPONSE}:
        raise Unreadable(415, f"send {JSON}")
    return _checked(_parsed(await _body(request), "body"))


async def _body(request: Request) -> bytes:
    size, parts = 0, []
    async for part in request.stream():
        size += len(part)
        if size > LONGEST_BODY:
            raise Unreadable(413, f"a request holds at most {LONGEST_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


def _from_query(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _parsed(given[name].encode(), name)
    return given


def _parsed(data: bytes, what: str) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(400, f"the {what} is no JSON: {error}") from error


def _checked(given: Any) -> Operation:
    if isinstance(given, list):
        raise Unreadable(400, "one operation a request")
    if not isinstance(given, dict):
        raise Unreadable(400, "the body must be a JSON object")
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Unreadable(400, "query must be a string")
    if len(query) > LONGEST_QUERY:
        raise Unreadable(400, f"a query holds at most {LONGEST_QUERY} characters")
    if variables is not None and not isinstance(variables, dict):
        raise Unreadable(400, "variables must be an object")
    if name is not None and not isinstance(name, str):
        raise Unreadable(400, "operationName must be a string")
    if not isinstance(given.get("extensions"), dict | None):
        raise Unreadable(400, "extensions must be an object")
    return Operation(query, variables, name or None)
