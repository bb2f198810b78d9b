"""The environment of this process: settings, with what development fills in by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from navette.clock import Clock, ShiftedClock, SystemClock
from navette.errors import SettingsError
from navette.settings import Settings, settings_from
from navette.storage.database import SQLITE
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
    _check_place(settings)
    if not settings.production:
        for name, value in _keys(settings.data).items():
            given[name] = given.get(name) or value
    return settings_from(given)


def _keys(data: Path) -> Mapping[str, str]:
    try:
        return keys_of(data)
    except OSError as error:
        raise no_folder(data, error) from error


def no_folder(data: Path, error: OSError) -> SettingsError:
    """Return what is said of a data folder that is none, or where nothing can be written."""
    why = "it is no folder" if data.exists() and not data.is_dir() else error.strerror
    return SettingsError(
        "DATA_DIR", f"{data} cannot hold the data ({why}). Choose another folder: DATA_DIR=other"
    )


def _check_place(settings: Settings) -> None:
    """Refuse a database whose folder is not there: a slip of the pen makes no empty one elsewhere."""
    if not settings.database_url.startswith(SQLITE):
        return
    folder = Path(settings.database_url.removeprefix(SQLITE)).absolute().parent
    if not folder.is_dir() and folder != settings.data.absolute():
        raise SettingsError(
            "NAVETTE_DATABASE_URL", f"there is no folder {folder}. Make it first, or name another."
        )


def clock_of(settings: Settings) -> Clock:
    """Return the machine's clock, or in development the one that starts at a chosen instant."""
    if settings.clock:
        return ShiftedClock(datetime.fromisoformat(settings.clock))
    return SystemClock()
