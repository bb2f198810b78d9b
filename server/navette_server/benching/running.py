"""Running the bench: every figure in one run, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from navette_server.benching.circulating import circulation_speed
from navette_server.benching.crowding import crowd_speed
from navette_server.benching.deciding import deciding_speed
from navette_server.benching.finding import finding_quality
from navette_server.benching.grouping import grouping_quality
from navette_server.benching.importing import import_speed
from navette_server.benching.measuring import Figure
from navette_server.benching.pushing import push_speed
from navette_server.benching.regrouping import regrouping
from navette_server.benching.scaling import SMALL, at_a_million, scale_figures

Stage = Callable[[], Figure | list[Figure]]


def stages(catalogues: Path | None, *, million: bool = False) -> Sequence[Stage]:
    """Return what is measured, in order; `catalogues` is the folder of the five real files.

    `million`: also group and search a million records.
    """
    return (
        import_speed,
        circulation_speed,
        crowd_speed,
        deciding_speed,
        push_speed,
        lambda: grouping_quality(catalogues),
        lambda: regrouping(million=million),
        lambda: finding_quality(catalogues),
        lambda: scale_figures(SMALL),
        lambda: at_a_million(wanted=million),
    )


def figures(advance: Callable[[int, int | None], None], measured: Sequence[Stage]) -> list[Figure]:
    """Measure everything in temporary folders; `advance` is told how far it is."""
    found: list[Figure] = []
    for done, measure in enumerate(measured):
        advance(done, len(measured))
        figure = measure()
        found += figure if isinstance(figure, list) else [figure]
    advance(len(measured), len(measured))
    return found


def lines(found: Sequence[Figure]) -> str:
    """Say the figures, one a line, with the budget and whether it is kept."""
    width = max(len(one.name) for one in found)
    return "\n".join(_line(one, width) for one in found)


def _line(one: Figure, width: int) -> str:
    if one.skipped:
        return f"{one.name:<{width}}  not run: {one.detail}"
    judged = "shown  " if one.better == "shown" else f"{_budget(one):<8} {_kept(one)}"
    return f"{one.name:<{width}}  {one.ratio:6.2f}  {judged:<15}  {one.detail}"


def _budget(one: Figure) -> str:
    return f"{'<=' if one.better == 'lower' else '>='} {one.budget:g}"


def _kept(one: Figure) -> str:
    return "kept  " if one.kept else "MISSED"
