"""One record out of several descriptions: the richest leads, the others fill its gaps."""

from __future__ import annotations

from typing import Any

from navette.catalogue.union import COLUMNS, merged, weighed

EMPTY: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {
    "authors": [],
    "languages": [],
    "subjects": [],
    "genres": [],
    "identifiers": [],
    "links": [],
    "year": None,
    "volume_number": None,
    "type": "book",
    "audience": "all",
    "title": "Vrai guerrier",
}


def cells(**columns: Any) -> list[Any]:
    return list((EMPTY | columns).values())


def joined(one: list[Any], other: list[Any], *, leads: bool) -> dict[str, Any]:
    return dict(zip(COLUMNS, merged(one, other, leads=leads), strict=True))


RICH = cells(
    subtitle="roman",
    authors=[{"name": "Cube Kid", "role": "author"}],
    subjects=["Jeux vidéo"],
    identifiers=[{"kind": "isbn", "value": "1", "valid": True}],
    series_title="Journal d'un noob",
    volume_label="4",
    volume_number=4,
)
POOR = cells(
    title="VRAI GUERRIER",
    year=2017,
    type="comic",
    audience="child",
    subjects=["jeux video", "Aventures"],
    identifiers=[{"kind": "isbn", "value": "2", "valid": True}],
    volume_label="T. 4",
)


def test_gaps_are_filled_and_what_stands_stays() -> None:
    result = joined(RICH, POOR, leads=False)
    assert result["title"] == "Vrai guerrier"
    assert (result["year"], result["type"], result["audience"]) == (2017, "comic", "child")
    assert (result["series_title"], result["volume_label"]) == ("Journal d'un noob", "4")


def test_lists_are_joined_without_saying_a_thing_twice() -> None:
    result = joined(RICH, POOR, leads=False)
    assert result["subjects"] == ["Jeux vidéo", "Aventures"]
    assert [number["value"] for number in result["identifiers"]] == ["1", "2"]


def test_the_order_of_arrival_does_not_matter_when_the_richest_leads() -> None:
    first = joined(RICH, POOR, leads=False)
    second = joined(POOR, RICH, leads=True)
    assert first == second


def test_a_kind_that_says_more_than_book_is_kept() -> None:
    assert joined(POOR, RICH, leads=True)["type"] == "comic"
    assert joined(cells(), cells(type="other"), leads=False)["type"] == "book"


def test_sources_that_shorten_weigh_less() -> None:
    assert weighed(RICH).richness > weighed(POOR).richness
    assert weighed(RICH, abridged=True).richness < weighed(RICH).richness
