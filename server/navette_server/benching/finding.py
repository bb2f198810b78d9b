"""What the judged queries say of the search, and what each choice of the ranking gains."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from navette.catalogue.importing import import_file
from navette.catalogue.search.index import SearchIndex
from navette.catalogue.search.indexing import IndexWriter
from navette.catalogue.search.ranking import RANKING, Ranking, Weights
from navette.clock import SystemClock
from navette.network.loading import load_network, read_toml
from navette.storage.database import open_unit
from navette.storage.migrating import upgrade
from navette.storage.unit import Unit
from navette_server.benching.importing import NETWORK
from navette_server.benching.judging import Judged, Standing, judged, records_named, standing
from navette_server.benching.measuring import Figure

LIBRARIES: Final = ("hem", "lys", "leers", "toufflers", "lannoy")
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST, FEW, NDCG = 0.95, 0.97, 0.94
BY_EAR: Final = 0.90
# A choice may cost nothing measurable; most of them gain.
HARMLESS: Final = -0.002
KINDS: Final[Mapping[str, frozenset[str]]] = {
    "all judged queries": frozenset({"adult", "child", "elder"}),
    "as children type": frozenset({"child"}),
    "as elders type": frozenset({"elder"}),
}


def finding_quality(catalogues: Path | None) -> list[Figure]:
    """Return how the judged queries fare, and without each choice; needs the five real files."""
    name = f"{len(judged())} judged queries on the five real catalogues"
    if catalogues is None or not all((catalogues / f"{code}.mrc").is_file() for code in LIBRARIES):
        return [Figure.not_run(name, "name their folder with --catalogues")]
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as folder:
        return measured(catalogues, Path(folder))


def measured(catalogues: Path, folder: Path) -> list[Figure]:
    """Import the catalogues into `folder`, index them, ask every query, with and without."""
    with real_catalogue(catalogues, folder) as unit:
        with unit.read() as reader:
            named = records_named(reader)
        shown = [_shown(kind, _stands(unit, folder, named, who)) for kind, who in KINDS.items()]
        whole = _stands(unit, folder, named, KINDS["all judged queries"])
        return [*shown, *(_gain(unit, folder, named, whole, name) for name in without())]


@contextmanager
def real_catalogue(catalogues: Path, folder: Path) -> Iterator[Unit]:
    """Import the five files into a fresh database and index it, all in `folder`."""
    url = f"sqlite:///{folder / 'navette.db'}"
    upgrade(url)
    unit = open_unit(url)
    try:
        unit.write(lambda tx: load_network(tx, read_toml(NETWORK)))
        for code in LIBRARIES:
            import_file(unit, catalogues / f"{code}.mrc", code, now=NOW)
        _index(unit, folder, RANKING)
        yield unit
    finally:
        unit.close()


def _index(unit: Unit, folder: Path, ranking: Ranking) -> None:
    with closing(
        IndexWriter(folder / f"index-{_stored(ranking)}", unit, SystemClock(), ranking=ranking)
    ) as writer:
        writer.rebuild()


def _stored(ranking: Ranking) -> str:
    """Name what of a ranking is kept in the index itself."""
    return f"{ranking.popularity}-{ranking.recency}-{ranking.availability}"


def without() -> Mapping[str, Ranking]:
    """Return the ranking without each of its choices, by name."""
    return {
        "the exact title": replace(RANKING, exact_title=0.0, exact_title_per_word=0.0),
        "title words before the rest": _all_but(RANKING, "title", "title_words"),
        "names before the rest": _all_but(replace(RANKING, author_phrase=0.0), "author"),
        "series before the rest": _all_but(RANKING, "series"),
        "words side by side": replace(RANKING, title_phrase=0.0, author_phrase=0.0),
        "forgiven typos": replace(RANKING, forgiving=False),
        "words by their sound": replace(RANKING, sound=0.0),
        "some of the words when none has all": replace(RANKING, partly=False),
        "typed and found first, if said together": replace(RANKING, as_said=0.0),
        "popularity": replace(RANKING, popularity=0.0),
        "recency": replace(RANKING, recency=0.0),
        "availability": replace(RANKING, availability=0.0),
    }


def _all_but(ranking: Ranking, *fields: str) -> Ranking:
    """Return the ranking with these fields no heavier than a summary: found, not preferred."""
    low = min(ranking.by_stem[""].values())

    def lowered(weights: Weights) -> Weights:
        plain = {f: low if f in fields else w for f, w in weights[""].items()}
        return MappingProxyType({**weights, "": plain})

    return replace(ranking, by_stem=lowered(ranking.by_stem), by_whole=lowered(ranking.by_whole))


def _stands(
    unit: Unit,
    folder: Path,
    named: Mapping[str, int],
    who: frozenset[str],
    ranking: Ranking = RANKING,
) -> Standing:
    index = SearchIndex(folder / f"index-{_stored(ranking)}", unit, ranking)
    queries: Sequence[Judged] = [each for each in judged() if each.who in who]

    def ask(text: str) -> list[int]:
        return [hit.record_id for hit in index.search(text, first=10, counted=False).hits]

    return standing(queries, named, ask)


def _shown(kind: str, found: Standing) -> Figure:
    budget = NDCG if kind.startswith("all") else BY_EAR
    return Figure(
        f"{kind}: nDCG@10", found.ndcg, budget, "higher",
        f"{found.queries} queries, success@1 {found.success_first:.3f},"
        f" success@5 {found.success_few:.3f}, nDCG@10 {found.ndcg:.4f}",
    )  # fmt: skip


def _gain(unit: Unit, folder: Path, named: Mapping[str, int], whole: Standing, name: str) -> Figure:
    ranking = without()[name]
    if _stored(ranking) != _stored(RANKING):
        _index(unit, folder, ranking)
    less = _stands(unit, folder, named, KINDS["all judged queries"], ranking)
    return Figure(
        f"ranking, gained by {name}: nDCG@10", whole.ndcg - less.ndcg, HARMLESS, "higher",
        f"{less.ndcg:.4f} without, {whole.ndcg:.4f} with;"
        f" success@1 {less.success_first:.3f}, {whole.success_first:.3f}",
    )  # fmt: skip
