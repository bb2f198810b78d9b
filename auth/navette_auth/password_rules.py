"""What a new password has to be: 50 bits, which CNIL 2022-100 asks for where guesses are slowed.

Bits are counted as the CNIL does (length times the alphabet), after what anybody would try first
is taken out: the person's names, everyday passwords, keyboard rows, runs and repetitions.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from navette.errors import BadInput
from navette.patrons.reading import name_key
from navette_auth.passwords import LONGEST

FEWEST_BITS = 50
OF_THE_CARD = 5
SHORTEST_NAME = 3
OTHERS = 33
EVERYDAY = (
    "motdepasse", "password", "azertyuiop", "qwertyuiop", "azerty", "qwerty", "bonjour", "soleil",
    "doudou", "chouchou", "marseille", "navette", "bibliotheque", "mediatheque", "livre", "lecture",
    "hem", "lannoy", "leers", "lys", "toufflers", "lille", "roubaix", "iloveyou", "jetaime",
    "qsdfghjklm", "wxcvbn", "loulou", "amour", "princesse",
)  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """What others may know of the person whose password it is."""

    numbers: Sequence[str] = ()
    birth_year: int | None = None
    names: Sequence[str] = ()


def check_password(password: str, owner: Owner) -> None:
    """Raise BadInput on `password`: long, birth_year, card or weak."""
    if len(password) > LONGEST:
        raise BadInput("password", "long")
    if owner.birth_year is not None and str(owner.birth_year) in password:
        raise BadInput("password", "birth_year")
    if any(part in password for number in owner.numbers for part in _parts(number)):
        raise BadInput("password", "card")
    if bits(password, owner.names) < FEWEST_BITS:
        raise BadInput("password", "weak")


def bits(password: str, names: Iterable[str] = ()) -> float:
    """Return how many bits the password is worth once its guessable parts count for one letter."""
    alphabet = sum(size for letters, size in _CLASSES if any(c in letters for c in password))
    if any(c not in _PLAIN for c in password):
        alphabet += OTHERS
    return len(_bare(password, names)) * log2(alphabet) if alphabet else 0.0


_CLASSES = ((string.ascii_lowercase, 26), (string.ascii_uppercase, 26), (string.digits, 10))
_PLAIN = frozenset(string.ascii_letters + string.digits)


def _bare(password: str, names: Iterable[str]) -> str:
    letters = unicodedata.normalize("NFKD", password.casefold())
    text = "".join(c for c in letters if not unicodedata.combining(c))
    known = {word for name in names for word in name_key(name).split()}
    known = {word for word in known if len(word) >= SHORTEST_NAME}
    for word in sorted({*EVERYDAY, *known}, key=len, reverse=True):
        text = text.replace(word, "\0")
    kept = text[:1]
    for before, letter in pairwise(text):
        if abs(ord(letter) - ord(before)) > 1:  # aaaa, 1234 and dcba are one letter long
            kept += letter
    most = min(len(password), 2 * len(set(kept)))  # abcabcabc is not much longer than abc
    return kept[:most]


def _parts(number: str) -> Iterable[str]:
    return (number[at : at + OF_THE_CARD] for at in range(len(number) - OF_THE_CARD + 1))
