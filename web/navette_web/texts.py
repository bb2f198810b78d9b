"""Pages of plain text: accessibility, your data, legal notices."""

from starlette.requests import Request
from starlette.responses import Response

from navette.languages import _
from navette_web.shell import network_for, page


def _text(request: Request, name: str, heading: str) -> Response:
    return page(
        request,
        "pages/text.html",
        nav="more",
        heading=heading,
        text=f"texts/{name}.html",
        network=network_for(request),
    )


def accessibility(request: Request) -> Response:
    """Show the accessibility statement: the lawful status, and whom to tell."""
    return _text(request, "accessibility", _("Accessibilité : non conforme"))


def privacy(request: Request) -> Response:
    """Say what is kept about a person, how long, and how to ask."""
    return _text(request, "privacy", _("Vos données"))


def legal(request: Request) -> Response:
    """Say who publishes Navette."""
    return _text(request, "legal", _("Mentions légales"))
