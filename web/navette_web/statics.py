"""Static files: packed once a process, kept for a year under their hash, asked again without it."""

import gzip
from functools import cache
from mimetypes import guess_type
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from navette.languages import _
from navette.squeezing import HAS_BROTLI, squeezed
from navette_web.render import static_version_of
from navette_web.sheets import content_of, names

YEAR = "public, max-age=31536000, immutable"
AGAIN = "no-cache"
FONT_FILE = "fonts/atkinson-hyperlegible-next-5.3.0.woff2"  # its name carries its version
KINDS = {".woff2": "font/woff2", ".rules": "application/speculationrules+json"}
PACKED = frozenset({".css", ".js", ".svg", ".json", ".rules", ".txt"})
NOT_CHANGED = 304
TIGHTEST = 11
WAYS = ("br", "gzip") if HAS_BROTLI else ("gzip",)


def static_file(request: Request) -> Response:
    """Serve a file of the static folder, in the smallest form that the browser reads."""
    name = request.path_params["name"]
    if name not in static_files():
        return Response(_("Fichier inconnu"), 404, media_type="text/plain")
    kind = PurePosixPath(name).suffix
    packing = _wanted(request.headers.get("accept-encoding", ""), kind)
    given = request.query_params.get("v")
    forever = name == FONT_FILE or given == static_version_of(name)
    headers = {
        "Cache-Control": YEAR if forever else AGAIN,
        "ETag": f'"{static_version_of(name)}{packing and "-" + packing}"',
        "Vary": "Accept-Encoding",
    }
    if packing:
        headers["Content-Encoding"] = packing
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=NOT_CHANGED, headers=headers)
    media = KINDS.get(kind) or guess_type(name)[0]
    return Response(packed(name, packing), media_type=media, headers=headers)


@cache
def static_files() -> frozenset[str]:
    """Return the names in the addresses of the files: any other name is no file."""
    return names()


def _wanted(accepted: str, kind: str) -> str:
    """Return "br", "gzip" or "": pictures and fonts are packed already."""
    if kind not in PACKED:
        return ""
    offered = [part.strip() for part in accepted.lower().split(",")]
    liked = {part.partition(";")[0] for part in offered if not part.endswith(("q=0", "q=0.0"))}
    return next((way for way in WAYS if way in liked), "")


@cache
def packed(name: str, way: str) -> bytes:
    """Return a file packed as tightly as it goes; done once a process, then kept."""
    data = content_of(name)
    if way == "br":
        return squeezed(data, TIGHTEST)
    return gzip.compress(data, 9, mtime=0) if way == "gzip" else data
