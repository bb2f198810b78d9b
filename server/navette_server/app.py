"""The only composition root: settings in, the web application out."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware

from navette.catalogue.jackets import Jackets, WebProvider
from navette.catalogue.search.index import SearchIndex
from navette.clock import Clock
from navette.ils.port import Circulation
from navette.notifications.hosts import PushHosts
from navette.notifications.subscriptions import Subscriptions
from navette.outbound import Outbound
from navette.settings import Settings
from navette.storage.database import open_unit
from navette.storage.unit import Unit
from navette_auth.configured import configured_provider
from navette_auth.flows import SignIn
from navette_auth.house import House
from navette_auth.oidc import allowed_by
from navette_auth.origin import OriginMiddleware
from navette_graphql.endpoint import graphql_routes
from navette_server.engines import circulation_of
from navette_server.environment import clock_of, settings_here
from navette_server.headers import SecurityHeaders
from navette_server.hosts import KnownHosts
from navette_server.looking_ahead import look_ahead
from navette_server.machine import machine_routes
from navette_server.metering import Counters
from navette_server.pacing import Pacing
from navette_server.packing import Packing
from navette_server.privacy import privacy
from navette_server.requestlog import RequestLog, configure
from navette_web.errors import exception_handlers
from navette_web.routes import routes
from navette_web.speaking import Speaking

THREADS = 16
LARGEST_BODY = 1_048_576


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    unit: Unit | None = None,
    circulation: Circulation | None = None,
    search: SearchIndex | None = None,
    outbound: Outbound | None = None,
) -> Starlette:
    """Put the application together; what is given is used, the rest is made from the settings."""
    closing: list[Callable[[], None]] = []
    if unit is None:
        unit = open_unit(settings.database, durable=settings.durable)
        closing.append(unit.close)
    if outbound is None:
        outbound = Outbound(allowed=allowed_by(settings))
        closing.append(outbound.close)
    clock = clock or clock_of(settings)
    house = House(
        settings=settings,
        clock=clock,
        unit=unit,
        circulation=circulation or circulation_of(settings, unit, clock),
        subscriptions=Subscriptions(unit, clock, PushHosts.of(settings.push_hosts)),
        search=search or SearchIndex(settings.data / "index", unit),
        sign_in=SignIn(settings, unit, clock, configured_provider(settings, outbound)),
        privacy=privacy(),
    )
    if settings.covers_url:
        provider = WebProvider(settings.covers_url, outbound)
        house.extras["jackets"] = Jackets(settings.data / "covers", provider)
    return _application(house, closing)


def from_environment() -> Starlette:
    """Return the application of this process's environment (uvicorn's factory)."""
    settings = settings_here()
    configure(settings.log_format)
    return create_app(settings)


def _application(house: House, closing: list[Callable[[], None]]) -> Starlette:
    settings, counters = house.settings, Counters()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        ended = threading.Event()
        closing.insert(0, ended.set)
        look_ahead(house.sign_in.provider, ended)
        yield
        for close in closing:
            close()

    app = Starlette(
        routes=[*machine_routes(counters), *graphql_routes(house), *routes()],
        middleware=[
            Middleware(RequestLog, counters=counters),
            Middleware(KnownHosts, settings=settings),
            Middleware(OriginMiddleware, settings=settings),
            Middleware(Speaking, settings=settings),
            Middleware(Pacing),
            Middleware(Packing),
        ],
        exception_handlers=exception_handlers(),
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
    )
    app.state.house = house
    # outermost, so that the page of a failure carries the headers too
    provider = house.sign_in.provider
    app.middleware_stack = SecurityHeaders(
        app.build_middleware_stack(), settings, provider.origins if provider else tuple
    )
    return app
