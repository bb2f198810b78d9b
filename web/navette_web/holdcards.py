"""Holds as their reader meets them: ready, on the way, waiting, paused; in words and dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from navette.clock import local_date
from navette.ils.views import HoldView, PromiseView
from navette.languages import _, ngettext
from navette.network.network import Network
from navette_web import french
from navette_web.covers import Cover, cover_of
from navette_web.promises import hour_of, when_in_words
from navette_web.stops import Stop

IN_CRATE, ON_VAN = 1, 2


@dataclass(frozen=True)
class HoldBoard:
    """A person's active holds, sorted by what they can do about them."""

    ready: Sequence[dict[str, Any]] = field(default_factory=list)
    on_the_way: Sequence[dict[str, Any]] = field(default_factory=list)
    waiting: Sequence[dict[str, Any]] = field(default_factory=list)
    paused: Sequence[dict[str, Any]] = field(default_factory=list)

    def in_words(self, loans: int) -> str:
        """Say "1 à retirer · 1 en route · 2 en attente · 3 chez vous", leaving out noughts."""
        counts = (
            (len(self.ready), _("à retirer")),
            (len(self.on_the_way), _("en route")),
            (len(self.waiting), _("en attente")),
            (len(self.paused), _("en pause")),
            (loans, _("chez vous")),
        )
        return " · ".join(f"{count} {words}" for count, words in counts if count)


def nobody(_patron_id: int | None) -> str:
    """Name nobody: one reader alone."""
    return ""


def no_covers(_records: Sequence[int]) -> Mapping[int, Cover]:
    """Know no record: a cover is then drawn from what the hold says."""
    return {}


@dataclass(frozen=True)
class Scene:
    """What the words depend on besides the hold: the network, its stops, the instant."""

    network: Network
    stops: Mapping[str, Stop]
    now: datetime
    who: Callable[[int | None], str] = nobody
    covers: Callable[[Sequence[int]], Mapping[int, Cover]] = no_covers

    @property
    def today(self) -> date:
        """Return the day in Paris."""
        return local_date(self.now)


def board_of(holds: Sequence[HoldView], scene: Scene) -> HoldBoard:
    """Sort the active holds of a person into the four lists."""
    ready = [h for h in holds if h.state == "READY"]
    moving = [h for h in holds if h.track is not None or h.state in {"IN_TRANSIT", "PROCESSING"}]
    rest = [h for h in holds if h not in ready and h not in moving]
    covers = scene.covers([h.record_id for h in ready if not h.hidden]) if ready else {}
    return HoldBoard(
        ready=[
            ready_card(h, scene, covers.get(h.record_id))
            for h in sorted(ready, key=_collected_before)
        ],
        on_the_way=[journey(h, scene) for h in moving if h not in ready],
        waiting=[waiting_line(h, scene) for h in sorted(rest, key=_expected) if not h.suspended],
        paused=[paused_line(h, scene) for h in rest if h.suspended],
    )


def _collected_before(hold: HoldView) -> tuple[bool, datetime]:
    return hold.pickup_deadline is None, hold.pickup_deadline or hold.placed_at


def _expected(hold: HoldView) -> tuple[bool, datetime]:
    likely = hold.promise.likely_at if hold.promise else None
    return likely is None, likely or hold.placed_at


def named(hold: HoldView) -> str:
    """Return the title with its volume."""
    return french.with_volume(hold.title, hold.volume_label, hold.type)


def ready_card(hold: HoldView, scene: Scene, cover: Cover | None = None) -> dict[str, Any]:
    """Say where it stands, until when, and whether the doors are open now; the cover of its title."""
    author = hold.authors[0] if hold.authors else ""
    library = scene.network.library(hold.pickup)
    return {
        "hold_id": hold.id,
        "who": scene.who(hold.patron_id),
        "code": hold.pickup,
        "library": library.short_name,
        "place": hold.shelf_place,
        "title": named(hold),
        "language": hold.language,
        "until": _until(hold.pickup_deadline),
        "open_now": open_words(library.calendar, scene.now),
        "cover": cover or cover_of(hold.title, author, hold.type, volume=hold.volume_label),
    }


def _until(deadline: datetime | None) -> str:
    if deadline is None:
        return ""
    day, hour = french.day_in_words(deadline), french.hour_in_words(deadline)
    return f"{day}, {hour}"


