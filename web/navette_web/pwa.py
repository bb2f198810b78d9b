"""The installed app: static files, the manifest, the service worker, the page without network."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.languages import N_, _
from navette_web.render import environment, render, static_address, static_version
from navette_web.shell import BANNER, page
from navette_web.statics import AGAIN, FONT_FILE

SHELL_FILES = (
    "navette.css",
    "app.js",
    "vendor/htmx.min.js",
    "icons/logo.svg",
    "desk.css",
    "print.css",
)
IMPORTED = (
    FONT_FILE, "app-worker.js", "app-card.js", "app-push.js", "app-queue.js", "app-install.js", "app-desk.js", "app-scans.js",
    "app-verbs.js",
)  # fmt: skip
OFFLINE_PAGES = (
    "/hors-ligne", "/hors-ligne/demandes", "/hors-ligne/plus-de-place", "/hors-ligne/bureau",
)  # fmt: skip
# What may be asked without network: each takes a key, so that sending again does it once.
QUEUED = {
    "/prets/prolonger": N_("Prolonger un prêt"),
    "/prets/tout-prolonger": N_("Tout prolonger"),
    "/prets/deja-rendu": N_("Dire qu’un document est rendu"),
    "/prets/retrouve": N_("Dire qu’un document est retrouvé"),
    "/reserver": N_("Réserver"),
    "/reserver/serie": N_("Réserver une série"),
    "/compte/rythme": N_("Changer de rythme"),
    "/reservations/annuler": N_("Annuler une réservation"),
    "/reservations/remettre": N_("Remettre une réservation"),
    "/reservations/pause": N_("Mettre une réservation en pause"),
    "/reservations/reprendre": N_("Reprendre une réservation"),
    "/reservations/tour": N_("Passer mon tour"),
    "/reservations/lieu": N_("Changer de lieu de retrait"),
}


def manifest(_request: Request) -> Response:
    """Describe the app to the phone that installs it."""
    text = environment().get_template("manifest.webmanifest").render()
    return Response(
        text,
        media_type="application/manifest+json",
        headers={"Cache-Control": "public, max-age=3600"},
    )


def service_worker(_request: Request) -> Response:
    """Serve the worker; its caches are named by the hash of what they hold."""
    shell = [*map(static_address, SHELL_FILES), *(f"/static/{name}" for name in IMPORTED)]
    text = render(
        "sw.js",
        {
            "version": static_version(),
            "shell": [*shell, *OFFLINE_PAGES],
            "queued": list(QUEUED),
            "icon": static_address("icons/icon-192.png"),
        },
    )
    headers = {"Cache-Control": AGAIN, "Service-Worker-Allowed": "/"}
    return Response(text, media_type="text/javascript", headers=headers)


def offline(_request: Request) -> Response:
    """Say that there is no network; names nobody, so that the phone may keep it."""
    return _kept_page("pages/offline.html")


def requests_noted(_request: Request) -> Response:
    """Show what was asked without network: script fills it from what the phone remembers."""
    return _kept_page(
        "pages/requests_noted.html", queued={path: _(words) for path, words in QUEUED.items()}
    )


def no_room(_request: Request) -> Response:
    """Say that the phone is full and nothing was noted."""
    return _kept_page("pages/no_room.html")


def desk_offline(_request: Request) -> Response:
    """Go on scanning at a desk whose line is down; names nobody."""
    return _kept_page("pages/desk_offline.html", away=True)


def _kept_page(template: str, **values: Any) -> Response:
    frame = {
        "demo": False,
        "demo_banner": _(BANNER),
        "person": None,
        "agent": None,
        "to_link": False,
        "nav": "",
        "here": "/",
        "told": None,
        "in_place": False,
        "moved": False,
    }
    text = render(template, frame | values)
    return Response(text, media_type="text/html", headers={"Cache-Control": AGAIN})


def install(request: Request) -> Response:
    """Advise how to put Navette on the first screen, after what needs no app: mail and SMS."""
    return page(request, "pages/install.html", nav="more")
