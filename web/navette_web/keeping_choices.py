"""Choices of a person, kept once: a form sent twice, or late, does not put an older choice back."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from navette.circulation.repeating import once_or_anew
from navette.errors import Duplicate
from navette.storage.unit import Tx
from navette_web.forms import key_of
from navette_web.shell import house_of, now_of, visitor_of


def keep_once(
    request: Request, what: str, content: dict[str, Any], work: Callable[[Tx], object]
) -> bool:
    """Write a choice in one unit of work, once for the key of its form; tell whether it was now.

    `content` is what was chosen: another choice under the same key is a new one. Raises what
    `work` raises, and then keeps nothing.
    """
    house, actor, now = house_of(request), visitor_of(request).actor(), now_of(request)
    key = key_of(request)  # here: the form is not read in the writer's thread

    def kept(tx: Tx) -> bool:
        return once_or_anew(tx, actor, key, what, content, now, lambda: work(tx))

    try:
        return house.unit.write(kept)
    except Duplicate:  # the same form twice at the very same time: the other one is there now
        return house.unit.write(kept)
