"""The demonstration's environment: what `make run` sets where nothing is set already."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from navette.errors import SettingsError
from navette_server.environment import DEFAULT_FOLDER, DEFAULT_PORT
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
    port = _port(environ.get("PORT") or str(DEFAULT_PORT))
    folder = environ.get("NAVETTE_DATA_DIR") or environ.get("DATA_DIR") or DEFAULT_FOLDER
    data = Path(folder).resolve()
    if environ.get("NAVETTE_ENV", "development") != "development":
        raise SettingsError("NAVETTE_ENV", "the demonstration is for development: unset it")
    data.mkdir(parents=True, exist_ok=True)
    defaults = {
        "NAVETTE_ENV": "development",
        "NAVETTE_DATA_DIR": str(data),
        "NAVETTE_BASE_URL": f"http://127.0.0.1:{port}",
        "NAVETTE_READY_WINDOW": "5",
        **keys_of(data),
    }
    stand_in = "NAVETTE_OIDC_ISSUER" not in environ
    if stand_in:
        defaults |= {
            "NAVETTE_OIDC_ISSUER": f"http://127.0.0.1:{port + 1}",
            "NAVETTE_OIDC_CLIENT_ID": CLIENT,
            "NAVETTE_OIDC_CLIENT_SECRET": kept(
                data / "keys" / "stand-in", lambda: secrets.token_urlsafe(32)
            ),
        }
    return Demonstration(
        port,
        port + 1 if stand_in else None,
        data,
        {**defaults, **environ, "PYTHONUNBUFFERED": "1"},
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise SettingsError("PORT", f"must be a number from 1 to {HIGHEST_PORT}, not {text!r}")
    return int(text)
