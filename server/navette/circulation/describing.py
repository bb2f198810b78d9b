"""The rules in words: the table of states and every numbered rule, as one Markdown text.

`docs/circulation.md` is this text (`make docs`); a test fails when it is stale. The numbers are
those that docstrings all over circulation/ and its tests refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from navette.circulation.states import (
    ACTIVE,
    BOUND,
    TRANSITIONS,
    EndReason,
    HoldState,
    Trigger,
)

_S, _T = HoldState, Trigger
PREFACE = (
    "Written by `make docs` from the table of states and the docstrings of the tests; do not"
    " edit. A test fails when it is stale."
)
STATES: Mapping[HoldState, str] = {
    _S.WAITING: "in the queue; no copy is bound to it",
    _S.TARGETED: "a copy is asked for: it is on the pull list where that copy stands",
    _S.IN_TRANSIT: "its copy is in a crate or on the van",
    _S.PROCESSING: "its copy came back through a machine; no person has verified it yet",
    _S.READY: "its copy stands on the hold shelf of the pickup library",
    _S.FULFILLED: "lent",
    _S.CANCELLED: "ended by somebody or by a rule",
    _S.EXPIRED: "not collected in time",
}
TRIGGERS: Mapping[Trigger, tuple[str, str]] = {
    _T.PLACE: ("T1", "a hold is placed, and targeted in the same transaction"),
    _T.TARGET: ("T2", "targeting picks a copy that stands free on a shelf"),
    _T.UNTARGET: ("T3", "that copy is not found, timed out, borrowed, or better used"),
    _T.BOX: ("T4", "its copy is scanned at another library than the pickup"),
    _T.SHELVE: ("T5 T6 T7", "its copy is scanned at the pickup library by a person"),
    _T.RECEIVE: ("T5 T6", "its copy is scanned at the pickup library by a machine"),
    _T.LOSE: ("T8", "its captured copy is missing or damaged"),
    _T.RELEASE: ("T8b", "its copy arrives, but it is no longer eligible"),
    _T.MISROUTE: ("T8c", "its captured copy is scanned at another library"),
    _T.FULFIL: ("T9 T9b", "the patron is lent the copy, or another that it would accept"),
    _T.EXPIRE: ("T10", "the deadline has passed"),
    _T.PASS_TURN: ("T11", "the patron passes their turn"),
    _T.SUSPEND: ("T12", "a pause begins"),
    _T.RESUME: ("T12", "a pause ends"),
    _T.UNFILLED: ("T13", "its last day has passed unfilled"),
    _T.CANCEL: ("T14", "cancelled; the copy stays where it is until scanned"),
    _T.CHANGE_PICKUP: ("T15", "the pickup library is changed"),
    _T.KEEP_HERE: ("T15", "the new pickup library is where the copy is boxed"),
    _T.CHANGE_BACK: ("T15", "the pickup is changed back before the copy left the hold shelf"),
    _T.CHANGE_BACK_UNVERIFIED: ("T15", "the same, before anybody verified the copy"),
    _T.OVERRIDE: ("T16", "staff take its copy away, with a reason"),
    _T.RESTORE: ("T17", "brought back to the queue"),
    _T.RESTORE_READY: ("T17", "brought back while its copy still lies on that hold shelf"),
    _T.UNDO: ("T18", "the scan that moved it is undone: back to the state before"),
}
ENDS: Mapping[EndReason, str] = {
    EndReason.BY_PATRON: "by the patron or a guardian",
    EndReason.BY_STAFF: "by a desk",
    EndReason.UNFILLED_EXPIRED: "its last day passed",
    EndReason.NO_COPY_LEFT: "thirty days without any copy that can ever fill it",
    EndReason.PATRON_CLOSED: "the person left",
    EndReason.RECORD_DELETED: "the publication was taken out",
    EndReason.DUPLICATE: "two descriptions became one, and the person waited for both",
}
INVARIANTS: Mapping[str, str] = {
    "I1": "one hold at most is bound to an item (unique index)",
    "I2": "one open transit at most an item (unique index)",
    "I3": "one active hold a person, target and volume (unique index)",
    "I4": "READY, IN_TRANSIT, PROCESSING and TARGETED each imply where their item is",
    "I5": "an item moves by a scan or an audited correction only; a hold never moves a book",
    "I6": "every transition is one transaction, by compare-and-swap, with its line of history",
    "I7": "a notice is checked again before it is sent",
}
CASES: Mapping[str, str] = {
    "E1": "lost on the way: listed after more than two vans, missing after more than four",
    "E2": "cancelled on the way: the journey goes on for nobody",
    "E3": "not collected: expired, to be taken off the shelf; a scan routes it",
    "E4": "closures: no deadline on a closed day, no copy asked of a closed library",
    "E5": "a copy stands on the shelf of the pickup library",
    "E6": "returned anywhere",
    "E7": "races, repeated requests, and what may not be lent",
    "E8": "children: placed by the guardian, on the child's card",
    "E9": "a paused hold keeps climbing, and never takes back a captured copy",
    "E10": "volumes and issues: one has to be chosen; the latest issue is not reservable",
    "E11": "not reservable, or on site only",
    "E12": "pickup changed before arrival",
    "E13": "pickup changed once it stands ready, and changed back",
    "E14": "scanned at the wrong library: forwarded and counted",
    "E15": "received too early to be true: confirm",
    "E16": "blocked or expired between request and arrival: passed over, rank kept",
    "E17": "lent another copy than the one that was coming",
    "E18": "arrives damaged",
    "E19": "two descriptions become one: holds follow",
    "E20": "renewal while others wait",
    "E21": "returned through a machine at night",
    "E22": "a library run by another system decides for its own items",
    "E23": "a person leaves",
    "E24": "deadlines at both clock changes",
    "E25": "a desk without network: scans replayed with their own id and time",
}
# What is not there yet, or not in full; said in the document, and taken out when it is built.
NOT_BUILT: Mapping[str, str] = {
    "E22": "states are mirrored by a call of the port; no connector to a given system is written",
}


def described(proofs: Mapping[str, Sequence[str]]) -> str:
    """Return the whole document; `proofs` maps a number to the tests that name it."""
    parts = [
        "# Circulation, as it is built",
        PREFACE,
        "\n".join(_states()),
        "\n".join(_events()),
        "\n".join(_ends()),
        "\n".join(_rules("Transitions", _transitions(), proofs)),
        "\n".join(_rules("Invariants", INVARIANTS, proofs)),
        "\n".join(_rules("Edge cases", CASES, proofs)),
        "\n".join(_not_built()),
    ]
    return "\n\n".join(parts) + "\n"


def numbers() -> list[str]:
    """Return every number of a rule, in order."""
    return [*_transitions(), *INVARIANTS, *CASES]


def unbuilt() -> frozenset[str]:
    """Return the numbers of which nothing is built."""
    return frozenset()


def _transitions() -> dict[str, str]:
    said: dict[str, str] = {}
    for names, sentence in TRIGGERS.values():
        for name in names.split():
            said[name] = f"{said[name]}; {sentence}" if name in said else sentence
    return dict(sorted(said.items(), key=lambda pair: _order(pair[0])))


def _order(name: str) -> tuple[int, str]:
    digits = "".join(c for c in name if c.isdigit())
    return int(digits), name


def _states() -> Iterator[str]:
    yield "## States\n"
    yield "| state | what it means | active | a copy is bound |"
    yield "|---|---|---|---|"
    for state, meaning in STATES.items():
        active, bound = ("yes" if state in among else "" for among in (ACTIVE, BOUND))
        yield f"| {state} | {meaning} | {active} | {bound} |"


def _events() -> Iterator[str]:
    yield "## From one state to the next\n"
    yield "Whatever is not in this table is refused by name. A new hold is WAITING (`place`, T1).\n"
    yield "| from | event | to | rule |"
    yield "|---|---|---|---|"
    for state, events in TRANSITIONS.items():
        for trigger, after in events.items():
            yield f"| {state} | `{trigger}` | {after} | {', '.join(_names(trigger, state))} |"


def _names(trigger: Trigger, state: HoldState) -> Sequence[str]:
    """Return the numbers of an event from one state; arrivals have one number a state."""
    names = TRIGGERS[trigger][0].split()
    if trigger in {_T.SHELVE, _T.RECEIVE}:
        return [{_S.IN_TRANSIT: "T6", _S.PROCESSING: "T7"}.get(state, "T5")]
    if trigger is _T.FULFIL:
        return ["T9", "T9b"] if state is _S.READY else ["T9b"]
    return names


def _ends() -> Iterator[str]:
    yield "## Why a hold was cancelled\n"
    for reason, sentence in ENDS.items():
        yield f"- `{reason}`: {sentence}"


def _rules(
    title: str, rules: Mapping[str, str], proofs: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    yield f"## {title}, and the tests that name them\n"
    for name, sentence in rules.items():
        tests = proofs.get(name, ())
        yield f"- **{name}** {sentence}" + ("" if tests else " (no test names it)")
        yield from (f"  - {test}" for test in tests)


def _not_built() -> Iterator[str]:
    yield "## Not built yet\n"
    for name, sentence in NOT_BUILT.items():
        yield f"- **{name}**: {sentence}"
