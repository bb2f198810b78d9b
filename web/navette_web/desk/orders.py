"""The one huge instruction after a scan: words, colour, shape and sound."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from navette.errors import AmbiguousBarcode, ItemHeldForAnother, Refusal, UnknownBarcode
from navette.ils.views import LoanView, ScanResult
from navette.patrons.reading import PatronView
from navette.wording import sentence_of
from navette_web import french
from navette_web.stops import Stop


@dataclass(frozen=True)
class Order:
    """What the panel shows: tone is go, calm, halt, look, ask, crate or idle."""

    big: str
    then: str = ""
    tone: str = "idle"
    stop: Stop | None = None
    sound: str = ""


QUESTIONS = {"CONFIRM": ("Bien arrivé\u00a0?", "ask"), "VERIFY": ("À vérifier", "look")}
RETURN_OR_RENEW = "Rendre ou prolonger\u00a0?"
IDLE = Order("Scannez", "Un document ou une carte")
STOP = Order("Stop", "Réservé à quelqu’un d’autre", "halt", sound="halt")
STRANGER = Order("Inconnue", "Cette carte n’est pas du réseau", "look", sound="look")
NOTHING_TO_UNDO = Order("Rien à annuler", "Aucun scan de ce bureau ne reste à défaire", "calm")
NO_LONGER = Order(
    "Trop tard",
    "Dix minutes ont passé, ou le document a bougé depuis. Scannez-le\u00a0: la consigne est à jour",
    "look",
    sound="look",
)


def order_of(result: ScanResult, stops: Mapping[str, Stop]) -> Order:
    """Turn the instruction of a scan into the panel."""
    if result.undone:
        return Order("Annulé", f"{_named(result)} · comme avant", "calm", sound="look")
    told = _instruction(result, stops)
    return replace(told, then=f"Rendu · {told.then}") if result.returned else told


def _named(result: ScanResult) -> str:
    """Say the title with its volume: two tomes differ by nothing else."""
    item = result.item
    return french.with_volume(item.title, item.volume_label, item.type)


def _instruction(result: ScanResult, stops: Mapping[str, Stop]) -> Order:
    item, title = result.item, _named(result)
    if result.instruction == "CRATE":
        return _crate(result, stops)
    if result.instruction == "HOLD_SHELF":
        return Order("Ici", f"Étagère {result.shelf_place} · {title}", "go", sound="go")
    if result.instruction == "RESHELVE":
        place = " · ".join(filter(None, (item.call_number or item.section, title)))
        return Order("En rayon", place, "calm", sound="go")
    big, tone = QUESTIONS.get(result.instruction, ("À regarder", "look"))
    _, said, why = result.message.partition(" · ")  # the engine says the instruction, then why
    reason = why if said else result.message
    then = " · ".join(filter(None, (reason[:1].upper() + reason[1:], title)))
    return Order(big, then, tone, sound="look")


def logged(result: ScanResult, stops: Mapping[str, Stop]) -> str:
    """Say a scan in one line of the log: "Ici · Étagère B-12 · rendu"."""
    if result.undone:
        return "Annulé"
    told = _instruction(result, stops)
    return " · ".join((told.big, told.then.split(" · ")[0], *(["rendu"] * result.returned)))


def _crate(result: ScanResult, stops: Mapping[str, Stop]) -> Order:
    stop = stops[result.destination or result.item.home]
    big = f"Pour {stop.name}" if result.hold_id is not None else f"Retour à {stop.name}"
    return Order(big, f"Caisse {stop.name} · {_named(result)}", "crate", stop, "crate")


def lent_order(loan: LoanView, reader: PatronView | None = None) -> Order:
    """Say until when it is lent, and to whom when it is not to the open card."""
    due = f"{loan.due_on.day:02d}/{loan.due_on.month:02d}"
    whose = f" · pour {reader.first_name}" if reader else ""
    return Order("Prêté", f"jusqu’au {due} · {loan.title}{whose}", "go", sound="go")


def renewed_order(loan: LoanView) -> Order:
    """Say until when it may be kept."""
    return Order("Prolongé", f"jusqu’au {french.day_in_words(loan.due_on)}", "go", sound="go")


def refusal_order(refusal: Refusal) -> Order:
    """Turn a typed refusal into the panel."""
    if isinstance(refusal, ItemHeldForAnother):
        return STOP
    if isinstance(refusal, AmbiguousBarcode):
        return Order("Lequel\u00a0?", "Plusieurs documents portent ce numéro", "ask", sound="look")
    if isinstance(refusal, UnknownBarcode):
        return Order(
            "Inconnu", f"Le numéro {refusal.barcode} n’est à personne", "look", sound="look"
        )
    return Order("Stop", sentence_of(refusal), "halt", sound="halt")
