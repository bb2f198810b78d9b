"""Brotli where its library is built for the machine; without it everything is packed by gzip."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

HAS_BROTLI = find_spec("brotli") is not None


def squeezed(data: bytes, quality: int) -> bytes:
    """Pack with brotli, quality 1 to 11; only where HAS_BROTLI."""
    packed: bytes = import_module("brotli").compress(data, quality=quality)
    return packed
