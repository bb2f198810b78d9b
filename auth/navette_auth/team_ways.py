"""The ways of the team: login and password, a passkey, showing again who one is."""

from __future__ import annotations

from navette.errors import NotSignedIn, SignInRefused
from navette.storage.unit import Tx
from navette_auth.opening import Caller, Opening
from navette_auth.second_factors import factors_of, must_have_one
from navette_auth.sessions import FACTOR, Holder, Visitor, end_session, kept_of
from navette_auth.staff import Entering, StaffMember, member, sign_in_staff


class TeamWays(Opening):
    """How somebody of the team opens a desk, and opens it anew after a change of privilege."""

    def as_staff(
        self, caller: Caller, login: str, password: str, code: str
    ) -> tuple[str, StaffMember]:
        """Sign a member of staff in; SignInRefused, TooManyAttempts."""
        found = sign_in_staff(
            self.unit, self.clock, self.vault, Entering(login, password, code),
            client=caller.client, device=caller.known,
        )  # fmt: skip
        return self._open(caller, self.of_the_team(found)), found

    def prove_member_again(self, caller: Caller, visitor: Visitor, password: str, code: str) -> str:
        """Open this desk anew for the member who shows password and code; SignInRefused."""
        who = visitor.staff
        if who is None:
            raise NotSignedIn
        sign_in_staff(
            self.unit, self.clock, self.vault, Entering(who.login, password, code),
            client=caller.client, device=caller.known,
        )  # fmt: skip
        return self.reopen_for_team(caller, visitor, who, proven=True)

    def with_team_passkey(self, caller: Caller, staff_id: int) -> tuple[str, StaffMember]:
        """Open a desk for who showed a passkey: it is both factors at once; SignInRefused."""
        with self.unit.read() as reader:
            found = member(reader, staff_id)
        if found is None:
            raise SignInRefused("passkey")
        return self._open(caller, Holder(staff_id=found.id)), found

    def of_the_team(self, who: StaffMember) -> Holder:
        """Return the holder of the session that a right password (and code) opens.

        Without a second factor that the role needs, it waits until one is set up. Whose second
        factor is a passkey alone comes in by it: a password is one factor. SignInRefused.
        """
        if not must_have_one(self.settings, who.role):
            return Holder(staff_id=who.id)
        with self.unit.read() as reader:
            factors = factors_of(reader, who.id)
        if factors.keys and not factors.totp:
            raise SignInRefused("key_only")
        return Holder(staff_id=who.id, waits_for="" if factors.totp else FACTOR)

    def reopen_for_team(
        self, caller: Caller, visitor: Visitor, who: StaffMember, *, proven: bool = False
    ) -> str:
        """Open a member's session anew after a change of privilege; it ends when it would have."""
        session = visitor.session_id

        def work(tx: Tx) -> str:
            kept = kept_of(tx, session) if session is not None else None
            if kept is None:
                raise NotSignedIn
            end_session(tx, kept.id, self.clock.now())
            return self.open_in(
                tx, caller, Holder(staff_id=who.id), until=kept.expires_at,
                proven_at=None if proven else kept.proven_at,
            )  # fmt: skip

        return self.unit.write(work)
