"""The report of an import: one flat object for each file, and what was refused of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from navette.catalogue.missing import Missing


@dataclass(frozen=True)
class Refused:
    """A part of the file that was not taken: where it starts, its 001, the field, the reason."""

    position: int
    id_001: str | None
    field: str | None
    reason: str


@dataclass(frozen=True)
class Sample:
    """One record: what the file says, what the catalogue shows now and would show afterwards.

    `change` is created, joined (to a publication that another library has) or updated.
    """

    id_001: str
    change: str
    written: str
    before: str
    after: str


@dataclass
class ImportReport:
    """What an import did. Read = created + updated + unchanged + refused, of records and items."""

    file: str
    library: str
    profile: str
    dry_run: bool
    records_read: int = 0
    records_created: int = 0
    records_updated: int = 0
    records_unchanged: int = 0
    records_repaired: int = 0
    records_refused: int = 0
    items_read: int = 0
    items_created: int = 0
    items_updated: int = 0
    items_unchanged: int = 0
    items_refused: int = 0
    publications_before: int = 0
    publications_after: int = 0
    seconds: float = 0.0
    refusals: list[Refused] = field(default_factory=list)
    missing: Missing | None = None
    samples: list[Sample] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give the flat object that `navette import --report` writes; a dry run adds its samples."""
        told = asdict(self)
        # Said to people only: the names of the object are agreed with those who read it.
        del told["missing"]
        if not self.dry_run:
            del told["samples"]
        return told

    @property
    def complete(self) -> bool:
        """Tell whether nothing was refused."""
        return not self.refusals
