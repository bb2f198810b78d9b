"""The endpoint: GraphQL over HTTP at /graphql. The envelope is async, the work is in a thread."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from navette.errors import Refusal, Unavailable
from navette.wording import sentence_of
from navette_auth.house import House
from navette_auth.sessions import Visitor, who
from navette_auth.tokens import MARK, visitor_of_token
from navette_graphql.console import console_page, console_script
from navette_graphql.context import Context
from navette_graphql.requesting import RESPONSE, Operation, Unreadable, media_type, operation_of
from navette_graphql.schema import the_schema

log = logging.getLogger(__name__)
OUR_FAULT = "Un souci de notre côté. Rien n’est perdu. Réessayez dans un instant."
READS = {OperationType.QUERY}
READS_AND_WRITES = {OperationType.QUERY, OperationType.MUTATION}
PRIVATE = {"cache-control": "no-store", "vary": "accept, authorization, cookie"}


def graphql_routes(house: House) -> list[Route]:
    """Return the routes: the endpoint, and in development a console to try it."""
    routes = [Route("/graphql", graphql, methods=["GET", "POST"], name="graphql")]
    if not house.settings.production:
        routes.append(Route("/graphql/console.js", console_script, methods=["GET"]))
    return routes


async def graphql(request: Request) -> Response:
    """Answer one GraphQL request."""
    house: House = request.app.state.house
    if _wants_console(request, house):
        return console_page()
    kind = media_type(request)
    try:
        operation = await operation_of(request)
    except Unreadable as error:
        return _answer({"errors": [{"message": error.reason}]}, error.status, kind)
    return await run_in_threadpool(_run, request, house, operation, kind)


def _wants_console(request: Request, house: House) -> bool:
    asked = request.method == "GET" and "query" not in request.query_params
    html = "text/html" in request.headers.get("accept", "")
    return asked and html and not house.settings.production


def _run(request: Request, house: House, operation: Operation, kind: str) -> Response:
    try:
        visitor = _visitor(request, house)
    except Unavailable:
        told = {"message": "the issuer of this token does not answer"}
        return _answer({"errors": [told]}, 503, kind, {"retry-after": "30"})
    if visitor is None:
        return _answer(
            {"errors": [{"message": "unknown or expired token"}]},
            401,
            kind,
            {"www-authenticate": "Bearer"},
        )
    return _executed(request, Context(house, visitor), operation, kind)


def _executed(request: Request, context: Context, operation: Operation, kind: str) -> Response:
    try:
        result = the_schema().execute_sync(
            operation.query,
            variable_values=dict(operation.variables or {}),
            context_value=context,
            operation_name=operation.name,
            allowed_operation_types=READS if request.method == "GET" else READS_AND_WRITES,
        )
    except InvalidOperationTypeError:
        message = "mutations are sent by POST"
        return _answer({"errors": [{"message": message}]}, 405, kind, {"allow": "POST"})
    except CannotGetOperationTypeError:
        result = None
    if result is None:
        return _refused([{"message": "no such operation in the document"}], kind)
    errors = [_formatted(error) for error in result.errors or ()]
    if errors and result.data is None and not any("path" in error for error in errors):
        return _refused(errors, kind)
    return _answer(
        {"data": result.data, "errors": errors} if errors else {"data": result.data}, 200, kind
    )


def _visitor(request: Request, house: House) -> Visitor | None:
    """Return who asks: by token, by cookie, or nobody; None for a token that is no good.

    A token is one of ours, or an access token that the metropolitan sign-in made for our API.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = token.strip()
        if token.startswith(MARK):
            return visitor_of_token(house.unit, house.clock, token)
        return house.sign_in.whose_access(token)
    return who(request)


def _refused(errors: list[dict[str, Any]], kind: str) -> Response:
    """Refuse a document that cannot be parsed, validated or coerced: no `data`."""
    return _answer({"errors": errors}, 400 if kind == RESPONSE else 200, kind)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    made: dict[str, Any] = dict(error.formatted)
    original = error.original_error
    if isinstance(original, Refusal):
        made["message"] = sentence_of(original)
        made["extensions"] = {"code": original.code}
    elif original is not None and not isinstance(original, GraphQLError):
        log.error("a resolver failed", exc_info=original)
        made["message"] = OUR_FAULT
        made["extensions"] = {"code": "INTERNAL"}
    return made


def _answer(
    body: dict[str, Any], status: int, kind: str, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body, default=str),
        status_code=status,
        media_type=f"{kind}; charset=utf-8",
        headers={**PRIVATE, **(headers or {})},
    )
