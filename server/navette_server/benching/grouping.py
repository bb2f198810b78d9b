"""How well records of five libraries are grouped, against the truth of their files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from navette.catalogue.exporting import export_lines
from navette.catalogue.importing import import_file
from navette.network.loading import load_network, read_toml
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette_server.benching import truth
from navette_server.benching.measuring import Figure
from navette_server.benching.truth import Name, Pair

RECALL, PRECISION = 0.98, 0.997
NETWORK: Final = Path(__file__).parents[1] / "demo" / "network.toml"
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Quality(NamedTuple):
    """Pairs of records of one publication: how many there are, were found, were wrongly made."""

    true: int
    found: int
    wrong: int

    @property
    def recall(self) -> float:
        """Return the share of true pairs that were found."""
        return self.found / self.true

    @property
    def precision(self) -> float:
        """Return the share of made pairs that are true."""
        return self.found / (self.found + self.wrong)


def grouping_quality(folder: Path | None) -> list[Figure]:
    """Import the five files into an empty catalogue and count right and wrong pairs."""
    names = ("pairs of one publication found", "pairs made that are right")
    if folder is None:
        return [Figure.not_run(name, "needs --catalogues FOLDER") for name in names]
    made, true = pairs_made(folder), truth.pairs(truth.groups(truth.read(folder)))
    whole, held = measured(made, true), measured(held_out(made), held_out(true))
    detail = f"{whole.true} true pairs, {whole.wrong} wrong ones made"
    return [
        Figure(
            names[0], whole.recall, RECALL, "higher",
            f"{detail}; of the half held out {held.recall:.4f}",
        ),
        Figure(
            names[1], whole.precision, PRECISION, "higher",
            f"{detail}; of the half held out {held.precision:.4f}",
        ),
    ]  # fmt: skip


def pairs_made(folder: Path, order: Sequence[str] = truth.LIBRARIES) -> set[Pair]:
    """Import the five files, in this order, and give the pairs that became one record."""
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as name:
        url = f"sqlite:///{Path(name) / 'grouping.db'}"
        upgrade(url)
        unit = open_unit(url)
        try:
            described = read_toml(NETWORK)
            unit.write(lambda tx: load_network(tx, described))
            for library in order:
                import_file(unit, folder / f"{library}.mrc", library, now=NOW)
            with unit.read() as reader:
                lines = list(export_lines(reader))
        finally:
            unit.close()
    return truth.pairs([[(code, local) for code, local in line["sources"]] for line in lines])


def measured(made: set[Pair], true: set[Pair]) -> Quality:
    """Count."""
    return Quality(len(true), len(made & true), len(made - true))


def held_out(pairs: Iterable[Pair]) -> set[Pair]:
    """Give the pairs of one half of the records, chosen by chance.

    Who looks at errors to better a rule looks at those of the other half.
    """
    return {pair for pair in pairs if _is_held_out(min(pair))}


def _is_held_out(name: Name) -> bool:
    return blake2b("|".join(name).encode(), digest_size=1).digest()[0] % 2 == 1
