"""What visitors send, read with suspicion: text, numbers, days; a field that is none is named."""

from datetime import date
from hashlib import sha256
from typing import Any

from anyio import from_thread
from starlette.datastructures import FormData
from starlette.requests import Request

from navette.errors import BadInput, NotFound

LONGEST_TEXT = 500
MOST_VALUES = 60
HIGHEST_ID = 2**31 - 1
_LONGEST_ID = len(str(HIGHEST_ID))


def plain(text: str) -> str:
    """Return text that every database can hold: without NUL, without half a character."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def id_in(text: str) -> int | None:
    """Return the row id that a text is, or None: nothing beyond what a database counts to."""
    if not text.isdecimal() or len(text) > _LONGEST_ID:
        return None
    return number if (number := int(text)) <= HIGHEST_ID else None


class Form:
    """The fields of a posted form."""

    def __init__(self, data: FormData) -> None:
        """Keep the fields."""
        self._data = data

    def text(self, name: str, default: str = "") -> str:
        """Return a trimmed text, the default when absent."""
        value: Any = self._data.get(name, default)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise BadInput(name)
        return plain(value).strip()

    def texts(self, name: str) -> list[str]:
        """Return every value of a field that may come several times, at most sixty of them."""
        values = self._data.getlist(name)[:MOST_VALUES]
        kept = [v for v in values if isinstance(v, str) and len(v) <= LONGEST_TEXT]
        return [plain(value).strip() for value in kept]

    def fingerprint(self) -> str:
        """Return 32 digits that are the same for the same fields with the same values."""
        fields = sorted((name, str(value)) for name, value in self._data.multi_items())
        return sha256(repr(fields).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def number(self, name: str) -> int:
        """Return the id of something; BadInput when it is none, NotFound beyond every id."""
        text = self.text(name)
        if not text.isdecimal():
            raise BadInput(name)
        number = id_in(text)
        if number is None:
            raise NotFound
        return number

    def number_or_none(self, name: str) -> int | None:
        """Return the id of something, None when the field is empty."""
        return self.number(name) if self.text(name) else None

    def day(self, name: str) -> date | None:
        """Return a day written 2026-11-24, None when the field is empty."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise BadInput(name) from error


def key_of(request: Request) -> str | None:
    """Return the key of the posted form: the same tap twice is one act."""
    return form_of(request).text("cle") or None


def key_as_filled_in(request: Request) -> str | None:
    """Return a key of the posted form and all that was chosen in it.

    The same choice twice is one act; another choice, in a page whose answer was lost or that one
    went back to, is an act of its own.
    """
    form = form_of(request)
    key = key_of(request)
    return key and f"{key}.{form.fingerprint()}"


def form_of(request: Request) -> Form:
    """Read the posted form from a page handler, which runs in a worker thread."""
    kept: Form | None = getattr(request.state, "form", None)
    if kept is None:
        kept = Form(from_thread.run(_read, request))
        request.state.form = kept
    return kept


async def _read(request: Request) -> FormData:
    return await request.form(max_files=0)


def body_of(request: Request) -> bytes:
    """Read the posted body from a page handler, which runs in a worker thread."""
    return from_thread.run(request.body)
