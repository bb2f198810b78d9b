"""Sign-ins under way at a provider: bound to one browser, used once, ten minutes long."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Tx
from navette_auth.opaque import digest, plausible
from navette_auth.providers import Departure
from navette_auth.tables import SignInFlow

LIFE = timedelta(minutes=10)


class Flow(NamedTuple):
    """What was remembered when the browser left for the provider."""

    browser_hash: str
    nonce: str
    verifier: str
    next: str
    created_at: datetime


_f = table(SignInFlow).c
_FLOW = Query(
    select(_f.browser_hash, _f.nonce, _f.verifier, _f.next, _f.created_at).where(
        _f.state_hash == bindparam("state")
    ),
    Flow,
)
_USED = command(delete(table(SignInFlow)).where(_f.state_hash == bindparam("state")))
_SWEEP = command(delete(table(SignInFlow)).where(_f.created_at < bindparam("before")))


def remember(tx: Tx, departure: Departure, browser: str, next_path: str, now: datetime) -> None:
    """Keep what the answer will be checked against; flows nobody came back from are dropped."""
    tx.run(_SWEEP, before=now - LIFE)
    tx.insert(
        SignInFlow, state_hash=digest(departure.state), browser_hash=digest(browser),
        nonce=departure.nonce, verifier=departure.verifier, next=next_path, created_at=now,
    )  # fmt: skip


def take(tx: Tx, state: str | None, browser: str | None, now: datetime) -> Flow | None:
    """Return the flow of this state and use it up; None for another browser, twice, or too late.

    Another browser does not use it up: whoever saw the address cannot spoil the sign-in.
    """
    if state is None or browser is None or not (plausible(state) and plausible(browser)):
        return None
    flow = tx.first(_FLOW, state=digest(state))
    if flow is None or not compare_digest(flow.browser_hash, digest(browser)):
        return None
    # the row count decides between two answers that come at once
    if tx.run(_USED, state=digest(state)) != 1 or now - flow.created_at > LIFE:
        return None
    return flow
