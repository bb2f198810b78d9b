"""A password has fifty bits left once the guessable is taken out, and says how in plain French."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.errors import BadInput
from navette_auth.password_rules import FEWEST_BITS, Owner, bits, check_password

ALICE = Owner(("20590000012345", "LYS00042"), 1984, ("Alice", "Dubois-Lefèvre"))


@pytest.mark.parametrize(
    "password",
    [
        "tilleul-parapluie-horizon", "trois chats gris dorment", "kX9#vQ2m!z", "éléphantCanapéBrume",
        "q7w2mz9rk4tp", "une phrase que je connais",
    ],
)  # fmt: skip
def test_a_good_password_passes(password: str) -> None:
    check_password(password, ALICE)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "weak"), ("x7#Qm", "weak"), ("483920", "weak"), ("kadirome", "weak"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "weak"), ("98765432109876543210", "weak"),
        ("abcdefghijklmnopqrstuvwxyz", "weak"), ("motdepasse", "weak"), ("azertyuiop123", "weak"),
        ("Bibliotheque2026", "weak"), ("alicedubois", "weak"), ("AliceDuboisLefèvre!", "weak"),
        ("lunelunelunelunelune", "weak"), ("tilleul-parapluie-1984", "birth_year"),
        ("tilleul-12345-horizon", "card"), ("tilleul-00042-horizon", "card"),
        ("20590000012345", "card"), ("x" * 257, "long"),
    ],
)  # fmt: skip
def test_what_others_would_try_is_refused(password: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_password(password, ALICE)
    assert (refusal.value.field, refusal.value.reason) == ("password", reason)


@given(st.text(max_size=300))
def test_any_text_is_judged_and_never_breaks(password: str) -> None:
    assert bits(password, ALICE.names) >= 0
    if len(password) < 7:
        assert bits(password) < FEWEST_BITS


@given(st.text(alphabet="0123456789", max_size=14))
def test_digits_alone_are_never_enough_below_sixteen(password: str) -> None:
    with pytest.raises(BadInput):
        check_password(password, Owner())
