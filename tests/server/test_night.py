"""The night sweeps what identity no longer needs, whoever starts it."""

from __future__ import annotations

from sqlalchemy import func, select

from factories import a_patron
from fakes import FrozenClock
from navette.ils.embedded import EmbeddedCirculation
from navette.network.network import Network
from navette.storage.base import table
from navette.storage.statements import Query, scalar
from navette.storage.unit import Unit
from navette_auth.sessions import OWN_PHONE, Holder, open_session
from navette_auth.tables import AuthSession
from navette_server.timed import TimedJobs

SESSIONS: Query[int] = Query(select(func.count(table(AuthSession).c.id)), scalar)


def test_the_night_removes_sessions_that_ended_long_ago(
    unit: Unit, clock: FrozenClock, network: Network
) -> None:
    patron = a_patron(unit)
    unit.write(lambda tx: open_session(tx, clock.now(), Holder(patron_id=patron), OWN_PHONE))
    jobs = TimedJobs(unit, clock, EmbeddedCirculation(unit, clock))
    jobs.night()
    assert _sessions(unit) == 1
    clock.advance(days=431)
    jobs.night()
    assert _sessions(unit) == 0


def _sessions(unit: Unit) -> int:
    with unit.read() as reader:
        return reader.one(SESSIONS)
