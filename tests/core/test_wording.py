"""Words: every refusal speaks, and speaks as the house does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from navette import errors
from navette.wording import SENTENCES, day_words, hour_words, plural, sentence_of

SAMPLES: list[errors.Refusal] = [
    errors.NotFound(), errors.NotSignedIn(), errors.Forbidden(),
    errors.HoldLimitReached(5, 5), errors.DuplicateHold(1), errors.NotReservable("on_site"),
    errors.NotReservable("something new"), errors.VolumeRequired(), errors.PatronBlocked("x"),
    errors.CardExpired(date(2026, 9, 1)), errors.CardExpired(), errors.WrongState("READY", "suspend"),
    errors.WrongState("FULFILLED", "cancel"), errors.LoanLimitReached(15, 15),
    errors.ItemHeldForAnother(), errors.ItemOnLoan(), errors.ItemOnLoan(7), errors.BadInput("volumeKey", "unknown"),
    errors.RenewalRefused("others_wait"),
    errors.AmbiguousBarcode(), errors.UnknownBarcode("X1"), errors.PushHostRefused("x.invalid"),
    errors.TooManyAttempts(90), errors.BadInput("card"), errors.SignInRefused("code"),
    errors.SignInRefused("app"), errors.SignInRefused("passkey"), errors.BadInput("passkey", "too_many"),
    errors.BadInput("password", "weak"), errors.BadInput("password", "card"),
    errors.BadInput("password", "birth_year"), errors.BadInput("password", "long"),
    errors.SignInRefused(), errors.SignInRefused("cancelled"), errors.SignInRefused("again"),
    errors.SignInRefused("provider"), errors.LinkRefused("other_card"),
    errors.LinkRefused("card_taken"), errors.LinkRefused("stale"),
    errors.LinkRefused("whose"), errors.LinkRefused("guardian"),
    *(errors.GuardianRefused(why) for why in (
        "own_card", "not_adult", "of_age", "already", "too_many", "invitations", "speaks_alone",
    )),
    errors.ConsentNeeded("push"), errors.PickupCodeRefused(), errors.PickupCodeRefused("not_waiting"),
]  # fmt: skip
NEVER = re.compile(
    r"exemplaire|\bnotice|usager|\bSSO|transit\b|token|échec|erreur|invalide|pénalité"
    r"|vous devez|vous avez oublié|impossible",
    re.IGNORECASE,
)


def kinds(of: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_refusal_has_a_code_and_a_sentence() -> None:
    for kind in kinds(errors.Refusal):
        assert kind in SENTENCES, kind
        assert kind.code != errors.Refusal.code
    assert {type(sample) for sample in SAMPLES} == set(kinds(errors.Refusal))


@pytest.mark.parametrize(
    ("event", "state", "said"),
    [
        ("resume", "WAITING", "n’est pas en pause"), ("resume", "TARGETED", "n’est pas en pause"),
        ("resume", "READY", "n’est pas en pause"), ("suspend", "IN_TRANSIT", "déjà en route"),
        ("suspend", "PROCESSING", "déjà arrivée"), ("suspend", "READY", "déjà prête"),
        ("resume", "FULFILLED", "est déjà empruntée"), ("suspend", "CANCELLED", "est annulée"),
        ("suspend", "EXPIRED", "est remise à disposition"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_pause_is_true_in_each_state(event: str, state: str, said: str) -> None:
    sentence = sentence_of(errors.WrongState(state, event))
    assert said in sentence
    assert ("passer votre tour" in sentence) is (
        state in {"IN_TRANSIT", "PROCESSING", "READY"} and event == "suspend"
    )


@pytest.mark.parametrize("scanned", ["A\x00B\x1b[2J", "7" * 5000, "a\u202eb"])
def test_a_strange_number_is_said_again_clean_and_short(scanned: str) -> None:
    sentence = sentence_of(errors.UnknownBarcode(scanned))
    assert sentence.replace("\u00a0", " ").isprintable()
    assert len(sentence) < 120
    assert sentence_of(errors.UnknownBarcode("HEM 0042")).count("HEM 0042") == 1


@pytest.mark.parametrize("refusal", SAMPLES, ids=str)
def test_a_sentence_keeps_the_tone_of_the_house(refusal: errors.Refusal) -> None:
    sentence = sentence_of(refusal)
    assert not NEVER.search(sentence)
    assert not re.search(r"[^\u00a0\u202f][:;?!]", sentence), "a no-break space comes before"
    assert all(len(part.split()) <= 16 for part in re.split(r"[.?!]", sentence))


def test_days_and_hours_are_said_as_people_say_them() -> None:
    assert day_words(date(2026, 11, 24)) == "mardi 24 novembre"
    assert day_words(date(2026, 12, 1), year=True) == "mardi 1er décembre 2026"
    assert hour_words(14 * 60 + 30) == "14\u00a0h\u00a030"
    assert hour_words(14 * 60) == "14\u00a0h"
    assert plural(1, "jour", "jours") == "1\u00a0jour"
    assert plural(2, "jour", "jours") == "2\u00a0jours"
