"""The demonstration's environment: what `make run` sets where nothing is set already."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from navette.errors import SettingsError
from navette_server.environment import DEFAULT_FOLDER, DEFAULT_PORT, no_folder
from navette_server.keys import kept, keys_of

HIGHEST_PORT = 65_534
CLIENT = "navette"


@dataclass(frozen=True)
class Demonstration:
    """Where everything listens, and the environment of its processes."""

    port: int
    stand_in_port: int | None
    data: Path
    environ: Mapping[str, str]

    @property
    def base_url(self) -> str:
        """Return the address that people type."""
        return self.environ["NAVETTE_BASE_URL"]


def demonstration_of(environ: Mapping[str, str]) -> Demonstration:
    """Read PORT, DATA_DIR and NAVETTE_...; raises SettingsError.

    Every NAVETTE_ variable that is set wins; with an issuer of its own there is no stand-in.
    """
    data, (port, stand_in_port) = folder_of(environ), ports_of(environ)
    if environ.get("NAVETTE_ENV", "development") != "development":
        raise SettingsError("NAVETTE_ENV", "the demonstration is for development: unset it")
    try:
        data.mkdir(parents=True, exist_ok=True)
        keys = keys_of(data)
    except OSError as error:
        raise no_folder(data, error) from error
    defaults = {
        "NAVETTE_ENV": "development",
        "NAVETTE_DATA_DIR": str(data),
        "NAVETTE_BASE_URL": f"http://127.0.0.1:{port}",
        "NAVETTE_READY_WINDOW": "5",
        **keys,
    }
    if stand_in_port:
        defaults |= {
            "NAVETTE_OIDC_ISSUER": f"http://127.0.0.1:{stand_in_port}",
            "NAVETTE_OIDC_CLIENT_ID": CLIENT,
            "NAVETTE_OIDC_CLIENT_SECRET": kept(
                data / "keys" / "stand-in", lambda: secrets.token_urlsafe(32)
            ),
        }
    return Demonstration(
        port,
        stand_in_port,
        data,
        {**defaults, **environ, "PYTHONUNBUFFERED": "1"},
    )


def folder_of(environ: Mapping[str, str]) -> Path:
    """Return the data folder, made or not."""
    folder = environ.get("NAVETTE_DATA_DIR") or environ.get("DATA_DIR") or DEFAULT_FOLDER
    return Path(folder).resolve()


def ports_of(environ: Mapping[str, str]) -> tuple[int, int | None]:
    """Return where the pages and the stand-in listen, None without one; raises SettingsError."""
    port = _port(environ.get("PORT") or str(DEFAULT_PORT))
    return port, None if "NAVETTE_OIDC_ISSUER" in environ else port + 1


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise SettingsError("PORT", f"must be a number from 1 to {HIGHEST_PORT}, not {text!r}")
    return int(text)
