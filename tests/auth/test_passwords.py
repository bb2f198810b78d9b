"""Passwords: right or wrong, and always as slow."""

from __future__ import annotations

import time

from navette_auth.passwords import Cost, hash_password, outdated, verify_password

OLD = Cost(passes=1, memory=1024, lanes=1)


def test_a_password_is_right_or_wrong() -> None:
    kept = hash_password("marée-été")
    assert kept.startswith("$argon2id$")
    assert verify_password(kept, "marée-été")
    assert not verify_password(kept, "marée-ete")


def test_an_accent_typed_on_another_keyboard_is_the_same() -> None:
    assert verify_password(hash_password("\u00e9t\u00e9"), "e\u0301te\u0301")


def test_nobody_has_a_password_nor_has_a_broken_hash() -> None:
    assert not verify_password("", "anything")
    assert not verify_password("", "nobody has this password")
    assert not verify_password("not a hash", "anything")


def test_a_password_without_end_is_refused_though_its_start_is_right() -> None:
    assert not verify_password(hash_password("a" * 256), "a" * 257)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert outdated(hash_password("x", OLD))
    assert not outdated(hash_password("x"))


def test_a_card_that_does_not_exist_takes_as_long() -> None:
    kept = hash_password("right")
    verify_password("", "warm")
    known = min(_seconds(kept) for _ in range(5))
    unknown = min(_seconds("") for _ in range(5))
    assert 0.5 < unknown / known < 2


def _seconds(kept: str) -> float:
    start = time.thread_time()
    verify_password(kept, "wrong")
    return time.thread_time() - start
