"""A small well-known shelf for the tests of search: titles with who made them and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tantivy import Query

from factories import a_record, an_item
from navette.catalogue.normalising import folded, without_article
from navette.catalogue.search.opening import Opening, View
from navette.storage.unit import Unit

SORCIERS = "Harry Potter à l'école des sorciers"
CHAMBRE = "Harry Potter et la chambre des secrets"
ARABE = "L'Arabe du futur"
MISERABLES = "Les Misérables"
PRINCE = "Le Petit Prince"
OEUVRE = "L'Œuvre au noir"
GAULOIS = "Astérix le Gaulois"
CA = "Ça"
HUGO_CABRET = "L'Invention de Hugo Cabret"
VICTOR_HUGO = "Victor Hugo"


def a_shelf(unit: Unit) -> dict[str, int]:
    """Describe the shelf; returns the record ids by title."""
    rows: list[tuple[str, dict[str, Any]]] = [
        (SORCIERS, by("J. K. Rowling", series_title="Harry Potter", volume_number=1)),
        (CHAMBRE, by("J. K. Rowling", series_title="Harry Potter", volume_number=2)),
        (
            "Sorcières, sorciers et potions",
            by("Anne Harrison", summary="Pour qui aime Harry Potter.", audience="child"),
        ),
        (ARABE, by("Riad Sattouf", type="comic", series_title="L'Arabe du futur")),
        (MISERABLES, by("Victor Hugo", publisher="Hachette", subjects=["Pauvreté"])),
        ("Notre-Dame de Paris", by("Victor Hugo", loans=400)),
        (HUGO_CABRET, by("Brian Selznick")),
        (VICTOR_HUGO, by("Max Gallo", subjects=["Biographie"])),
        (PRINCE, by("Antoine de Saint-Exupéry", identifiers=[_isbn("9782070612758")])),
        ("Le Prince", by("Nicolas Machiavel")),
        (OEUVRE, by("Marguerite Yourcenar")),
        (GAULOIS, by("René Goscinny", type="comic", series_title="Astérix", volume_number=1)),
        ("La Serpe d'or", by("René Goscinny", type="comic", series_title="Astérix")),
        (CA, by("Stephen King", languages=["eng"])),
        ("Le Cheval d'orgueil", by("Pierre-Jakez Hélias")),
        ("Amélie Poulain", by("Jean-Pierre Jeunet", role="director", type="film")),
    ]
    return {
        title: a_record(unit, title, title_sort=without_article(folded(title)), **given)
        for title, given in rows
    }


def with_copies(unit: Unit, shelf: dict[str, int]) -> None:
    """Give some of them copies: in Hem, in Leers (lent), one of Lys standing in Hem."""
    an_item(unit, shelf[SORCIERS], "hem")
    an_item(unit, shelf[CHAMBRE], "leers", status="ON_LOAN")
    an_item(unit, shelf[MISERABLES], "lys", at="hem")
    an_item(unit, shelf[ARABE], "hem", not_for_loan=True)
    an_item(unit, shelf[PRINCE], "leers")
    an_item(unit, shelf[PRINCE], "hem", status="WITHDRAWN")


def by(name: str, role: str = "author", **given: Any) -> dict[str, Any]:
    """Describe something made by one person."""
    return {"authors": [{"name": name, "role": role}], "author_sort": folded(name), **given}


def _isbn(value: str) -> dict[str, Any]:
    return {"kind": "isbn", "value": value, "valid": True}


def names_in(folder: Path) -> dict[str, int]:
    """Return every name the index in `folder` suggests, its kind before it: in how many records."""
    searcher = seen(folder).names.searcher
    hits = searcher.search(Query.all_query(), 1000, order_by_field="records").hits
    found = [(str(searcher.doc(address).get_first("name")), records) for records, address in hits]
    assert len(dict(found)) == len(found), "each name once"
    return dict(found)


class Counting:
    """A searcher that counts what it is asked, keeps what it found nothing for, and refuses to count the values of all records."""

    def __init__(self, searcher: Any) -> None:
        self.searcher = searcher
        self.asked = 0
        self.in_vain: list[str] = []

    def search(self, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        found = self.searcher.search(*args, **kwargs)
        if not found.hits:
            self.in_vain.append(repr(args[0]))
        return found

    def aggregate(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("every record found was walked through")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.searcher, name)


def seen(folder: Path) -> View:
    """Return the index in `folder` as it is now."""
    view = Opening(folder).view()
    assert view is not None
    return view
