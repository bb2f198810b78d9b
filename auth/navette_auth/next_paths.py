"""Where to go after signing in: a path of ours, never another site."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 500
NOT_AGAIN = ("/connexion", "/deconnexion")


def next_path(text: str | None, default: str = "/") -> str:
    r"""Return the path when it is plainly one of ours, the default for anything else.

    Refused: other hosts (`//host`, `/\host`, a scheme), characters that browsers drop or bend
    (control characters, backslashes, anything not ASCII), and the sign-in pages themselves.
    """
    if not text or len(text) > LONGEST or not text.startswith("/") or text.startswith("//"):
        return default
    if not text.isascii() or not text.isprintable() or "\\" in text or " " in text:
        return default
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or parts.path.startswith(("//", *NOT_AGAIN)):
        return default
    return text
