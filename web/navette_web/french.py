"""How French people say a date, an hour and a number, with the spaces that never break."""

import re
from datetime import date, datetime, time, timedelta

from navette.clock import PARIS
from navette.wording import DAYS, MONTHS

NBSP = "\u00a0"
NARROW = "\u202f"


def local_day(when: date | datetime) -> date:
    """Give the day in Paris of an instant; a plain date stays as it is."""
    return when.astimezone(PARIS).date() if isinstance(when, datetime) else when


def day_in_words(when: date | datetime) -> str:
    """Say "mardi 24 novembre", the 1st as "1er"."""
    day = local_day(when)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{DAYS[day.weekday()]} {number}{NBSP}{MONTHS[day.month - 1]}"


def short_day(when: date | datetime) -> str:
    """Say "mardi 24", for a day within the next four weeks."""
    day = local_day(when)
    return f"{DAYS[day.weekday()]}{NBSP}{'1er' if day.day == 1 else day.day}"


def full_date(when: date | datetime) -> str:
    """Say "3 septembre 2027"."""
    day = local_day(when)
    return f"{'1er' if day.day == 1 else day.day}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def near_day(when: date | datetime, today: date) -> str:
    """Say "aujourd’hui", "demain", or the day with its month."""
    words = {today - timedelta(1): "hier", today: "aujourd’hui", today + timedelta(1): "demain"}
    return words.get(local_day(when), day_in_words(when))


def hour_in_words(when: time | datetime) -> str:
    """Say "14 h" or "14 h 30"."""
    clock = when.astimezone(PARIS).time() if isinstance(when, datetime) else when
    minutes = f"{NBSP}{clock.minute:02d}" if clock.minute else ""
    return f"{clock.hour}{NBSP}h{minutes}"


def rank_in_words(rank: int) -> str:
    """Say "1er" or "2e"."""
    return "1er" if rank == 1 else f"{rank}e"


def counted(number: int, one: str, many: str = "") -> str:
    """Say "1 livre", "2 livres": nought and one are singular in French."""
    word = one if abs(number) <= 1 else many or f"{one}s"
    return f"{grouped(number)}{NBSP}{word}"


def grouped(number: int) -> str:
    """Write "7 196" with a narrow space that never breaks."""
    return f"{number:,}".replace(",", NARROW)


def with_volume(title: str, label: str, kind: str = "") -> str:
    """Say a title with its volume, once: "L’Arabe du futur, tome 6", "Science & vie, n° 1294"."""
    if not label or re.search(rf"\b{re.escape(label)}\b", title, re.IGNORECASE):
        return typeset(title)
    word = "" if not label[0].isdecimal() else f"n°{NBSP}" if kind == "magazine" else f"tome{NBSP}"
    return typeset(f"{title}, {word}{label}")


def typeset(text: str) -> str:
    """Keep French punctuation with its word: "Blake et Mortimer : la marque jaune"."""
    for mark in ":;?!»":
        text = text.replace(f" {mark}", NBSP + mark)
    return text.replace("« ", f"«{NBSP}")


def card_in_groups(number: str) -> str:
    """Write a card number by four: "2059 0000 0123 45"."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
