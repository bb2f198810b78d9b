"""What is said of dates: due soon, late, last days, a turn that comes, a card that ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from navette.clock import local_date, minutes_of
from navette.languages import _, ngettext
from navette.network.network import LibraryInfo
from navette.notifications.messages import HOLDS, HoldFacts, Notice, Telling
from navette.saying import day_words, hour_words, with_volume

LOANS = "/prets"
ACCOUNT = "/compte"


@dataclass(frozen=True)
class LoanFacts:
    """What a notice may say of a loan; `open`: neither returned nor said to be."""

    id: int
    patron_id: int
    due_on: date
    title: str
    open: bool
    volume_label: str = ""
    type: str = ""

    @property
    def named(self) -> str:
        """Return the title with its volume, in the language that is spoken now."""
        return with_volume(self.title, self.volume_label, self.type)


def due_soon(loans: Sequence[LoanFacts], to: Telling) -> Notice:
    """Say some days before that documents are due."""
    day = day_words(min(loan.due_on for loan in loans))
    title = ngettext(
        "{count} document à rendre {day}", "{count} documents à rendre {day}", len(loans)
    ).format(count=len(loans), day=day)
    body = ngettext(
        "Rendez-le où vous voulez, dans l’une des cinq bibliothèques. Ou prolongez-le.",
        "Rendez-les où vous voulez, dans l’une des cinq bibliothèques. Ou prolongez-les.",
        len(loans),
    )
    return _of_loans("due_soon", loans, to, title, body)


def overdue(loans: Sequence[LoanFacts], to: Telling) -> Notice:
    """Say that documents are late, without blame (words 14)."""
    day = day_words(min(loan.due_on for loan in loans))
    title = ngettext(
        "Petit rappel\u00a0: {count} document à rendre depuis {day}",
        "Petit rappel\u00a0: {count} documents à rendre depuis {day}",
        len(loans),
    ).format(count=len(loans), day=day)
    body = ngettext(
        "Rendez-le où vous voulez, dans l’une des cinq bibliothèques.",
        "Rendez-les où vous voulez, dans l’une des cinq bibliothèques.",
        len(loans),
    )
    return _of_loans("overdue", loans, to, title, body)


def _of_loans(kind: str, loans: Sequence[LoanFacts], to: Telling, title: str, body: str) -> Notice:
    title = _for_child(title, to)
    titles = ", ".join(f"«\u00a0{loan.named}\u00a0»" for loan in loans) if to.titles else ""
    body = " ".join(filter(None, (body, titles)))
    return Notice.plain(title, body, LOANS, f"{kind}-{loans[0].patron_id}")


def last_days(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that a hold waits for few days more (words 7)."""
    title, until = _("Encore deux jours pour passer"), ""
    if hold.deadline is not None:
        last = local_date(hold.deadline)
        title = title if last > local_date(to.now) else _("Dernier jour pour passer")
        until = f"{day_words(last)}, {hour_words(minutes_of(hold.deadline))}"
    title = _for_child(title, to)
    body = _("Votre réservation reste à {library} jusqu’au {until}.").format(
        library=library.short_name, until=until
    )
    return Notice(
        title, body, title, f"{title}.\n{body}", HOLDS, f"ready-{library.code}-{hold.patron_id}",
        urgent=True, until=hold.deadline, badge=1, holds=(hold.id,),
    )  # fmt: skip


def turn(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say to somebody who waited long that their turn comes."""
    title = _for_child(_("Votre tour approche"), to)
    body = _("Votre place est gardée, pour {library}.").format(library=library.short_name)
    if hold.likely_at is not None:
        body = _("À {library}, sans doute {day}.").format(
            library=library.short_name, day=day_words(local_date(hold.likely_at))
        )
    return Notice.plain(title, body, HOLDS, f"turn-{hold.id}")


def ending(hold: HoldFacts, library: LibraryInfo, to: Telling) -> Notice:
    """Say that a hold has waited nearly as long as it may."""
    title = _for_child(_("Votre réservation attend toujours"), to)
    body = _("Elle s’arrête bientôt, à {library}. Une autre idée de lecture\u00a0? Demandez-nous.")
    body = body.format(library=library.short_name)
    return Notice.plain(title, body, HOLDS, f"ending-{hold.id}")


def registration(said: Mapping[str, Any]) -> Notice:
    """Say that a registration ends soon (words 21)."""
    day = day_words(date.fromisoformat(str(said["until"])))
    title = _("Votre inscription se renouvelle avant le {day}").format(day=day)
    body = _("Cinq minutes à l’accueil suffisent.")
    return Notice.plain(title, body, ACCOUNT, "registration")


def trial(_said: Mapping[str, Any]) -> Notice:
    """Say that alerts work: somebody pressed the button that tries them."""
    title = _("Les alertes fonctionnent")
    body = _("C’est un essai. La prochaine vous dira quand c’est prêt.")
    return Notice.plain(title, body, "/notifications", "trial", urgent=True)


def _for_child(title: str, to: Telling) -> str:
    if not to.child:
        return title
    return _("Pour {child}\u00a0: {title}").format(
        child=to.child, title=title[:1].lower() + title[1:]
    )


OF_LOANS: Mapping[str, Callable[[Sequence[LoanFacts], Telling], Notice]] = {
    "due_soon": due_soon,
    "overdue": overdue,
}
OF_A_DATED_HOLD: Mapping[str, Callable[[HoldFacts, LibraryInfo, Telling], Notice]] = {
    "lastdays": last_days,
    "turn": turn,
    "ending": ending,
}
OF_A_DATED_CARD: Mapping[str, Callable[[Mapping[str, Any]], Notice]] = {
    "registration": registration,
    "trial": trial,
}
