"""Promises kept: how often "au plus tard" was true, by library and situation, and which were not."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.ils.views import BrokenPromiseView, KeptView
from navette.languages import N_, _, ngettext
from navette_web import french
from navette_web.forms import id_in
from navette_web.shell import asked, house_of, manager_of, network_for, page

KEPT = "/coordination/promesses"
PERIODS = (30, 90, 365)
SITUATIONS: Mapping[str, str] = {
    "all": N_("Toutes"),
    "here": N_("En rayon ici"),
    "elsewhere": N_("En rayon ailleurs"),
    "all_out": N_("Tout est prêté"),
}
AIM = (88, 94)  # of a hundred: below, days are said too soon; above, too late
FEW = 20
PAGE = 50


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [Route(KEPT, kept)]


def kept(request: Request) -> Response:
    """Show the figures of a period and what was not kept, fifty a page."""
    _me, library = manager_of(request)
    days = id_in(asked(request, "jours"))
    days = days if days in PERIODS else PERIODS[1]
    start = max(0, id_in(asked(request, "apres")) or 0)
    circulation = house_of(request).circulation
    names = {one.code: one.short_name for one in network_for(request).libraries}
    missed = circulation.promises_broken(days, start + PAGE + 1)[start:]
    return page(
        request,
        "coordination/promises.html",
        nav="coordination",
        library=library,
        periods=PERIODS,
        days=days,
        aim=AIM,
        situations=[(code, _(words)) for code, words in SITUATIONS.items()],
        rows=_rows(circulation.promises_kept(days), names),
        missed=[_missed(one, names) for one in missed[:PAGE]],
        older=start + PAGE if len(missed) > PAGE else 0,
    )


def _rows(figures: Sequence[KeptView], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one row a library, the network first, with a cell a situation."""
    found = {(one.library, one.situation): one for one in figures}
    libraries = [("", _("Le réseau")), *names.items()]
    return [
        {"name": name, "cells": [_cell(found.get((code, of))) for of in SITUATIONS]}
        for code, name in libraries
        if (code, "all") in found
    ]


def _cell(figure: KeptView | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    share = round(100 * figure.kept / figure.promises)
    low, high = AIM
    return {
        "share": share,
        "tone": "" if figure.promises < FEW else "wait" if share < low else "go",
        "early": figure.promises >= FEW and share > high,
        "count": ngettext("{count} promesse", "{count} promesses", figure.promises).format(
            count=figure.promises
        ),
        "width": _width(figure.width_open_days),
    }


def _width(days: float) -> str:
    if not days:
        return _("dit au jour près")
    number = f"{days:g}".replace(".", ",")
    return ngettext("à {count} jour d’ouverture près", "à {count} jours d’ouverture près",
                    int(days)).format(count=number)  # fmt: skip


def _missed(one: BrokenPromiseView, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": one.title,
        "library": names.get(one.library, one.library),
        "situation": _(SITUATIONS.get(one.situation, one.situation)),
        "said": french.day_in_words(one.latest_on),
        "ready": french.day_in_words(one.ready_at) if one.ready_at else "",
    }
