"""What was asked of the engine and what it answered, line by line: a broken story can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from navette.ils.embedded import EmbeddedCirculation
from navette.ils.views import Actor

SHOWN = (
    "instruction", "destination", "hold_id", "hold_state", "state", "pickup", "item_id", "act",
    "loan_id", "id",
)  # fmt: skip
SILENT = {"pull_list", "transits", "to_clear", "forget_network"}


class Narrated:
    """The engine, with a diary. Answers everything that the engine answers."""

    def __init__(self, engine: EmbeddedCirculation) -> None:
        self.engine = engine
        self.lines: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.engine, name)
        if name in SILENT or not callable(found):
            return found
        return self._written(name, found)

    def _written(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def write(*given: Any, **more: Any) -> Any:
            asked = ", ".join([*(_short(g) for g in given), *(f"{k}={v}" for k, v in more.items())])
            when = f"{self.engine._clock.now():%d/%m %H:%M}"
            try:
                answer = act(*given, **more)
            except BaseException as error:
                self.lines.append(f"{when} {name}({asked}) !! {type(error).__name__} {error}")
                raise
            self.lines.append(f"{when} {name}({asked}) -> {_short(answer)}")
            return answer

        return write


def _short(value: Any) -> str:
    if not is_dataclass(value):
        return str(value)
    if isinstance(value, Actor):
        return f"{value.kind}:{value.library or value.patron_id or ''}"
    known = {f.name: getattr(value, f.name) for f in fields(value)}
    if "instruction" in known or "rank" in known or "act" in known:
        return " ".join(f"{n}={known[n]}" for n in SHOWN if known.get(n) not in (None, ""))
    return " ".join(f"{n}={v}" for n, v in known.items() if v not in (None, "", False, []))
