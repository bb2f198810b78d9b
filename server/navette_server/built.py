"""What was built, noted: the next `make run` need not ask the database again."""

from __future__ import annotations

from pathlib import Path

import orjson

from navette_server.demonstration import Demonstration
from navette_server.revision import expected_revision

SQLITE = "sqlite:///"


def is_built(demonstration: Demonstration) -> bool:
    """Return whether the demonstration stands as it was noted, at today's schema and addresses."""
    note = _present(demonstration)
    if not note or not (demonstration.data / "accounts.json").exists():
        return False
    try:
        kept: object = orjson.loads(_path(demonstration).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return kept == note


def note_built(demonstration: Demonstration) -> None:
    """Note what stands now."""
    note = _present(demonstration)
    if note:
        _path(demonstration).write_bytes(orjson.dumps(note))


def _present(demonstration: Demonstration) -> dict[str, object]:
    """Describe a database in a file that is there; nothing for any other."""
    environ = demonstration.environ
    url = environ.get("NAVETTE_DATABASE_URL") or f"{SQLITE}{demonstration.data / 'navette.db'}"
    file = Path(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or not file.exists():
        return {}
    return {
        "database": url,
        "file": file.stat().st_ino,
        "revision": expected_revision(),
        "base_url": demonstration.base_url,
        "issuer": environ.get("NAVETTE_OIDC_ISSUER", ""),
    }


def _path(demonstration: Demonstration) -> Path:
    return demonstration.data / ".built.json"
