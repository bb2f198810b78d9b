"""What is said: short on a lock screen and without a title, whole in a letter.

Facts in, words out; no storage here. Words of look: vous, what happens, until when, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from navette.circulation.causes import said_of
from navette.clock import local_date, minutes_of
from navette.languages import N_, _
from navette.network.network import LibraryInfo
from navette.saying import day_words, hour_words, with_volume

HOLDS = "/reservations"
IDENTITIES = "/compte/identites"
CODE_PAGE = "/connexion/code"
LINK_PAGE = "/compte/lier"
FORGOTTEN = "/connexion/oubli"


@dataclass(frozen=True)
class HoldFacts:
    """What a notice may say of a hold; `title` only reaches those who chose it."""

    id: int
    patron_id: int
    state: str
    library_id: int
    deadline: datetime | None
    shelf_place: str
    record_id: int
    title: str
    likely_at: datetime | None
    end_reason: str | None
    announced_at: datetime | None
    volume_label: str = ""
    type: str = ""

    @property
    def named(self) -> str:
        """Return the title with its volume, in the language that is spoken now."""
        return with_volume(self.title, self.volume_label, self.type)


@dataclass(frozen=True)
class Notice:
    """Something to say: `title` and `body` for a lock screen, `subject` and `text` for a letter.

    `secret` is a part of the text that is sent and not kept. `brief` is the text of an SMS where it is
    not title and body; `holds` are those that it announces when it is seen.
    """

    title: str
    body: str
    subject: str
    text: str
    path: str
    tag: str
    urgent: bool = False
    until: datetime | None = None
    badge: int | None = None
    spoken: str = ""
    secret: str = ""
    brief: str = ""
    holds: tuple[int, ...] = ()

    @classmethod
    def plain(cls, title: str, body: str, path: str, tag: str, *, urgent: bool = False) -> Self:
        """Say the same in a letter as on a lock screen."""
        sentence = title if title.endswith("?") else f"{title}."
        return cls(title, body, title, f"{sentence}\n{body}", path, tag, urgent=urgent)


@dataclass(frozen=True)
class Telling:
    """To whom something is said: `child` is the first name when it concerns their child.

    `because` is a cause as the errand carries it, `count` how many holds the news is about.
    """

    now: datetime
    child: str = ""
    titles: bool = False
    because: Any = None
    count: int = 1


def ready(holds: Sequence[HoldFacts], library: LibraryInfo, to: Telling) -> Notice:
    """Say that holds wait on the shelf of one library (words 3, 5, 6)."""
    until = min((h.deadline for h in holds if h.deadline), default=None)
    kept = _until(until)
    at = _("À {library}{comma}{kept}.").format(
        library=library.short_name, comma="," if kept else "", kept=kept
    )
    if len(holds) > 1:
        title = _("{count} réservations vous attendent à {library}").format(
            count=len(holds), library=library.short_name
        )
    else:
        title = _("Votre réservation est arrivée")
    if to.child:
        title = _("Pour {child}\u00a0: c’est arrivé à {library}").format(
            child=to.child, library=library.short_name
        )
    return Notice(
        title=title,
        body=" ".join(filter(None, (at, _open_until(library, to.now), _titles(holds, to)))),
        subject=title,
        text=_ready_letter(holds, library, to),
        path=HOLDS,
        tag=f"ready-{library.code}-{holds[0].patron_id}",
        urgent=True,
        until=until,
        badge=len(holds),
        holds=tuple(hold.id for hold in holds),
        brief=_brief(holds, library, to, until),
        spoken=_(
            "Bonjour, ici la bibliothèque de {library}."
            " Votre réservation est arrivée, nous la gardons{kept}."
        ).format(library=library.short_name, kept=kept),
    )


def _brief(
    holds: Sequence[HoldFacts], library: LibraryInfo, to: Telling, until: datetime | None
) -> str:
    """Say it in one SMS: no title, whose it is only by a child's first name."""
    what = _("une réservation vous attend à {library}")
    if len(holds) > 1:
        what = _("{count} réservations vous attendent à {library}")
    if to.child:
        what = _("pour {child}, c’est arrivé à {library}")
    kept = ""
    if until is not None:
        last = local_date(until)
        kept = _(" jusqu’au {weekday} {day}/{month}, {hour}").format(
            weekday=f"{day_words(last)[:3]}.", day=last.day, month=last.month,
            hour=hour_words(minutes_of(until)),
        )  # fmt: skip
    said = what.format(library=library.short_name, count=len(holds), child=to.child)
    asked = _(" Renseignements : {phone}").format(phone=library.phone) if library.phone else ""
    return _("Bibliothèques : {said}{kept}.{asked}").format(said=said, kept=kept, asked=asked)


