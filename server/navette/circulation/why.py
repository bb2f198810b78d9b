"""Why not me yet: one honest sentence from where a hold stands and what happened to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from navette.circulation.facts import HoldRow
from navette.circulation.french import NBSP, a, day, hour, people, the
from navette.circulation.states import HoldState, ItemStatus
from navette.clock import local_date

PASSED_OVER = {
    "blocked": "Votre place est gardée. Passez à l’accueil, nous regardons cela ensemble.",
    "expired": "Votre place est gardée. Elle avancera dès votre inscription renouvelée.",
    "late": "Votre place est gardée. Elle avancera dès le retour de vos documents.",
    "rhythm": "Votre place est gardée. Elle avancera quand une autre sera retirée.",
    "chain": "Le volume précédent vient d’abord. Votre place est gardée.",
}
CANCELLED = {
    "by_patron": "Annulée à votre demande.",
    "by_staff": "Annulée par la bibliothèque.",
    "unfilled_expired": "Nous n’avons pas pu vous la procurer à temps.",
    "no_copy_left": "Nous ne le trouvons plus dans nos bibliothèques.",
}


@dataclass(frozen=True)
class Circumstances:
    """What the sentence speaks of. `source` is where the copy is, `pickup` where it goes."""

    type: str
    pickup: str
    source: str = ""
    item_status: str = ""
    ahead: int = 0
    passed_over: str = ""
    next_due: date | None = None
    next_due_at: str = ""
    copies: int = 0
    on_van_since: datetime | None = None
    last_trigger: str = ""
    last_place: str = ""


def why(hold: HoldRow, at: Circumstances, now: datetime) -> str:
    """Return why the hold is not in its patron's hands yet, or what became of it."""
    today = local_date(now)
    match HoldState(hold.state):
        case HoldState.WAITING:
            return _waiting(hold, at, today)
        case HoldState.TARGETED:
            return _targeted(at)
        case HoldState.IN_TRANSIT | HoldState.PROCESSING:
            return _on_its_way(hold, at, today)
        case HoldState.READY:
            return _ready(hold, at, today)
        case _:
            return _ended(hold, at, today)


def _targeted(at: Circumstances) -> str:
    if at.item_status == ItemStatus.IN_TRANSIT:
        return f"Il est dans la caisse à {at.source}{NBSP}: nous le sortons pour vous."
    if at.item_status in {ItemStatus.ON_HOLD_SHELF, ItemStatus.PROCESSING}:
        return f"{the(at.type)} part de {at.source} vers {at.pickup} à la prochaine navette."
    return f"{a(at.type)} est en rayon à {at.source}{NBSP}: l’équipe va le chercher."


def _on_its_way(hold: HoldRow, at: Circumstances, today: date) -> str:
    if hold.state == HoldState.PROCESSING:
        return f"Arrivé à {at.pickup}. L’équipe vérifie, puis vous prévient."
    if at.on_van_since is None:
        return f"Prêt à partir de {at.source} vers {at.pickup}, à la prochaine navette."
    left = f"{day(local_date(at.on_van_since), today)} à {hour(at.on_van_since)}"
    return f"En route vers {at.pickup}. Parti de {at.source} {left}."


def _ended(hold: HoldRow, at: Circumstances, today: date) -> str:
    if hold.state == HoldState.FULFILLED:
        return "C’est entre vos mains."
    if hold.state == HoldState.CANCELLED:
        return CANCELLED.get(hold.end_reason or "", "Annulée.")
    return f"Nous l’avons remis à disposition. Il est resté à {at.pickup}{_until(hold, today)}."


def _waiting(hold: HoldRow, at: Circumstances, today: date) -> str:
    if at.passed_over == "suspended":
        until = f" jusqu’au {day(hold.suspended_until, today)}" if hold.suspended_until else ""
        return f"En pause{until}. Votre place est gardée."
    if at.passed_over in PASSED_OVER:
        return PASSED_OVER[at.passed_over]
    return _queued(at, today)


def _queued(at: Circumstances, today: date) -> str:
    if not at.copies:
        return "Nous cherchons une solution avec nos bibliothèques."
    if at.last_trigger == "lose":
        return f"{the(at.type)} restait introuvable{_at(at.last_place)}. Votre place est gardée."
    queue = f"{people(at.ahead)} avant vous." if at.ahead else "C’est bientôt votre tour."
    if at.next_due is None:
        return queue
    if at.next_due < today:
        return f"{queue} {a(at.type)} est en retard{_at(at.next_due_at)}."
    return f"{queue} {a(at.type)} revient{_at(at.next_due_at)} le {day(at.next_due, today)}."


def _ready(hold: HoldRow, at: Circumstances, today: date) -> str:
    place = f"Étagère {hold.shelf_place}, à {at.pickup}." if hold.shelf_place else f"À {at.pickup}."
    kept = ""
    if hold.pickup_deadline is not None:
        last = day(local_date(hold.pickup_deadline), today)
        kept = f" Gardé pour vous jusqu’au {last}, {hour(hold.pickup_deadline)}."
    return f"C’est prêt. {place}{kept}"


def _until(hold: HoldRow, today: date) -> str:
    if hold.pickup_deadline is None:
        return ""
    return f" jusqu’au {day(local_date(hold.pickup_deadline), today)}"


def _at(place: str) -> str:
    return f" à {place}" if place else ""
