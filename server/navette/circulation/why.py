"""Why not me yet: one honest sentence from where a hold stands and what happened to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from navette.circulation.causes import LATER, said
from navette.circulation.facts import HoldRow
from navette.circulation.french import a, day, hour, people, the
from navette.circulation.states import HoldState, ItemStatus, Trigger
from navette.clock import local_date
from navette.languages import N_, _

PASSED_OVER = {
    "blocked": N_("Votre place est gardée. Passez à l’accueil, nous regardons cela ensemble."),
    "expired": N_("Votre place est gardée. Elle avancera dès votre inscription renouvelée."),
    "paused": N_("Votre place est gardée. Elle avancera à la reprise de vos emprunts."),
    "late": N_("Votre place est gardée. Elle avancera dès le retour de vos documents."),
    "rhythm": N_("Votre place est gardée. Elle avancera quand une autre sera retirée."),
    "chain": N_("Le volume précédent vient d’abord. Votre place est gardée."),
}
# Lines of the history that say why it takes longer.
TOLD = frozenset({Trigger.UNTARGET, Trigger.LOSE, Trigger.RELEASE, LATER})
CANCELLED = {
    "by_patron": N_("Annulée à votre demande."),
    "by_staff": N_("Annulée par la bibliothèque."),
    "unfilled_expired": N_("Nous n’avons pas pu vous la procurer à temps."),
    "no_copy_left": N_("Nous ne le trouvons plus dans nos bibliothèques."),
    "patron_closed": N_("Terminée avec l’inscription."),
    "record_deleted": N_("Ce document a quitté nos collections."),
    "duplicate": N_("Réunie avec une autre de vos réservations."),
}


@dataclass(frozen=True)
class Circumstances:
    """What the sentence speaks of. `source` is where the copy is, `pickup` where it goes.

    `next_due`: when the copy that would be theirs is due (`is_mine`), or the first one of all;
    `last_...`: the newest line of the history.
    """

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
    is_mine: bool = False
    last_trigger: str = ""
    last_place: str = ""
    last_reason: str = ""
    last_day: date | None = None


def why(hold: HoldRow, at: Circumstances, now: datetime) -> str:
    """Return why the hold is not in its patron's hands yet, or what became of it."""
    today = local_date(now)
    match HoldState(hold.state):
        case HoldState.WAITING:
            return _waiting(hold, at, today)
        case HoldState.TARGETED:
            return _after(at, _targeted(at))
        case HoldState.IN_TRANSIT | HoldState.PROCESSING:
            return _after(at, _on_its_way(hold, at, today))
        case HoldState.READY:
            return _ready(hold, at, today)
        case _:
            return _ended(hold, at, today)


def _targeted(at: Circumstances) -> str:
    if at.item_status == ItemStatus.IN_TRANSIT:
        return _("Il est dans la caisse à {source}\u00a0: nous le sortons pour vous.").format(
            source=at.source
        )
    if at.item_status in {ItemStatus.ON_HOLD_SHELF, ItemStatus.PROCESSING}:
        return _("{thing} part de {source} vers {pickup} à la prochaine navette.").format(
            thing=the(at.type), source=at.source, pickup=at.pickup
        )
    return _("{thing} est en rayon à {source}\u00a0: l’équipe s’en occupe.").format(
        thing=a(at.type), source=at.source
    )


def _on_its_way(hold: HoldRow, at: Circumstances, today: date) -> str:
    if hold.state == HoldState.PROCESSING:
        return _("Arrivé à {pickup}. L’équipe vérifie, puis vous prévient.").format(
            pickup=at.pickup
        )
    if at.on_van_since is None:
        return _("Prêt à partir de {source} vers {pickup}, à la prochaine navette.").format(
            source=at.source, pickup=at.pickup
        )
    return _("En route vers {pickup}. Parti de {source} {day} à {hour}.").format(
        pickup=at.pickup,
        source=at.source,
        day=day(local_date(at.on_van_since), today),
        hour=hour(at.on_van_since),
    )


def _ended(hold: HoldRow, at: Circumstances, today: date) -> str:
    if hold.state == HoldState.FULFILLED:
        return _("C’est entre vos mains.")
    if hold.state == HoldState.CANCELLED:
        return _(CANCELLED.get(hold.end_reason or "", N_("Annulée.")))
    return _("Nous l’avons remis à disposition. Il est resté à {pickup}{until}.").format(
        pickup=at.pickup, until=_until(hold, today)
    )


def _waiting(hold: HoldRow, at: Circumstances, today: date) -> str:
    if at.passed_over == "suspended":
        if hold.suspended_until is None:
            return _("En pause. Votre place est gardée.")
        until = day(hold.suspended_until, today)
        return _("En pause jusqu’au {until}. Votre place est gardée.").format(until=until)
    if at.passed_over == "unfilled":
        return _("Sa dernière date est passée. Réservez de nouveau quand vous voulez.")
    if at.passed_over in PASSED_OVER:
        return _(PASSED_OVER[at.passed_over])
    return _queued(at, today)


def _queued(at: Circumstances, today: date) -> str:
    if not at.copies:
        return _("Nous cherchons une solution avec nos bibliothèques.")
    happened = _happened(at)
    if happened:
        kept = _("Votre place est gardée.")
        return f"{happened} {kept}"
    queue = _("C’est bientôt votre tour.")
    if at.ahead:
        queue = _("{people} avant vous.").format(people=people(at.ahead))
    if at.next_due is None:
        return queue
    if at.next_due < today:
        late = _("{thing} est en retard{at}.").format(thing=a(at.type), at=_at(at.next_due_at))
        return f"{queue} {late}"
    back = _("{thing} revient{at} le {day}.")
    if at.is_mine:
        back = _("{thing} revient{at} le {day}\u00a0: ce sera sans doute pour vous.")
    back = back.format(thing=a(at.type), at=_at(at.next_due_at), day=day(at.next_due, today))
    return f"{queue} {back}"


def _happened(at: Circumstances) -> str:
    """Say what the newest line of the history says happened, '' when it says nothing of it."""
    if at.last_trigger == Trigger.MISROUTE:
        return said("detour", at.type, at.last_place)
    if at.last_trigger == Trigger.OVERRIDE:
        return said("override", at.type)
    if at.last_trigger == Trigger.LOSE and not said(at.last_reason, at.type):
        return said("introuvable", at.type, at.last_place)
    if at.last_trigger in TOLD:
        return said(at.last_reason, at.type, at.last_place, at.last_day)
    return ""


def _after(at: Circumstances, sentence: str) -> str:
    """Let what happened on the way come first, where the history tells of it."""
    happened = _happened(at)
    return f"{happened} {sentence}" if happened else sentence


def _ready(hold: HoldRow, at: Circumstances, today: date) -> str:
    place = _("À {pickup}.").format(pickup=at.pickup)
    if hold.shelf_place:
        place = _("Étagère {place}, à {pickup}.").format(place=hold.shelf_place, pickup=at.pickup)
    kept = ""
    if hold.pickup_deadline is not None:
        last = day(local_date(hold.pickup_deadline), today)
        until = _("Gardé pour vous jusqu’au {day}, {hour}.")
        kept = " " + until.format(day=last, hour=hour(hold.pickup_deadline))
    return _("C’est prêt.") + f" {place}{kept}"


def _until(hold: HoldRow, today: date) -> str:
    if hold.pickup_deadline is None:
        return ""
    last = day(local_date(hold.pickup_deadline), today)
    return _(" jusqu’au {day}").format(day=last)


def _at(place: str) -> str:
    return _(" à {place}").format(place=place) if place else ""
