"""How pages say a date, an hour and a number, with the spaces that never break."""

from datetime import date, datetime, time, timedelta

from navette.clock import PARIS
from navette.languages import _
from navette.saying import (
    NBSP,
    day_number,
    grouped,
    hour_words,
    is_one,
    month,
    plural,
    rank_words,
    typeset,
    weekday,
    with_volume,
)

__all__ = ["NBSP", "grouped", "typeset", "with_volume"]


def local_day(when: date | datetime) -> date:
    """Give the day in Paris of an instant; a plain date stays as it is."""
    return when.astimezone(PARIS).date() if isinstance(when, datetime) else when


def day_in_words(when: date | datetime) -> str:
    """Say "mardi 24 novembre", the 1st as "1er"."""
    day = local_day(when)
    return f"{weekday(day.weekday())} {day_number(day)}{NBSP}{month(day.month)}"


def short_day(when: date | datetime) -> str:
    """Say "mardi 24", for a day within the next four weeks."""
    day = local_day(when)
    return f"{weekday(day.weekday())}{NBSP}{day_number(day)}"


def full_date(when: date | datetime) -> str:
    """Say "3 septembre 2027"."""
    day = local_day(when)
    return f"{day_number(day)}{NBSP}{month(day.month)} {day.year}"


def near_day(when: date | datetime, today: date) -> str:
    """Say "aujourd’hui", "demain", or the day with its month."""
    words = {
        today - timedelta(1): _("hier"),
        today: _("aujourd’hui"),
        today + timedelta(1): _("demain"),
    }
    return words.get(local_day(when)) or day_in_words(when)


def near_moment(when: datetime, today: date) -> str:
    """Say "hier à 14 h 30"."""
    day, hour = near_day(when, today), hour_in_words(when)
    return _("{day} à {hour}").format(day=day, hour=hour)


def hour_in_words(when: time | datetime) -> str:
    """Say "14 h" or "14 h 30"."""
    clock = when.astimezone(PARIS).time() if isinstance(when, datetime) else when
    return hour_words(clock.hour * 60 + clock.minute)


def rank_in_words(rank: int) -> str:
    """Say "1er" or "2e"."""
    return rank_words(rank)


def counted(number: int, one: str, many: str = "") -> str:
    """Say "1 livre", "2 livres": both words already in the language of the page."""
    return plural(number, one, many or f"{one}s")


def counted_in(number: int, one: str, many: str) -> str:
    """Say a whole sentence for one or for many, with the number in it."""
    return (one if is_one(number) else many).format(count=grouped(number))


def card_in_groups(number: str) -> str:
    """Write a card number by four: "2059 0000 0123 45"."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
