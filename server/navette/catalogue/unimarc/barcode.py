"""The one way in which barcodes are compared: as typed, as scanned, as exported."""

import re
from typing import Final

_SPACES: Final = re.compile(r"[\s\x00-\x1f]+")
# Codabar frames its digits with one of A, B, C, D at each end; some readers send them.
_FRAMES: Final = frozenset("ABCD")
_CODABAR: Final = re.compile(r"[ABCD]([0-9$:/.+-]{4,})[ABCD]")


def normalised(barcode: str) -> str:
    """Trim, upper-case, drop the asterisks of Code 39 and the start and stop letters of Codabar."""
    text = (barcode if barcode.isalnum() else _SPACES.sub("", barcode)).upper()
    if text[:1] == "*" == text[-1:]:
        text = text.strip("*")
    framed = _CODABAR.fullmatch(text) if text[:1] in _FRAMES else None
    return framed[1] if framed else text
