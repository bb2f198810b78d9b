"""Keys of an installation in development: made once into the data folder, mode 600."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

SUBJECT = "mailto:navette@example.org"
OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700


def keys_of(data: Path) -> Mapping[str, str]:
    """Return the settings that the folder's keys give, making the keys that are not there yet."""
    return {
        "NAVETTE_SECRET_KEYS": kept(data / "keys" / "session", _session_key),
        "NAVETTE_VAPID_PRIVATE_KEY": kept(data / "keys" / "vapid", _push_key),
        "NAVETTE_VAPID_SUBJECT": SUBJECT,
    }


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the key in a file, made at the first call; of two processes that make it at once, one wins."""
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:  # noqa: PTH123 - the mode is set at creation
        file.write(make() + "\n")
    with suppress(FileExistsError):
        os.link(draft, path)  # unlike a rename, never replaces the key another process made
    draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _session_key() -> str:
    return secrets.token_urlsafe(48)


def _push_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")
