"""Profiles of sources: those that ship with Navette, and a network's own, kept in its database.

A network's own profile is kept beside the records that were read by it, so that they can be read
again without its file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy import bindparam, delete, select

from navette.catalogue.tables import SourceProfile
from navette.catalogue.unimarc import profiles
from navette.catalogue.unimarc.profiles import Profile, UnknownProfile
from navette.errors import SourceError
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx

_p = table(SourceProfile).c
_CONTENT = Query(select(_p.content).where(_p.name == bindparam("name")), scalar)
_NAMES = Query(select(_p.name).order_by(_p.name), scalar)
_FORGET = command(delete(table(SourceProfile)).where(_p.name == bindparam("name")))


def read_file(path: Path) -> tuple[Profile, str]:
    """Read a profile from a file, named like it; give its content too. Raises SourceError."""
    try:
        content = path.read_text("utf-8")
        return profiles.from_toml(path.stem, tomllib.loads(content)), content
    except (OSError, ValueError) as error:
        raise SourceError(str(path), f"no profile: {error}") from error


def keep(tx: Tx, name: str, content: str) -> None:
    """Keep a network's own profile; the newest of a name counts."""
    tx.run(_FORGET, name=name)
    tx.insert(SourceProfile, name=name, content=content)


def named(reader: Reader, name: str) -> Profile:
    """Give a profile by name, the network's own first; raises UnknownProfile."""
    content = reader.first(_CONTENT, name=name)
    if content is not None:
        return profiles.from_toml(name, tomllib.loads(content))
    if name not in profiles.known():
        raise UnknownProfile(name, known(reader))
    return profiles.load(name)


def named_or_generic(reader: Reader, name: str) -> Profile:
    """Give a profile by name; the generic one for what is no longer there. Never of copies."""
    try:
        return named(reader, name)
    except UnknownProfile:
        return profiles.load(profiles.GENERIC)


def of_library(reader: Reader, code: str) -> Profile:
    """Give the profile named like a library, else the generic one."""
    return named(reader, code if code in known(reader) else profiles.GENERIC)


def known(reader: Reader) -> tuple[str, ...]:
    """Give the names of all profiles there are."""
    return tuple(sorted({*profiles.known(), *reader.all(_NAMES)}))
