"""The card of a title in a list: its one tag, and what is kept of drawn cards."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from navette.ils.views import AvailabilityView
from navette.languages import speaking
from navette_web.cards import Drawn, tag_of

NAMES = (("hem", "Hem"), ("leers", "Leers"), ("lys", "Lys"), ("lannoy", "Lannoy"))


def free_at(*libraries: str) -> list[AvailabilityView]:
    return [AvailabilityView(library, 1, 1, None) for library in libraries]


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (free_at("hem"), ("Libre à Hem", "go")),
        (free_at("hem", "leers"), ("Libre à Hem, Leers", "go")),
        (free_at("hem", "leers", "lys", "lannoy"), ("Libre partout", "go")),
        ([*free_at("hem"), AvailabilityView("leers", 0, 2, None)], ("Libre à Hem", "go")),
        ([AvailabilityView("leers", 0, 2, None)], ("Tout est prêté pour l’instant", "wait")),
        ([AvailabilityView("leers", 0, 0, None)], ("À demander à l’accueil", "")),
        ([], ("À demander à l’accueil", "")),
    ],
)
def test_the_tag_says_where_it_is_free(
    standing: list[AvailabilityView], said: tuple[str, str]
) -> None:
    assert tag_of(standing, NAMES) == tag_of(standing, NAMES) == said


def test_the_tag_is_said_anew_for_another_reader_language_or_name() -> None:
    both = free_at("hem", "leers")
    assert tag_of(both, NAMES)[0] == "Libre à Hem, Leers"
    assert tag_of(both, NAMES, "leers")[0] == "Libre à Leers, Hem"
    with speaking("en"):
        assert tag_of(both, NAMES)[0] == "Free in Hem, Leers"
    renamed = (("hem", "Hem Centre"), *NAMES[1:])
    assert tag_of(both, renamed)[0] == "Libre à Hem Centre, Leers"
    assert tag_of(free_at("hem", "leers", "lys"), NAMES[:3])[0] == "Libre à Hem, Leers, Lys"


def test_what_was_drawn_is_found_by_its_whole_key_and_the_oldest_goes_first() -> None:
    kept = Drawn(most=2)
    kept.put("a", Markup("A"))
    kept.put("b", Markup("B"))
    assert kept.each(["b", "x", "a"]) == ["B", None, "A"]
    kept.put("c", Markup("C"))  # "b" was asked for before "a"
    assert kept.each(["a", "b", "c"]) == ["A", None, "C"]
    assert kept.get("c") == "C"
    assert kept.each([]) == []
