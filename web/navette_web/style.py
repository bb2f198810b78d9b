"""The page /style: every part of the design on one page, with made-up books and dates."""

from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette_web.covers import cover_of
from navette_web.shell import page
from navette_web.stops import Choice, Line, Stop, make_stop

FIVE = {
    code: make_stop(code, name, position)
    for position, (code, name) in enumerate(
        {
            "hem": "Hem",
            "lannoy": "Lannoy",
            "leers": "Leers",
            "lys": "Lys-lez-Lannoy",
            "toufflers": "Toufflers",
        }.items(),
    )
}
PROMISES = {
    "hem": ("aujourd’hui", "jusqu’à 18 h", "en rayon ici"),
    "lannoy": ("mardi 24", "dès 14 h", ""),
    "leers": ("mardi 24", "dès 14 h", ""),
    "lys": ("mercredi 25", "dès 10 h", ""),
    "toufflers": ("vendredi 27", "dès 10 h", ""),
}
TITLES = (
    (
        "Les Quatre Vents du canal",
        "Anne Delcourt",
        "Roman · 2021",
        "Libre à Hem, Lys",
        "go",
        "À Leers mardi 24",
    ),
    (
        "La Chambre des horloges, tome 2",
        "J. Vasseur",
        "Roman jeunesse · série, tome 2",
        "Tout est prêté",
        "wait",
        "À Leers vers le 9 décembre · 2 personnes avant vous",
    ),
    (
        "Histoire des filatures",
        "Marc Lemaire",
        "Documentaire",
        "À lire sur place, à Lannoy",
        "",
        "",
    ),
    ("Brouillard", "", "Film · DVD", "Libre à Toufflers", "go", "À Leers vendredi 27"),
)


def _line(count: int) -> Line:
    extra = [make_stop(f"s{n}", f"Bibliothèque {n}", n) for n in range(5, count)]
    stops: list[Stop] = [*FIVE.values(), *extra][:count]
    choices = []
    for number, stop in enumerate(stops):
        when, detail, sub = PROMISES.get(stop.code, ("lundi 30", "dès 14 h", ""))
        yours = stop.code == "leers"
        choices.append(
            Choice(stop, when, detail, sub, "au plus tard mardi 1er décembre", yours, number == 0)
        )
    return Line(choices, "leers")


def _cards() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "title": title,
            "byline": " · ".join(filter(None, (author, kind))),
            "tag": tag,
            "tone": tone,
            "promise": promise,
            "language": "fr",
            "cover": cover_of(title, author),
        }
        for number, (title, author, kind, tag, tone, promise) in enumerate(TITLES, 1)
    ]


def style_values() -> dict[str, Any]:
    """Gather one example of each part."""
    order = SimpleNamespace
    return {
        "lines": {count: _line(count) for count in (3, 5, 9, 30)},
        "cards": _cards(),
        "stops": FIVE,
        "round_rows": [
            {"stop": stop, "what": what}
            for stop, what in zip(FIVE.values(), ("11 à charger", "2", "5", "3", "1"), strict=True)
        ],
        "ready": {
            "library": "Leers",
            "code": "leers",
            "who": "",
            "place": "B-12",
            "title": "Les Quatre Vents du canal",
            "language": "fr",
            "until": "mardi 8 décembre, 18 h",
            "open_now": "Aujourd’hui, c’est ouvert jusqu’à 18 h.",
            "cover": cover_of("Les Quatre Vents du canal", "Anne Delcourt"),
        },
        "orders": [
            order(
                big="Pour Leers",
                then="Caisse Leers · réservé",
                tone="crate",
                stop=FIVE["leers"],
                sound="",
            ),
            order(big="Ici", then="Étagère B-12", tone="go", stop=None, sound=""),
            order(big="En rayon", then="R DEL, romans", tone="calm", stop=None, sound=""),
            order(big="Stop", then="Réservé à quelqu’un d’autre", tone="halt", stop=None, sound=""),
            order(big="À regarder", then="Abîmé, ou un doute", tone="look", stop=None, sound=""),
            order(
                big="Lequel ?",
                then="Deux livres portent ce numéro",
                tone="ask",
                stop=None,
                sound="",
            ),
        ],
        "counts": [
            {"href": "#", "words": words, "count": count}
            for words, count in (
                ("À prélever", 14),
                ("À recevoir", 9),
                ("À retirer de l’étagère", 3),
            )
        ],
        "log": [
            {
                "title": "La Chambre des horloges",
                "language": "fr",
                "at": "10 h 31",
                "words": "remettre en rayon, BD ADU",
            },
            {"title": "Brouillard (DVD)", "language": "", "at": "10 h 30", "words": "étagère B-12"},
        ],
    }


def style(request: Request) -> Response:
    """Show every part of the design."""
    return page(request, "pages/style.html", **style_values())
