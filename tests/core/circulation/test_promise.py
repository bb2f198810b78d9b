"""The promise: an opening, a latest day, one sentence (section 7, WORDS row 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from navette.circulation.futures import Copy, Situation
from navette.circulation.promise import (
    Promise,
    opening_from,
    promised,
    sentence,
    short,
)
from navette.clock import local, local_date
from navette.network.habits import SCENARIOS
from networks import a_plain_network, shut

NETWORK = a_plain_network()
HEM, LEERS = NETWORK.library("hem"), NETWORK.library("leers")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CODES = [library.code for library in NETWORK.libraries]


def free(code: str = "hem", in_days: float = 0, **given: Any) -> Copy:
    """A copy on the shelf, or one that surely comes back in so many days."""
    minutes = int(in_days * 24 * 60)
    return Copy(NETWORK.library(code), in_days == 0, (minutes,) * SCENARIOS, **given)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", "_")


def test_a_copy_on_the_shelf_is_promised_for_the_next_opening() -> None:
    made = promised(Situation([free("leers")]), LEERS, NETWORK, NOW)
    assert made.reason == "here"
    assert plain(sentence(made, LEERS, NOW)) == (
        "À_Leers_: sans doute mardi_24, dès 14_h. Au plus tard mercredi_25."
    )
    assert plain(short(made, NOW)) == "mardi_24, après-midi"


def test_a_copy_elsewhere_comes_by_the_van() -> None:
    """Tuesday 10:00, the van has left: Friday, then the opening of Leers."""
    made = promised(Situation([free("hem")]), LEERS, NETWORK, NOW)
    assert made.reason == "elsewhere"
    assert plain(sentence(made, LEERS, NOW)) == (
        "À_Leers_: sans doute vendredi_27, dès 14_h. Au plus tard samedi_28."
    )


def test_a_full_van_leaves_it_for_the_next_one() -> None:
    """Section 7: the van's capacity."""
    made = promised(Situation([free("hem")], full_vans={HEM.id: 1}), LEERS, NETWORK, NOW)
    assert made.likely_at is not None
    assert local_date(made.likely_at) == date(2026, 12, 1)


def test_those_ahead_are_served_before() -> None:
    one = promised(Situation([free("leers", 7)], ahead=0), LEERS, NETWORK, NOW)
    next_one = promised(Situation([free("leers", 7)], ahead=1), LEERS, NETWORK, NOW)
    two_copies = promised(Situation([free("leers", 7), free("leers", 8)], 1), LEERS, NETWORK, NOW)
    assert one.reason == "all_out"
    assert one.likely_at is not None
    assert next_one.likely_at is not None
    assert two_copies.likely_at is not None
    assert next_one.likely_at - one.likely_at > timedelta(days=20)
    assert two_copies.likely_at - one.likely_at < timedelta(days=4)


def test_beyond_six_weeks_only_months_are_said() -> None:
    made = promised(Situation([free("leers", 3)], ahead=2), LEERS, NETWORK, NOW)
    assert made.reason == "far"
    assert plain(sentence(made, LEERS, NOW)) == "Très demandé_: comptez 1_à_2_mois."
    later = promised(Situation([free("leers", 3)], ahead=3), LEERS, NETWORK, NOW)
    assert plain(sentence(later, LEERS, NOW)) == "Très demandé_: comptez 2_à_3_mois."
    assert plain(short(later, NOW)) == "2_à_3_mois"


def test_a_new_item_is_promised_elsewhere_from_the_end_of_its_embargo() -> None:
    """Section 5: "à Hem dès jeudi · à Lannoy à partir du 12 janvier"."""
    copies = Situation([free("hem", travels_from=date(2027, 1, 12))])
    there = promised(copies, LEERS, NETWORK, NOW)
    assert plain(sentence(there, LEERS, NOW)) == "À_Leers_: à partir du 15_janvier."
    assert promised(copies, HEM, NETWORK, NOW).reason == "here"


def test_without_a_copy_nothing_is_promised() -> None:
    made = promised(Situation([]), HEM, NETWORK, NOW)
    assert made == Promise(None, None, "never")
    assert plain(sentence(made, HEM, NOW)) == "À_Hem_: pas de date pour l’instant."
    assert short(made, NOW) == ""
    assert sentence(Promise(None, None, "on_site"), HEM, NOW) == "À lire sur place."


def test_an_instant_within_an_opening_is_rounded_to_the_half_hour() -> None:
    at = NOW + timedelta(hours=5, minutes=47)  # 15:47, open
    rounded = opening_from(HEM, at)
    assert rounded is not None
    assert local(rounded).strftime("%H:%M") == "16:00"
    late = opening_from(HEM, NOW + timedelta(hours=8, minutes=20))  # 18:20, closes at 18:30
    assert late is not None
    assert local(late).strftime("%a %H:%M") == "Wed 10:00"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 40)), min_size=1, max_size=4),
    st.integers(0, 4),
    st.sampled_from(CODES),
    st.tuples(st.integers(-5, 10), st.integers(0, 12)),
)
def test_never_a_closed_day_and_the_latest_is_never_before_the_likely(
    copies: list[tuple[str, int]], ahead: int, pickup: str, closure: tuple[int, int]
) -> None:
    """Section 7: never a closed day."""
    first = local_date(NOW) + timedelta(days=closure[0])
    network = shut(NETWORK, pickup, first, first + timedelta(days=closure[1]))
    library = network.library(pickup)
    situation = Situation([free(code, days) for code, days in copies], ahead)
    made = promised(situation, library, network, NOW)
    assert made.likely_at is not None
    assert made.latest_on is not None
    assert made.likely_at >= NOW
    assert library.calendar.is_open_at(made.likely_at)
    assert library.calendar.is_open_on(made.latest_on)
    assert made.latest_on >= local_date(made.likely_at)
    # From one place only: of two, the first that comes free may be the farther one
    one_place = [replace(copy, source=situation.copies[0].source) for copy in situation.copies]
    made = promised(Situation(one_place, ahead), library, network, NOW)
    waits_longer = promised(Situation(one_place, ahead + 1), library, network, NOW)
    assert made.likely_at is not None
    assert waits_longer.likely_at is not None
    assert waits_longer.likely_at >= made.likely_at
