"""The stand-in's pages: its door, its two offers, its sign-out. Plain, and not ours to design."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from starlette.responses import HTMLResponse

BANNER = "Démonstration : cette bibliothèque numérique et ses comptes sont fictifs"
STYLE = """
body { margin: 0 auto; max-width: 34rem; padding: 1.5rem; color: #1d2433; background: #f2f6fb;
  font: 1.0625rem/1.5 system-ui, sans-serif; }
.demo { margin: -1.5rem -1.5rem 1.5rem; padding: .5rem 1.5rem; background: #173f6b; color: #fff; }
h1 { font-size: 1.6rem; line-height: 1.2; }
label { display: block; font-weight: 700; margin-top: 1rem; }
input { box-sizing: border-box; width: 100%; padding: .75rem; font: inherit;
  border: 2px solid #5b6b82; border-radius: .5rem; }
button { margin: 1.25rem .75rem 0 0; padding: .75rem 1.25rem; font: inherit; font-weight: 700;
  border: 2px solid #173f6b; border-radius: .5rem; background: #173f6b; color: #fff; }
button.plain { background: none; color: #173f6b; }
:focus-visible { outline: 3px solid #b4530a; outline-offset: 2px; }
.message { padding: .75rem 1rem; border-left: .4rem solid #b4530a; background: #fff; }
"""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Offer(NamedTuple):
    """Something that the metropolitan library opens to its readers."""

    title: str
    words: str


OFFERS = {
    "kiosque": Offer("Le Kiosque", "Quarante journaux et magazines, fictifs eux aussi."),
    "cours": Offer("Cours du soir", "Langues, code de la route, informatique : tout est inventé."),
    "enseigner": Offer("Salle des profs", "Dossiers et parcours de classe, pour l’essai."),
    "cine-salon": Offer("Ciné-salon", "Cinq films à voir ce mois-ci, tous imaginaires."),
}


def door(action: str, message: str = "", login: str = "", status: int = 200) -> HTMLResponse:
    """Ask for login and password; `action` is an address of this server."""
    said = f'<p class="message" id="message" role="alert">{escape(message)}</p>' if message else ""
    return _page(
        "Connexion",
        f"""<h1>Bibliothèque numérique métropolitaine</h1>
<p>Entrez avec votre compte de la métropole.</p>{said}
<form method="post" action="{escape(action)}">
<label for="login">Identifiant</label>
<input id="login" name="login" value="{escape(login)}" autocomplete="username" required>
<label for="password">Mot de passe</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="go">Se connecter</button>
<button class="plain" name="cancel" value="1" formnovalidate>Annuler</button>
</form>""",
        status,
    )


def offer(found: Offer, name: str) -> HTMLResponse:
    """Open an offer to somebody who is signed in."""
    return _page(
        found.title,
        f"""<h1>{escape(found.title)}</h1>
<p>Bonjour {escape(name)}, c’est ouvert.</p><p>{escape(found.words)}</p>
<form method="post" action="/session/end"><button class="plain">Se déconnecter</button></form>""",
    )


def ask_sign_out() -> HTMLResponse:
    """Ask before ending a session that nobody proved to be theirs."""
    return _page(
        "Déconnexion",
        """<h1>Se déconnecter de la bibliothèque numérique ?</h1>
<form method="post" action="/session/end"><button id="yes">Oui, me déconnecter</button></form>""",
    )


def words(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Say one thing."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>", status)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Bibliothèque numérique</title>
<link rel="stylesheet" href="/style.css"></head>
<body><p class="demo">{BANNER}</p><main>{body}</main></body></html>""",
        status,
        headers=HEADERS,
    )
