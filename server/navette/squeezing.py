"""Brotli where its library is built for the machine; without it everything is packed by gzip."""

from __future__ import annotations

from types import ModuleType

_brotli: ModuleType | None
try:
    import brotli as _brotli
except ImportError:  # not every machine has it built
    _brotli = None

HAS_BROTLI = _brotli is not None


def squeezed(data: bytes, quality: int) -> bytes:
    """Pack with brotli, quality 1 to 11; only where HAS_BROTLI."""
    assert _brotli is not None  # noqa: S101 - callers ask HAS_BROTLI first
    packed: bytes = _brotli.compress(data, quality=quality)
    return packed
