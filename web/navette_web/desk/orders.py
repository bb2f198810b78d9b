"""The one huge instruction after a scan: words, colour, shape and sound."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from navette.errors import AmbiguousBarcode, ItemHeldForAnother, Refusal, UnknownBarcode
from navette.ils.views import ItemView, LoanView, ScanResult
from navette.languages import N_, _
from navette.patrons.reading import PatronView
from navette.wording import sentence_of
from navette_web import french
from navette_web.render import title_in
from navette_web.stops import Stop


@dataclass(frozen=True)
class Order:
    """What the panel shows: tone is go, calm, halt, look, ask, crate or idle.

    `then` may hold a title that is marked with its language.
    """

    big: str
    then: str = ""
    tone: str = "idle"
    stop: Stop | None = None
    sound: str = ""


QUESTIONS = {"CONFIRM": (N_("Bien arrivé\u00a0?"), "ask"), "VERIFY": (N_("À vérifier"), "look")}
RETURN_OR_RENEW = N_("Rendre ou prolonger\u00a0?")


def idle() -> Order:
    """Wait for a scan."""
    return Order(_("Scannez"), _("Un document ou une carte"))


def stop() -> Order:
    """Stop a hand that reaches for somebody else's book."""
    return Order(_("Stop"), _("Réservé à quelqu’un d’autre"), "halt", sound="halt")


def stranger() -> Order:
    """Say that a card is not one of ours."""
    return Order(_("Inconnue"), _("Cette carte n’est pas du réseau"), "look", sound="look")


def nothing_to_undo() -> Order:
    """Say that no scan is left to undo."""
    return Order(_("Rien à annuler"), _("Aucun scan de ce bureau ne reste à défaire"), "calm")


def no_longer() -> Order:
    """Say that it is too late to undo."""
    then = _(
        "Dix minutes ont passé, ou le document a bougé depuis."
        " Scannez-le\u00a0: la consigne est à jour"
    )
    return Order(_("Trop tard"), then, "look", sound="look")


def collects() -> Order:
    """Say where the code of somebody who collects for another is entered."""
    then = _("Ouvrez «\u00a0Quelqu’un vient pour…\u00a0» et entrez ce code")
    return Order(_("Pour quelqu’un"), then, "look")


def order_of(result: ScanResult, stops: Mapping[str, Stop]) -> Order:
    """Turn the instruction of a scan into the panel."""
    if result.undone:
        then = _joined(marked(result.item), _("comme avant"))
        return Order(_("Annulé"), then, "calm", sound="look")
    told, where = _instruction(result, stops)
    given = _("Rendu") if result.returned else ""
    return replace(told, then=_joined(given, where, marked(result.item)))


def _joined(*parts: str) -> Markup:
    return Markup(" · ").join(filter(None, parts))


def titled(item: ItemView) -> str:
    """Say the title with its volume: two tomes differ by nothing else."""
    return french.with_volume(item.title, item.volume_label, item.type)


def marked(item: ItemView) -> Markup:
    """Say the title inside an instruction, marked when it is in another language."""
    return title_in(titled(item), item.language)


def _instruction(result: ScanResult, stops: Mapping[str, Stop]) -> tuple[Order, str]:
    """Return the instruction, and where to or why: what stands before the title."""
    item = result.item
    if result.instruction == "CRATE":
        return _crate(result, stops)
    if result.instruction == "HOLD_SHELF":
        where = _("Étagère {place}").format(place=result.shelf_place)
        return Order(_("Ici"), tone="go", sound="go"), where
    if result.instruction == "RESHELVE":
        return Order(_("En rayon"), tone="calm", sound="go"), item.call_number or item.section
    big, tone = QUESTIONS.get(result.instruction, (N_("À regarder"), "look"))
    _instruction_said, said, why = result.message.partition(
        " · "
    )  # the engine says the instruction, then why
    reason = why if said else result.message
    return Order(_(big), tone=tone, sound="look"), reason[:1].upper() + reason[1:]


def logged(result: ScanResult, stops: Mapping[str, Stop]) -> str:
    """Say a scan in one line of the log: "Ici · Étagère B-12 · rendu"."""
    if result.undone:
        return _("Annulé")
    told, where = _instruction(result, stops)
    given = _("rendu") if result.returned else ""
    return _joined(told.big, where or marked(result.item), given)


def _crate(result: ScanResult, stops: Mapping[str, Stop]) -> tuple[Order, str]:
    stop = stops[result.destination or result.item.home]
    big = _("Retour à {library}") if result.hold_id is None else _("Pour {library}")
    where = _("Caisse {library}").format(library=stop.name)
    return Order(big.format(library=stop.name), "", "crate", stop, "crate"), where


def lent_order(loan: LoanView, reader: PatronView | None = None) -> Order:
    """Say until when it is lent, and to whom when it is not to the open card."""
    due = f"{loan.due_on.day:02d}/{loan.due_on.month:02d}"
    then = _joined(
        _("jusqu’au {day}").format(day=due),
        title_in(french.with_volume(loan.title, loan.volume_label, loan.type), loan.language),
        _("pour {name}").format(name=reader.first_name) if reader else "",
    )
    return Order(_("Prêté"), then, "go", sound="go")


def renewed_order(loan: LoanView) -> Order:
    """Say until when it may be kept."""
    then = _("jusqu’au {day}").format(day=french.day_in_words(loan.due_on))
    return Order(_("Prolongé"), then, "go", sound="go")


def refusal_order(refusal: Refusal) -> Order:
    """Turn a typed refusal into the panel."""
    if isinstance(refusal, ItemHeldForAnother):
        return stop()
    if isinstance(refusal, AmbiguousBarcode):
        which = _("Plusieurs documents portent ce numéro")
        return Order(_("Lequel\u00a0?"), which, "ask", sound="look")
    if isinstance(refusal, UnknownBarcode):
        return Order(_("Inconnu"), sentence_of(refusal), "look", sound="look")
    return Order(_("Stop"), sentence_of(refusal), "halt", sound="halt")
