"""Roles of the team: one table from role to rights; nothing else compares role names.

A volunteer serves a desk and knows people by first name and initial; an agent knows the readers;
a head also looks after the team of one library; the coordinator looks after the network; a driver
has the van and no desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Right(StrEnum):
    """What a role may do."""

    DESK = "desk"  # scan, lend, pull list, shelf, crates
    READERS = "readers"  # whole names, addresses, holds and loans; act for somebody
    OVERRIDE = "override"  # lend in spite of a rule, with a reason
    TEAM = "team"  # the team of one's own library
    NETWORK = "network"  # rules, calendars, every team, the journal
    VAN = "van"  # load crates and put them down


_AT_A_DESK = frozenset({Right.DESK, Right.VAN})
_AGENT = _AT_A_DESK | {Right.READERS, Right.OVERRIDE}
RIGHTS: Mapping[str, frozenset[Right]] = {
    "volunteer": _AT_A_DESK,
    "agent": _AGENT,
    "head": _AGENT | {Right.TEAM},
    "coordinator": _AGENT | {Right.TEAM, Right.NETWORK},
    "driver": frozenset({Right.VAN}),
}
ROLES: Sequence[str] = tuple(RIGHTS)


def may(role: str, right: Right) -> bool:
    """Return whether a role has a right; a role that is not in the table has none."""
    return right in RIGHTS.get(role, frozenset())


def may_appoint(role: str, other: str) -> bool:
    """Return whether somebody may give, change or take back another's role.

    A head looks after volunteers and agents; only the coordinator after heads, coordinators and
    who drives.
    """
    if may(role, Right.NETWORK):
        return other in RIGHTS
    return may(role, Right.TEAM) and other in {"volunteer", "agent"}


def may_stand_in(role: str, *, elsewhere: bool) -> bool:
    """Return whether somebody may work at a desk that is not their library's.

    A volunteer never; an agent where the network lets the teams help each other out.
    """
    if not role or may(role, Right.NETWORK) or not may(role, Right.DESK):
        return True  # the system, the coordinator, who drives past every stop
    return elsewhere and may(role, Right.READERS)
