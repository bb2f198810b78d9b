"""What a desk reads, hears and prints after a scan: one large instruction, one slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from navette.circulation.situation import Cause, Decision, Instruction
from navette.clock import local, local_date, minutes_of
from navette.ils.views import ItemView
from navette.languages import _, ngettext
from navette.network.network import LibraryInfo
from navette.saying import day_words, hour_words


@dataclass(frozen=True)
class Scanned:
    """What the sentences of one scan speak of; `since` is when the item was boxed or scanned."""

    decision: Decision
    item: ItemView
    here: LibraryInfo
    destination: LibraryInfo | None
    since: datetime
    shelf_place: str = ""
    deadline: datetime | None = None
    boxed_minutes: int = 0
    boxed_at_library: str = ""


def message(scanned: Scanned) -> str:
    """Return the large instruction: "POUR TOUFFLERS · caisse Toufflers", "ICI · étagère B-12"."""
    decision, there = scanned.decision, scanned.destination
    match decision.instruction:
        case Instruction.HOLD_SHELF:
            return _("ICI · étagère {place}").format(place=scanned.shelf_place)
        case Instruction.CRATE if there is not None:
            return _crate(scanned, there)
        case Instruction.SET_ASIDE:
            return _set_aside(decision)
        case Instruction.VERIFY:
            return _("À VÉRIFIER · rendu par la boîte, à scanner à l’accueil")
        case Instruction.CONFIRM:
            return _confirm(scanned)
        case _:
            return _("EN RAYON")


def _crate(scanned: Scanned, there: LibraryInfo) -> str:
    name = there.short_name
    if scanned.decision.hold_id is None:
        return _("RETOUR À {place} · caisse {library}").format(place=name.upper(), library=name)
    return _("POUR {place} · caisse {library}").format(place=name.upper(), library=name)


def _set_aside(decision: Decision) -> str:
    if decision.processing_cause == Cause.PREPARING:
        return _("À REGARDER · reçu, à équiper")
    return _("À REGARDER · abîmé, doute")


def _confirm(scanned: Scanned) -> str:
    if not scanned.boxed_minutes:
        return _(
            "DÉJÀ ARRIVÉ\u00a0? · mis en caisse à {library} à l’instant\u00a0: scannez encore"
        ).format(library=scanned.boxed_at_library)
    return ngettext(
        "DÉJÀ ARRIVÉ\u00a0? · mis en caisse à {library}"
        " il y a {count}\u00a0minute\u00a0: scannez encore",
        "DÉJÀ ARRIVÉ\u00a0? · mis en caisse à {library}"
        " il y a {count}\u00a0minutes\u00a0: scannez encore",
        scanned.boxed_minutes,
    ).format(library=scanned.boxed_at_library, count=scanned.boxed_minutes)


def slip(scanned: Scanned) -> str:
    """Return the text of the slip, a line each; never a name. '' when nothing is printed."""
    item, there = scanned.item, scanned.destination
    what = [item.title + (f", {item.volume_label}" if item.volume_label else ""), item.barcode]
    match scanned.decision.instruction:
        case Instruction.CRATE if there is not None:
            head = _crate(scanned, there).partition(" · ")[0]
            route = _("De {origin} à {destination}").format(
                origin=scanned.here.short_name, destination=there.short_name
            )
            return "\n".join([head, route, *what, _moment(scanned.since)])
        case Instruction.HOLD_SHELF:
            until = [_until(scanned.deadline)] if scanned.deadline else []
            return "\n".join([scanned.shelf_place, *until, *what])
        case _:
            return ""


def not_found() -> str:
    """Return what is said of an item that was looked for in vain."""
    return _("INTROUVABLE · nous cherchons ailleurs")


def lent(due_on: date) -> str:
    """Return "PRÊTÉ · jusqu’au 13/12"."""
    return _("PRÊTÉ · jusqu’au {day}").format(day=due_on.strftime("%d/%m"))


def returned() -> str:
    """Return the word said before the instruction when a loan ended."""
    return _("RENDU")


def stopped() -> str:
    """Return what stops a hand that reaches for somebody else's book."""
    return _("STOP · réservé à quelqu’un d’autre")


def return_or_renew() -> str:
    """Return the question for a book that its own borrower brings."""
    return _("RENDRE OU PROLONGER\u00a0?")


def undone() -> str:
    """Return what is said after an undone scan."""
    return _("ANNULÉ · comme avant")


def card_opened() -> str:
    """Return what is said when a card opens."""
    return _("CARTE OUVERTE")


def card_closed() -> str:
    """Return what is said when a card closes."""
    return _("CARTE FERMÉE")


def undo_reason() -> str:
    """Return the reason written in a history when a scan is undone (T18)."""
    return "erreur de scan"


def _until(deadline: datetime) -> str:
    day, hour = day_words(local_date(deadline)), hour_words(minutes_of(deadline))
    return _("Jusqu’au {day}, {hour}").format(day=day, hour=hour)


def _moment(since: datetime) -> str:
    return local(since).strftime("%d/%m/%Y %H:%M")
