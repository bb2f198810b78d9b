"""Carrying over: a session goes on in the app installed beside the browser, by a short code.

On an iPhone the installed app has a cookie jar of its own and starts signed out. Six letters and
figures, ten minutes, once; whoever's card it is hears of the new device. Guessing is slowed from
each place, and for the whole world together by the code's own mark, in sixteen lanes: a handful of
addresses that knock without end must not keep everybody's app outside.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from navette.errors import NotSignedIn, SignInRefused
from navette.storage.outbox import put
from navette.storage.unit import Tx
from navette_auth import codes
from navette_auth.flows import SignIn
from navette_auth.opaque import digest
from navette_auth.opening import Caller
from navette_auth.sessions import Holder, Visitor, kept_of
from navette_auth.throttle import EVERYWHERE, HERE, PLACE, Subject, attempt, forgive, place_of

APP = "app"
LENGTH, HALF = 6, 3
LIFE = timedelta(minutes=10)
LANES = 16


@dataclass(frozen=True)
class CarryOver:
    """A code as it is shown: K7M-4PQ, and until when it serves."""

    text: str
    until: datetime


def new_code() -> str:
    """Return 29 random bits as two groups of three."""
    text = "".join(secrets.choice(codes.ALPHABET) for _ in range(LENGTH))
    return f"{text[:HALF]}-{text[HALF:]}"


def _subjects(client: str, mark: str) -> Sequence[Subject]:
    """Return what a guess counts against; the lane is the code's, which the guesser cannot choose."""
    place, lane = place_of(client), int(mark[:8], 16) % LANES
    return (
        Subject(digest(f"{APP}@{place}"), HERE),
        Subject(digest(f"{APP}#{lane}"), EVERYWHERE),
        Subject(digest(f"place:{place}"), PLACE),
    )


@dataclass(frozen=True)
class Carrying:
    """What pages call: make a code where one is signed in, go on with it where one is not."""

    ways: SignIn

    def make(self, visitor: Visitor) -> CarryOver:
        """Make the code of this session; it ends this card's earlier ones. NotSignedIn."""
        session, patron, now = visitor.session_id, visitor.patron_id, self.ways.clock.now()
        if session is None or patron is None:
            raise NotSignedIn
        code = new_code()
        mark = self.ways.vault.mark(f"{APP}:{codes.typed(code)}")

        def work(tx: Tx) -> None:
            codes.end_codes(tx, patron, APP, now)
            codes.keep_code(tx, mark, APP, now, LIFE, patron_id=patron, session_id=session)

        self.ways.unit.write(work)
        return CarryOver(code, now + LIFE)

    def go_on(self, caller: Caller, code: str) -> str:
        """Open the same session here and return its value; SignInRefused, TooManyAttempts.

        The session that made the code must still be open; both end alone, or together when the
        provider says so, and neither lives longer or is fresher than the sign-in it came from.
        The person is told.
        """
        unit, now = self.ways.unit, self.ways.clock.now()
        marks = self.ways.vault.marks(f"{APP}:{codes.typed(code)}")
        subjects = _subjects(caller.client, marks[0])
        attempt(unit, subjects, now)

        def work(tx: Tx) -> str:
            opened = codes.take_code(tx, marks, APP, now)
            kept = kept_of(tx, opened.session_id) if opened and opened.session_id else None
            if opened is None or kept is None or kept.patron_id is None:
                raise SignInRefused("app")
            forgive(tx, subjects)
            put(
                tx, "device_new", f"device_new:{opened.id}", now=now, patron_id=kept.patron_id,
                payload={"device": caller.device},
            )  # fmt: skip
            holder = Holder(
                patron_id=kept.patron_id, identity_id=kept.identity_id, issuer=kept.issuer,
                provider_sid=kept.provider_sid, id_token=kept.id_token,
            )  # fmt: skip
            return self.ways.open_in(
                tx, caller, holder, until=kept.expires_at, proven_at=kept.proven_at
            )

        return unit.write(work)
