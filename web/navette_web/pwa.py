"""The installed app: static files, the manifest, the service worker, the page without network."""

from collections.abc import Mapping
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from navette_web.render import STATIC, environment, render, static_address, static_version
from navette_web.shell import BANNER

YEAR = "public, max-age=31536000, immutable"
AGAIN = "no-cache"
SHELL_FILES = (
    "navette.css",
    "app.js",
    "vendor/htmx.min.js",
    "icons/logo.svg",
)
FONT_FILE = "fonts/atkinson-hyperlegible-next-5.3.0.woff2"  # its name carries its version
IMPORTED = (FONT_FILE, "app-card.js", "app-push.js", "app-desk.js")
FONT = "font/woff2"


def static_file(request: Request) -> Response:
    """Serve a file of the static folder: for a year when its address carries its hash."""
    name = request.path_params["name"]
    path = _static_files().get(name)
    if path is None:
        return Response("Fichier inconnu", 404, media_type="text/plain")
    kind = FONT if path.suffix == ".woff2" else guess_type(path.name)[0]
    keep = YEAR if "v" in request.query_params or name == FONT_FILE else AGAIN
    return FileResponse(path, media_type=kind, headers={"Cache-Control": keep})


@cache
def _static_files() -> Mapping[str, Path]:
    """Return the files by the name in their address: any other name is no file."""
    return {
        path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.is_file()
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
            "shell": [*shell, "/hors-ligne"],
            "icon": static_address("icons/icon-192.png"),
        },
    )
    headers = {"Cache-Control": AGAIN, "Service-Worker-Allowed": "/"}
    return Response(text, media_type="text/javascript", headers=headers)


def offline(_request: Request) -> Response:
    """Say that there is no network; names nobody, so that the phone may keep it."""
    text = render(
        "pages/offline.html",
        {
            "demo": False,
            "demo_banner": BANNER,
            "person": None,
            "agent": None,
            "nav": "",
            "here": "/",
            "told": None,
        },
    )
    return Response(text, media_type="text/html", headers={"Cache-Control": AGAIN})
