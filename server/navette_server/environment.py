"""The environment of this process: settings, with what development fills in by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from navette.clock import Clock, ShiftedClock, SystemClock
from navette.settings import Settings, settings_from
from navette_server.keys import keys_of

DEFAULT_PORT = 8000
DEFAULT_FOLDER = "var"


def settings_here(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; in development the data folder's keys fill what is not set.

    `DATA_DIR` names the folder where `NAVETTE_DATA_DIR` does not, as it does for `make run`.
    Raises SettingsError.
    """
    given = dict(os.environ if environ is None else environ)
    given.setdefault("NAVETTE_DATA_DIR", given.get("DATA_DIR") or DEFAULT_FOLDER)
    settings = settings_from(given)
    if settings.production:
        return settings
    for name, value in keys_of(settings.data).items():
        given[name] = given.get(name) or value
    return settings_from(given)


def clock_of(settings: Settings) -> Clock:
    """Return the machine's clock, or in development the one that starts at a chosen instant."""
    if settings.clock:
        return ShiftedClock(datetime.fromisoformat(settings.clock))
    return SystemClock()
