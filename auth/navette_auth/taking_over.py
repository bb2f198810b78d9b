"""Taking a desk over: a colleague's badge in the one field, and the desk is theirs.

The browser must carry a session of the team, open or locked, that began with a whole sign-in; the
new session ends when that one would have ended, so that badges never prolong a day. A badge is no
proof of who holds it: what asks for one (a passkey, a key for a program) asks for the password.
"""

from __future__ import annotations

from datetime import timedelta

from navette.errors import Forbidden, NotSignedIn, SignInRefused
from navette_auth.badges import badge_holder
from navette_auth.flows import SignIn
from navette_auth.opening import Caller
from navette_auth.second_factors import must_have_one
from navette_auth.sessions import (
    FACTOR,
    LOCK,
    Holder,
    Visitor,
    kept_of,
    set_waiting,
)
from navette_auth.staff import StaffMember
from navette_auth.throttle import attempt, forgive, subjects_of, turn

NEVER_PROVEN = timedelta(days=1)


def take_over(
    ways: SignIn, caller: Caller, visitor: Visitor, badge: str
) -> tuple[str, StaffMember]:
    """Open the desk for the holder of a badge; SignInRefused, TooManyAttempts, NotSignedIn."""
    here = visitor.staff or visitor.waiting
    if here is None or visitor.session_id is None or visitor.waits_for == FACTOR:
        raise NotSignedIn
    subjects = subjects_of("badge", str(visitor.session_id), caller.client)
    now = ways.clock.now()
    with turn(subjects):
        attempt(ways.unit, subjects, now)
        with ways.unit.read() as reader:
            holder, kept = badge_holder(reader, badge), kept_of(reader, visitor.session_id)
        if kept is None:
            raise NotSignedIn
        if holder is None or holder.library != here.library:
            raise SignInRefused("badge")
        if must_have_one(ways.settings, holder.role):
            raise SignInRefused("badge_role")
        session = ways.unit.write(
            lambda tx: ways.open_in(
                tx, caller, Holder(staff_id=holder.id), until=kept.expires_at,
                proven_at=kept.created_at - NEVER_PROVEN,
            )
        )  # fmt: skip
        ways.unit.write(lambda tx: forgive(tx, subjects))
    return session, holder


def lock(ways: SignIn, visitor: Visitor) -> None:
    """Lock a desk at once; NotSignedIn when nobody of the team is there, Forbidden before a factor."""
    if visitor.session_id is None or (visitor.staff is None and visitor.waiting is None):
        raise NotSignedIn
    if visitor.waits_for == FACTOR:
        raise Forbidden
    session = visitor.session_id
    ways.unit.write(lambda tx: set_waiting(tx, session, LOCK))
