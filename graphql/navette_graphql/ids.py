"""Global ids: opaque names of things, the same wherever they are met."""

from __future__ import annotations

import base64
import binascii
import re

import strawberry

from navette.errors import BadInput, NotFound

_TEXT = re.compile(r"([A-Z][A-Za-z]+):(\d{1,10})")

_NUMBER = re.compile(r"[0-9]{1,10}")
LARGEST = 2**31 - 1  # what an id column holds


def global_id(kind: str, row: int) -> strawberry.ID:
    """Return the id of a thing: `global_id("Record", 12)`."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{row}".encode()).decode().rstrip("="))


def parse(text: str) -> tuple[str, int]:
    """Return kind and row id; raises NotFound for what was never an id of ours."""
    try:
        plain = base64.urlsafe_b64decode(str(text) + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise NotFound from error
    found = _TEXT.fullmatch(plain)
    if found is None:
        raise NotFound
    return found.group(1), int(found.group(2))


def row_id(text: str, kind: str) -> int:
    """Return the row id of an id of that kind; a page's number is understood too.

    Raises NotFound for an id of another kind: there is no such thing under it.
    """
    plain = str(text)
    found, row = (kind, int(plain)) if _NUMBER.fullmatch(plain) else parse(plain)
    if found != kind or row > LARGEST:
        raise NotFound
    return row


def cursor(*keys: int | str) -> str:
    """Return a keyset cursor: where to go on, whatever was inserted meanwhile."""
    return base64.urlsafe_b64encode("\x1f".join(map(str, keys)).encode()).decode().rstrip("=")


def cursor_keys(text: str | None) -> list[str]:
    """Return the keys of a cursor, none without one; raises BadInput for what was never one.

    A client whose cursor is spoilt would read the first page for ever, were it answered with it.
    """
    if not text:
        return []
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("\x1f")
    except (binascii.Error, ValueError) as error:
        raise BadInput("after", "not a cursor") from error


def cursor_row(text: str | None) -> int | None:
    """Return the row after which a page begins, None for the first; raises BadInput."""
    keys = cursor_keys(text)
    if not keys:
        return None
    if len(keys) != 1 or not _NUMBER.fullmatch(keys[0]) or int(keys[0]) > LARGEST:
        raise BadInput("after", "not a cursor")
    return int(keys[0])
