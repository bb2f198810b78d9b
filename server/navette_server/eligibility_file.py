"""The nightly file of who is registered, for a metropolis that reads files: JSON, one a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from navette.clock import Clock, local_date
from navette.settings import Settings
from navette.storage.unit import Unit
from navette_auth.eligibility import linked

OWNER_ONLY = 0o600


def write_eligibility(settings: Settings, unit: Unit, clock: Clock, path: Path) -> int:
    """Write the file whole or not at all, readable by its owner only; return how many lines."""
    draft = path.with_name(f".{path.name}.part")
    lines = 0
    draft.unlink(missing_ok=True)
    draft.touch(mode=OWNER_ONLY)
    with draft.open("wb") as file, unit.read() as reader:
        for line in linked(reader, settings.provider_url, local_date(clock.now())):
            file.write(orjson.dumps(line) + b"\n")
            lines += 1
    draft.replace(path)
    return lines


def nightly_eligibility(
    settings: Settings, unit: Unit, clock: Clock
) -> Sequence[Callable[[], object]]:
    """Return the job that writes the file each night, where one is set."""
    if not settings.eligibility_file:
        return []
    path = Path(settings.eligibility_file)
    return [lambda: write_eligibility(settings, unit, clock, path)]