def _ready_letter(holds: Sequence[HoldFacts], library: LibraryInfo, to: Telling) -> str:
    lines = [_("C’est prêt pour {child}.").format(child=to.child) if to.child else _("C’est prêt.")]
    lines += [_place_of(hold, library, to) for hold in holds]
    lines.append("")
    lines.append(" · ".join(filter(None, (library.name, library.address, library.phone))))
    return "\n".join(lines)


def _place_of(hold: HoldFacts, library: LibraryInfo, to: Telling) -> str:
    """Say where it stands and until when: "Étagère B-12, à Hem. Gardé pour vous jusqu’au..."."""
    place = _("Étagère {place}").format(place=hold.shelf_place) if hold.shelf_place else ""
    name = f"«\u00a0{hold.named}\u00a0»" if to.titles else ""
    at = _("à {library}").format(library=library.short_name)
    where = ", ".join(filter(None, (name, place, at)))
    kept = _("Gardé pour {whom}{until}.").format(
        whom=to.child or _("vous"), until=_until(hold.deadline, hour=True)
    )
    return f"{where[:1].upper()}{where[1:]}. {kept}"


def expired(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that a hold was not collected (words 8)."""
    body = _(
        "Elle est restée à {library}{kept}. Toujours envie\u00a0? Réservez de nouveau."
    ).format(library=library.short_name, kept=_until(hold.deadline))
    return _plain("expired", hold, to, _("Nous l’avons remise à disposition"), body)


def later(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that it comes later than announced, and why (words 9); several at once, once."""
    if to.count > 1:
        many = _("{count} réservations arriveront un peu plus tard.").format(count=to.count)
        kept = _("Vos places sont gardées.")
        body = " ".join(filter(None, (many, said_of(to.because), kept)))
        return _plain("later", hold, to, _("Un peu plus tard que prévu"), body)
    when = ""
    if hold.likely_at is not None:
        when = _("Nouvelle date\u00a0: sans doute {day}.").format(
            day=day_words(local_date(hold.likely_at))
        )
    kept = _("Votre place est gardée, pour {library}.").format(library=library.short_name)
    body = " ".join(filter(None, (when, said_of(to.because), kept)))
    return _plain("later", hold, to, _("Un peu plus tard que prévu"), body)


def cancelled(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that a hold has ended without a loan, and why (words 11)."""
    body = _(_CANCELLED.get(hold.end_reason or "", _CANCELLED["by_staff"]))
    body = body.format(library=library.short_name)
    return _plain("cancelled", hold, to, _("Votre réservation est annulée"), body)


def corrected(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Take back a "ready" that a desk announced by mistake (T18)."""
    body = _(
        "Elle n’est pas encore à {library}. Votre place est gardée\u00a0: nous vous prévenons."
    )
    return _plain(
        "corrected",
        hold,
        to,
        _("Une erreur de notre part"),
        body.format(library=library.short_name),
    )


def paused(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say once that a hold is passed over until the desk has looked at the card (T8b, E16)."""
    body = _("Votre place est gardée. Passez à l’accueil, à {library}\u00a0: voyons cela ensemble.")
    body = body.format(library=library.short_name)
    return _plain("paused", hold, to, _("Votre réservation patiente"), body)


def next_volume(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that the next volume of a series in order takes the place of one that will not come."""
    body = _("Un volume de votre série ne viendra pas. Le suivant prend sa place, à {library}.")
    body = body.format(library=library.short_name)
    return _plain("next_volume", hold, to, _("La suite de votre série avance"), body)


def linked(said: Mapping[str, Any]) -> Notice:
    """Say to the old contacts that the card was linked to an account (words 20)."""
    title = _("Votre carte vient d’être associée à un compte")
    body = _("Ce n’est pas vous\u00a0? Défaire\u00a0: le lien sert pendant sept jours.")
    path = str(said.get("path", IDENTITIES))
    return Notice.plain(title, body, path, "linked")


def code(said: Mapping[str, Any]) -> Notice:
    """Send a code to choose a password or link a card with; it never stands in a title."""
    links = said.get("for") == "link"
    title = _("Votre code pour choisir un mot de passe")
    if links:
        title = _("Votre code pour associer votre carte")
    until = datetime.fromisoformat(str(said["until"]))
    body = _("Il sert une fois, jusqu’à {hour}. Ce n’est pas vous\u00a0? Ne faites rien.").format(
        hour=hour_words(minutes_of(until))
    )
    text = _("Votre code\u00a0: {code}").format(code=said["code"])
    spoken = _("Bonjour, ici la bibliothèque. Un code pour votre carte vous attend à l’accueil.")
    return Notice(
        title, body, title, f"{text}\n{body}", LINK_PAGE if links else CODE_PAGE, "code",
        spoken=spoken, secret=str(said["code"]),
    )  # fmt: skip


def password(_said: Mapping[str, Any]) -> Notice:
    """Say that the password of the card was changed."""
    title = _("Le mot de passe de votre carte vient de changer")
    body = _("Ce n’est pas vous\u00a0? Choisissez-en un autre, ou appelez l’accueil.")
    return Notice.plain(title, body, FORGOTTEN, "password")


def closure(said: Mapping[str, Any]) -> Notice:
    """Ask whether to collect elsewhere while a library is closed (words 17)."""
    first, last = (date.fromisoformat(str(said[day])) for day in ("first_day", "last_day"))
    count = int(said["count"])
    title = _("{library} ferme du {first} au {last}").format(
        library=said["library"], first=day_words(first), last=day_words(last)
    )
    if count > 1:
        question = _("Voulez-vous retirer vos {count} réservations à {proposed}\u00a0?")
    else:
        question = _("Voulez-vous retirer votre réservation à {proposed}\u00a0?")
    when = ""
    if said.get("likely_at"):
        when = _("Sans doute prêt {day}.").format(
            day=day_words(local_date(datetime.fromisoformat(str(said["likely_at"]))))
        )
    silent = _("Sans réponse, nous les gardons à {library}.").format(library=said["library"])
    body = " ".join(
        filter(None, (question.format(count=count, proposed=said["proposed"]), when, silent))
    )
    return Notice.plain(title, body, str(said["path"]), "closure")


def card_unused(said: Mapping[str, Any]) -> Notice:
    """Say to a person, and to who looks after a child, that a card did not serve for long."""
    title = _("{name}\u00a0: cette carte ne sert plus\u00a0?").format(name=said["name"])
    body = _(
        "Servez-vous-en avant le {day}, ici ou à l’accueil\u00a0: elle reste."
        " Sinon, l’accueil pourra l’effacer."
    ).format(day=day_words(date.fromisoformat(str(said["until"])), year=True))
    return Notice(title, body, title, f"{title}\n{body}", "/connexion", "unused")


OF_A_CARD: Mapping[str, Callable[[Mapping[str, Any]], Notice]] = {
    "linked": linked,
    "code": code,
    "password": password,
    "closure": closure,
    "card_unused": card_unused,
}
_CANCELLED: Mapping[str, str] = {
    "by_staff": N_("L’équipe l’a annulée. Elle vous dit pourquoi à l’accueil, à {library}."),
    "unfilled_expired": N_("Elle a attendu jusqu’à la date limite. Réservez de nouveau, ou demandez conseil."),
    "no_copy_left": N_("Nous ne le trouvons plus dans nos cinq bibliothèques. Demandez-nous une autre idée."),
    "record_deleted": N_("Ce document a quitté nos collections. Demandez-nous une autre idée."),
}  # fmt: skip
OF_A_HOLD: Mapping[str, Callable[[HoldFacts, LibraryInfo, Telling], Notice]] = {
    "expired": expired,
    "later": later,
    "cancelled": cancelled,
    "corrected": corrected,
    "paused": paused,
    "next_volume": next_volume,
}


def _plain(kind: str, hold: HoldFacts, to: Telling, title: str, body: str) -> Notice:
    if to.child:
        title = _("Pour {child}\u00a0: {title}").format(
            child=to.child, title=title[:1].lower() + title[1:]
        )
    body = " ".join(filter(None, (body, _titles([hold], to))))
    return Notice.plain(title, body, HOLDS, f"{kind}-{hold.id}")


def _titles(holds: Sequence[HoldFacts], to: Telling) -> str:
    return ", ".join(f"«\u00a0{hold.named}\u00a0»" for hold in holds) if to.titles else ""


def _until(deadline: datetime | None, *, hour: bool = False) -> str:
    if deadline is None:
        return ""
    day = day_words(local_date(deadline))
    at = f", {hour_words(minutes_of(deadline))}" if hour else ""
    return _(" jusqu’au {day}{at}").format(day=day, at=at)


def _open_until(library: LibraryInfo, now: datetime) -> str:
    today: date = local_date(now)
    closes = library.calendar.closing_of(today)
    if closes is None or closes <= now:
        return ""
    return _("Aujourd’hui, c’est ouvert jusqu’à {hour}.").format(
        hour=hour_words(minutes_of(closes))
    )
