"""The words of the interface: gathered from code and templates, merged into the catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import navette
import navette_auth
import navette_graphql
import navette_server
import navette_web
from navette.languages import LANGUAGES, WORDS

KEYWORDS = {
    "_": None, "N_": None, "gettext": None, "ngettext": (1, 2),
}  # fmt: skip
TEMPLATES = "jinja2.ext:babel_extract"
FALC_HEADER = """# Français facile à lire (FALC). Only what the twelve main journeys say; the rest is said in French.
"""
HEADER = """# The words of Navette. Written by `make words`: sentences come from the code, translations from people.
"""


def packages() -> Iterator[Path]:
    """Return the folders whose words are read."""
    for package in (navette, navette_auth, navette_graphql, navette_web, navette_server):
        yield Path(str(package.__file__)).parent


def gathered() -> Catalog:
    """Return every sentence of the interface, in the order of the files."""
    found = Catalog(charset="utf-8")
    for root in packages():
        for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.js")]):
            method = "python" if path.suffix == ".py" else TEMPLATES
            if path.suffix == ".js" and "templates" not in path.parts:
                continue
            place = f"{root.name}/{path.relative_to(root).as_posix()}"
            for _line, message, comments, context in extract_from_file(
                method, path, keywords=KEYWORDS, options={"newstyle_gettext": "true"}
            ):
                found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return found


def catalogue_path(name: str) -> Path:
    """Return where a catalogue stands."""
    return WORDS / f"{name}.po"


def read_catalogue(name: str, locale: str) -> Catalog:
    """Return a catalogue as it is on disk, an empty one when there is none."""
    path = catalogue_path(name)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def merged(name: str, locale: str, template: Catalog) -> Catalog:
    """Return a catalogue with the sentences of today: new ones empty, old ones gone."""
    known, fresh = read_catalogue(name, locale), Catalog(locale=locale, charset="utf-8")
    for message in template:
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        said = before.string if before is not None and "fuzzy" not in before.flags else ""
        if _partial(name) and not any(said if isinstance(said, tuple) else (said,)):
            continue
        fresh.add(message.id, said or None, locations=message.locations, context=message.context)
    return fresh


def _partial(name: str) -> bool:
    return name == "fr_falc"


def written(catalogue: Catalog, name: str) -> bytes:
    """Return a catalogue as its file holds it: no dates, no line numbers, so that nothing churns."""
    catalogue.header_comment = FALC_HEADER if _partial(name) else HEADER
    plural = catalogue.plural_forms
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, include_lineno=False, sort_output=False)
    head = (FALC_HEADER if _partial(name) else HEADER) + (
        f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n\n'
    )
    return head.encode() + file.getvalue()


def refresh() -> dict[str, int]:
    """Write every catalogue anew; return how many sentences each lacks."""
    template = gathered()
    WORDS.mkdir(exist_ok=True)
    lacking = {}
    for language in LANGUAGES.values():
        if not language.catalogue:
            continue
        fresh = merged(language.catalogue, language.locale, template)
        catalogue_path(language.catalogue).write_bytes(written(fresh, language.catalogue))
        lacking[language.code] = len(missing(fresh))
    return lacking


def missing(catalogue: Catalog) -> list[str]:
    """Return the sentences without a translation, or with one that nobody confirmed."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)
