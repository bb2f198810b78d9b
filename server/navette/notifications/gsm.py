"""Texts for SMS: in the alphabet of GSM 03.38, at most 160 characters, so that one is one. Pure."""

from __future__ import annotations

import unicodedata

LONGEST = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€")  # each takes two places
_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "...",
    "œ": "oe", "Œ": "OE", "ç": "c", "•": "-", "·": "-", "\t": " ",
})  # fmt: skip


def as_sms(text: str, longest: int = LONGEST) -> str:
    """Write a text for SMS: what the alphabet lacks loses its accent, the end gives way."""
    plain = " ".join("".join(_letter(c) for c in text.translate(_PLAIN)).split(" "))
    plain = " ".join(plain.split())
    if places(plain) <= longest:
        return plain
    while places(plain) > longest - 3:
        plain = plain[:-1]
    return f"{plain.rstrip()}..."


def places(text: str) -> int:
    """Return how many of the 160 places a text takes; ValueError outside of the alphabet."""
    taken = 0
    for letter in text:
        if letter in _TWICE:
            taken += 2
        elif letter in _BASIC:
            taken += 1
        else:
            raise ValueError(letter)
    return taken


def _letter(letter: str) -> str:
    if letter in _BASIC or letter in _TWICE:
        return letter
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    return "".join(c if c in _BASIC or c in _TWICE else "?" for c in bare)


def mobile_number(phone: str, country: str = "33") -> str:
    """Return "+33612345678" for a mobile number as people write it, "" for any other.

    French mobiles begin with 06 or 07; a foreign number is taken as it is, with its +.
    """
    digits = "".join(c for c in phone if c.isdigit())
    if phone.strip().startswith(("+", "00")):
        number = digits.removeprefix("00") if not phone.strip().startswith("+") else digits
        if not number.startswith(country):
            return f"+{number}" if number else ""
        digits = f"0{number.removeprefix(country).removeprefix('0')}"
    if len(digits) == len("0612345678") and digits.startswith(("06", "07")):
        return f"+{country}{digits[1:]}"
    return ""
