"""Plots as SVG: bars with their intervals, written by hand so that nothing has to be installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 26, 210, 90, 46
COLOURS: Mapping[str, str] = {
    "navette": "#1c6e8c", "nearest_first": "#b4471f", "first_come": "#8a6a00",
}  # fmt: skip
NAMES: Mapping[str, str] = {
    "navette": "Navette", "nearest_first": "au plus proche", "first_come": "premier arrivé",
}  # fmt: skip
Bar = tuple[str, str, Mapping[str, float]]


def plots(report: Mapping[str, Any]) -> dict[str, str]:
    """Return the plots of a comparison by file name."""
    of = report["strategies"]
    codes = _codes(of)
    waits = {
        share: [
            (f"{code} · {NAMES[name]}", COLOURS[name], figures[f"{path}/{share}"])
            for code, path in (("réseau", "wait_days"), *codes)
            for name, figures in of.items()
        ]
        for share in ("p50", "p90")
    }
    trips = [
        (NAMES[name], COLOURS[name], figures["van_trips_per_filled_hold"])
        for name, figures in of.items()
    ]
    kept = [
        (path.split("/")[2], COLOURS["navette"], figure)
        for path, figure in of["navette"].items()
        if path.startswith("promise/groups/") and path.endswith("/kept")
    ]
    return {
        "attente-p50.svg": bars("Attente médiane (jours)", waits["p50"]),
        "attente-p90.svg": bars("Attente, neuf sur dix (jours)", waits["p90"]),
        "trajets.svg": bars("Trajets de navette par réservation servie", trips),
        "promesses.svg": bars("« Au plus tard » tenu", kept, most=1.0, band=(0.88, 0.94)),
    }


def bars(
    title: str, rows: Sequence[Bar], *, most: float = 0.0, band: tuple[float, float] | None = None
) -> str:
    """Return a plot of horizontal bars; a line through the end of each is its 95 % interval."""
    height = TOP + ROW * len(rows) + 20
    top = most or max((b["high"] for _, _, b in rows), default=1.0) or 1.0
    scale = (WIDTH - LEFT - RIGHT) / top
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-label="{escape(title)}" font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="26" font-size="17" font-weight="bold">{escape(title)}</text>',
    ]
    if band is not None:
        parts.append(
            f'<rect x="{LEFT + band[0] * scale:.1f}" y="{TOP - 6}" height="{height - TOP - 8}"'
            f' width="{(band[1] - band[0]) * scale:.1f}" fill="#dcefe0"/>'
        )
    for number, (label, colour, figure) in enumerate(rows):
        parts += _bar(label, colour, figure, TOP + number * ROW, scale)
    return "\n".join([*parts, "</svg>", ""])


def _bar(
    label: str, colour: str, figure: Mapping[str, float], y: float, scale: float
) -> Sequence[str]:
    mean, low, high = (figure[n] * scale for n in ("mean", "low", "high"))
    middle = y + 9
    return (
        f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>',
        f'<rect x="{LEFT}" y="{y}" width="{max(mean, 0):.1f}" height="18" fill="{colour}"/>',
        f'<path d="M{LEFT + low:.1f} {middle}H{LEFT + high:.1f}" stroke="#111" stroke-width="2"/>',
        f'<text x="{LEFT + max(high, mean) + 6:.1f}" y="{y + 13}">{_number(figure["mean"])}</text>',
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _codes(of: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    paths = {n.rsplit("/", 1)[0] for n in of["navette"] if n.startswith("wait_days_by_library/")}
    return [(path.split("/")[1], path) for path in sorted(paths)]