def open_words(calendar: Any, now: datetime) -> str:
    """Say "Aujourd’hui, c’est ouvert jusqu’à 18 h.", or when the doors open next."""
    if calendar.is_open_at(now):
        closes = calendar.closing_of(local_date(now))
        hour = french.hour_in_words(closes)
        return _("Aujourd’hui, c’est ouvert jusqu’à {hour}.").format(hour=hour)
    opens = calendar.opens_at(now)
    if opens is None:
        return ""
    day = french.near_day(opens, local_date(now))
    return _("Ouvre {day} à {hour}.").format(day=day, hour=french.hour_in_words(opens))


def journey(hold: HoldView, scene: Scene) -> dict[str, Any]:
    """Say what was scanned, and nothing else."""
    track = hold.track
    destination = scene.stops[hold.pickup]
    origin = scene.stops[track.origin] if track else destination
    return {
        "hold_id": hold.id,
        "who": scene.who(hold.patron_id),
        "record_id": hold.record_id,
        "title": named(hold),
        "language": hold.language,
        "origin": origin,
        "destination": destination,
        "at": ON_VAN if track and track.state == "ON_VAN" else IN_CRATE if track else 3,
        "sentence": _journey_words(hold, origin, destination, scene),
    }


def _journey_words(hold: HoldView, origin: Stop, destination: Stop, scene: Scene) -> str:
    track = hold.track
    if track is None:
        return _("Arrivé à {library}, en préparation.").format(library=destination.name)
    said = _("En route vers {library}. Dans la caisse de {origin} {moment}.")
    if track.state == "ON_VAN":
        said = _("En route vers {library}. Parti de {origin} {moment}.")
    moment = french.near_moment(track.since, scene.today)
    words = said.format(library=destination.name, origin=origin.name, moment=moment)
    if track.expected_at is None:
        return words
    day = french.near_day(track.expected_at, scene.today)
    return " ".join((words, _("Sans doute prêt {day}.").format(day=day)))


def waiting_line(hold: HoldView, scene: Scene) -> dict[str, Any]:
    """Say when, why not yet, and the rank among how many."""
    lines = [hold.why] if hold.why else []
    if hold.rank is not None and hold.state == "WAITING":
        lines.append(rank_words(hold))
    return {
        "hold_id": hold.id,
        "who": scene.who(hold.patron_id),
        "patron_id": hold.patron_id,
        "record_id": hold.record_id,
        "title": named(hold),
        "language": hold.language,
        "lead": _lead(hold, scene),
        "lines": lines,
    }


def _lead(hold: HoldView, scene: Scene) -> str:
    stop = scene.stops[hold.pickup]
    if hold.chain_id is not None and hold.promise is None:
        return _("Ensuite, à {place}.").format(place=stop.name)
    return promise_words(hold.promise, stop, scene.today)


def rank_words(hold: HoldView) -> str:
    """Say "Vous êtes 2e · 3 livres circulent."."""
    if hold.rank is None:
        return ""
    copies = ngettext(
        "{count} document en circulation", "{count} documents en circulation", hold.copies
    ).format(count=hold.copies)
    if hold.rank == 1:
        return _("Vous êtes en tête de liste · {copies}.").format(copies=copies)
    rank = french.rank_in_words(hold.rank)
    return _("Vous êtes {rank} · {copies}.").format(rank=rank, copies=copies)


def promise_words(promise: PromiseView | None, stop: Stop, today: date) -> str:
    """Say "À Leers, sans doute jeudi 26, dès 14 h."."""
    if promise is None:
        return _("À {library}, dès que possible.").format(library=stop.name)
    when = when_in_words(promise, today)
    if promise.likely_at is None or promise.reason == "far":
        return _("À {library}. Très demandé : comptez {when}.").format(library=stop.name, when=when)
    hour = hour_of(promise, today)
    if hour:
        when = f"{when}, {hour}"
    return _("À {library}, sans doute {when}.").format(library=stop.name, when=when)


def paused_line(hold: HoldView, scene: Scene) -> dict[str, Any]:
    """Say until when it is paused, and that the place is kept."""
    until = hold.suspended_until
    said = _("En pause. Vous gardez votre place.")
    if until:
        day = french.day_in_words(until)
        said = _("En pause jusqu’au {day}. Vous gardez votre place.").format(day=day)
    return {
        "hold_id": hold.id,
        "who": scene.who(hold.patron_id),
        "record_id": hold.record_id,
        "title": named(hold),
        "language": hold.language,
        "lead": said,
    }
