"""The plan of one batch of an import: what will be written, what needs nothing, what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from navette.catalogue import matching, union
from navette.catalogue.lookups import KnownItem, KnownSource
from navette.catalogue.prepared import Written
from navette.catalogue.reporting import Refused
from navette.catalogue.unimarc.parsed import ParsedItem
from navette.catalogue.unimarc.profiles import Profile


class Stale(Exception):
    """What a plan was made from has changed between planning and writing."""


@dataclass(frozen=True)
class Source:
    """Whose file is read: the library named at import, the profile, the ids of all libraries.

    `again` says that what was kept is read anew: the same bytes may mean more now.
    """

    library_id: int
    profile: Profile
    libraries: Mapping[str, int]
    again: bool = False


@dataclass(slots=True)
class Description:
    """One record of the file, ready to be kept.

    `record_id` is None for a new publication; `cells` is None when it adds nothing to its record.
    """

    parsed: Written
    local_id: str
    digest: str
    known: KnownSource | None
    facts: matching.MatchFacts
    record_id: int | None
    cells: Sequence[Any] | None
    weight: union.Weight
    keys: Sequence[str]


@dataclass(slots=True)
class Copy:
    """One item of the file with the description it belongs to, named by its 001.

    `moves`: it stood beside another description of the library, which lets it go.
    """

    parsed: ParsedItem
    library_id: int
    local_id: str
    digest: str
    known: KnownItem | None
    moves: bool = False


@dataclass(slots=True)
class Plan:
    """All that one write unit will do, and what of the batch needs nothing or was refused."""

    created: list[Description] = field(default_factory=list)
    updated: list[Description] = field(default_factory=list)
    new_items: list[Copy] = field(default_factory=list)
    changed_items: list[Copy] = field(default_factory=list)
    # Of `updated`, by 001, those that say otherwise what they are compared by.
    changed: Sequence[str] = ()
    # The records of `updated` that other libraries describe too.
    shared: set[int] = field(default_factory=set)
    unchanged: int = 0
    unchanged_items: int = 0
    refused: list[Refused] = field(default_factory=list)
    refused_records: int = 0
    refused_items: int = 0
    known_records: dict[str, KnownSource] = field(default_factory=dict)
    last_key: int = 0

    @property
    def writes(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.created or self.updated or self.new_items or self.changed_items)
