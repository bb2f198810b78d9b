"""Promises in words: the sentence of one stop, and the line of all the stops."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from navette.clock import local_date
from navette.ils.views import PromiseView
from navette.languages import N_, _
from navette_web import french
from navette_web.stops import Choice, Line, Stop

SOON_DAYS = 20
FAR_DAYS = 42
FAR_WORDS = N_("2 à 3 mois")


def when_in_words(promise: PromiseView, today: date) -> str:
    """Say the likely day: "aujourd’hui", "demain", "mardi 24", "mardi 24 novembre"."""
    if promise.likely_at is None:
        return _(FAR_WORDS) if promise.reason != "never" else _("pas à cet arrêt")
    day = local_date(promise.likely_at)
    if day - today > timedelta(FAR_DAYS):
        return _(FAR_WORDS)
    if day - today <= timedelta(1):
        return french.near_day(day, today)
    if day - today <= timedelta(SOON_DAYS):
        return french.short_day(day)
    return french.day_in_words(day)


def hour_of(promise: PromiseView, today: date) -> str:
    """Say "dès 14 h", for a day that is near enough to have an hour."""
    if promise.likely_at is None or local_date(promise.likely_at) - today > timedelta(FAR_DAYS):
        return ""
    return _("dès {hour}").format(hour=french.hour_in_words(promise.likely_at))


def in_short(promise: PromiseView, library: str, today: date) -> str:
    """Say it on one line, for a card in a list: "À Leers : demain, dès 14 h"; "" when never."""
    if promise.likely_at is None:
        return ""
    told = [when_in_words(promise, today), hour_of(promise, today)]
    when = ", ".join(filter(None, told))
    return _("À\u00a0{library}\u00a0: {when}").format(library=library, when=when)


def latest_of(promise: PromiseView) -> str:
    """Say "au plus tard mardi 1er décembre"."""
    if promise.latest_on is None or promise.reason == "far":
        return ""
    return _("au plus tard {day}").format(day=french.day_in_words(promise.latest_on))


def line_of(
    promises: Sequence[PromiseView],
    stops: Mapping[str, Stop],
    today: date,
    home: str = "",
    chosen: str = "",
) -> Line:
    """Turn the promises into the chooser: yours named, the earliest known, one chosen."""
    dated = [p for p in promises if p.likely_at is not None]
    earliest = min(dated, key=lambda p: (p.likely_at, p.library)).library if dated else ""
    choices = [
        Choice(
            stop=stops[promise.library],
            when=when_in_words(promise, today),
            detail=hour_of(promise, today),
            sub=_("en rayon ici") if promise.reason == "here" else "",
            latest=latest_of(promise),
            yours=promise.library == home,
            earliest=promise.library == earliest,
            possible=promise.reason != "never",
        )
        for promise in promises
    ]
    possible = {choice.stop.code for choice in choices if choice.possible}
    wanted = next((code for code in (chosen, home, earliest) if code in possible), "")
    return Line(choices, wanted)
