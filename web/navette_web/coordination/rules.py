"""Rules: every value, per library, category and type of document, over the network's own."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from navette.errors import BadInput
from navette.languages import _
from navette.network import editing
from navette_web.coordination.calendars import forget
from navette_web.coordination.overview import coordinator_of
from navette_web.coordination.rule_words import GROUPS, RULES
from navette_web.forms import form_of
from navette_web.shell import asked, go, house_of, network_for, page, stops_for
from navette_web.words import KINDS

HERE = "/coordination/regles"


def routes() -> Sequence[BaseRoute]:
    """Return every address of this room."""
    return [
        Route(HERE, rules),
        Route(HERE, change, methods=["POST"]),
        Route(HERE + "/oublier", drop, methods=["POST"]),
    ]


def rules(request: Request) -> Response:
    """Show every rule with its values, the network's own first."""
    _actor, library = coordinator_of(request)
    forget(request)
    network = network_for(request)
    known = editing.rule_names()
    groups = [
        (_(title), [_rule(request, name) for name in names if name in known])
        for title, names in GROUPS.items()
    ]
    told_of = {name for names in GROUPS.values() for name in names}
    others = [name for name in known if name not in told_of]
    if others:
        groups.append((_("Autres"), [_rule(request, name) for name in others]))
    told = None
    if asked(request, "fait"):
        told = {"words": _("C’est noté. Les dates annoncées suivent."), "undo": None}
    return page(
        request,
        "coordination/rules.html",
        nav="coordination",
        library=library,
        groups=groups,
        places=[(code, stop.name) for code, stop in stops_for(request).items()],
        categories=[(c.code, c.name) for c in network.categories],
        kinds=list(KINDS.items()),
        told=told,
    )


def change(request: Request) -> Response:
    """Give a rule a value where the form says."""
    actor, _library = coordinator_of(request)
    form = form_of(request)
    where = _where(request)
    house_of(request).circulation.set_rule(actor, form.text("regle"), form.text("valeur"), **where)
    return _back(request, form.text("regle"))


def drop(request: Request) -> Response:
    """Let a rule have its value of before again."""
    actor, _library = coordinator_of(request)
    name = form_of(request).text("regle")
    house_of(request).circulation.drop_rule(actor, name, **_where(request))
    return _back(request, name)


def _back(request: Request, name: str) -> Response:
    forget(request)
    answer = go(HERE, fait="1")
    if name in RULES:
        answer.headers["location"] += f"#{name}"
    return answer


def _where(request: Request) -> dict[str, str]:
    form = form_of(request)
    library, kind = form.text("biblio"), form.text("type")
    if library and library not in stops_for(request):
        raise BadInput("biblio")
    if kind and kind not in KINDS:
        raise BadInput("type")
    return {"library": library, "category": form.text("categorie"), "item_type": kind}


def _rule(request: Request, name: str) -> dict[str, Any]:
    network = network_for(request)
    names = {stop.code: stop.name for stop in stops_for(request).values()}
    people = {c.code: c.name for c in network.categories}
    given = [
        {
            "where": " · ".join(
                filter(None, (names.get(at, at), people.get(of, of), KINDS.get(kind, kind)))
            )
            or _("tout le réseau"),
            "value": _said(value),
            "fields": {"regle": name, "biblio": at, "categorie": of, "type": kind},
        }
        for (rule, at, of, kind), value in sorted(network.rules.items())
        if rule == name
    ]
    defaults = [
        (" · ".join(filter(None, (people.get(of, of), KINDS.get(kind, kind)))), _said(value))
        for of, kind, value in editing.defaults_of(name)
    ]
    words, help_ = RULES.get(name, (name, ""))
    return {
        "name": name, "words": _(words), "help": _(help_) if help_ else "", "given": given, "defaults": defaults,
        "choices": editing.CHOICES.get(name, ()),
    }  # fmt: skip


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
