"""Why something comes later than it was said: one cause, kept in the history, one sentence. Pure.

The sentence is made when it is read, in the reader's language. Codes are those of the history
(reasons of events), and those written when a promise was made anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from navette.circulation.french import a, day, the
from navette.languages import N_, _

LATER = "later"  # the trigger of the line of history that a later promise leaves
ROUND_CANCELLED, STOP_CLOSED, CLOSURE = "round_cancelled", "stop_closed", "closure"
LATE, QUEUE, SHELF, VAN = "late", "queue", "shelf", "van"
SENTENCES = {
    "introuvable": N_("{the} restait introuvable{at}."),
    "timed_out": N_("{the} n’était pas à sa place{at}\u00a0: nous en cherchons ailleurs."),
    "set_aside": N_("{the} nous revient en mauvais état{at}."),
    "not_eligible": N_("{the} a continué sa route."),
    "older_hold": N_("Quelqu’un attendait depuis plus longtemps."),
    "on_loan": N_("Quelqu’un l’avait en main, en rayon{at}."),
    "override": N_("{the} est entre d’autres mains."),
    "detour": N_("{the} a fait un détour{at}."),
    LATE: N_("{a} n’est pas encore de retour{at}."),
    ROUND_CANCELLED: N_("La navette de {day} ne roule pas."),
    STOP_CLOSED: N_("La navette de {day} ne s’arrête pas{at}."),
    CLOSURE: N_("Fermeture de quelques jours{at}."),
    VAN: N_("La navette suivante le prend{at}."),
    SHELF: N_("Le passage en rayon a pris du retard{at}."),
    QUEUE: N_("Les retours prennent plus de temps que prévu."),
}
# What the history calls the same thing.
SAME = {
    "damaged": "set_aside", "lost": "introuvable", "missing": "introuvable",
    "claimed": "introuvable",
}  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """One cause: its code, and where and when, as far as it has a place and a day."""

    code: str
    library_id: int | None = None
    day: date | None = None

    @property
    def note(self) -> str:
        """Return the day as the history keeps it."""
        return self.day.isoformat() if self.day else ""

    def as_payload(self, place: str, kind: str) -> dict[str, Any]:
        """Return what a notice needs to say it later, in the reader's language."""
        return {"code": self.code, "place": place, "day": self.note, "type": kind}


def said(code: str, kind: str, place: str = "", on: date | None = None) -> str:
    """Return the sentence of a cause, '' for one that has none; `kind` is the type of the item."""
    known = SENTENCES.get(SAME.get(code, code))
    if known is None or ("{day}" in known and on is None):
        return ""
    at = _(" à {place}").format(place=place) if place else ""
    return _(known).format(the=the(kind), a=a(kind), at=at, day=day(on) if on else "")


def said_of(payload: Any) -> str:
    """Return the sentence of a cause as a notice carries it, '' when it carries none."""
    if not isinstance(payload, dict) or "code" not in payload:
        return ""
    on = date.fromisoformat(payload["day"]) if payload.get("day") else None
    return said(
        str(payload["code"]), str(payload.get("type", "")), str(payload.get("place", "")), on
    )


def first_said(causes: Iterable[tuple[str, str, str, date | None]]) -> str:
    """Return the first sentence that these causes have, '' for none."""
    return next((text for cause in causes if (text := said(*cause))), "")
