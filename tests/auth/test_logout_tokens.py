"""Back-channel logout: only a true, fresh and new token ends sessions."""

from __future__ import annotations

from typing import Any

import pytest

from fake_provider import ISSUER, FakeProvider, a_key
from navette_auth.id_tokens import LOGOUT_EVENT
from navette_auth.providers import ProviderFault


def test_a_true_token_says_who_left(fake: FakeProvider) -> None:
    told = fake.provider().farewell(fake.logout_token())
    assert (told.issuer, told.sid, told.subject, told.jti) == (ISSUER, "s1", "mel-1", "j1")


@pytest.mark.parametrize("given", [{"sid": ...}, {"sub": ...}])
def test_session_or_person_is_enough(fake: FakeProvider, given: dict[str, Any]) -> None:
    assert fake.provider().farewell(fake.logout_token(**given)).jti == "j1"


@pytest.mark.parametrize("kind", ["logout+jwt", "JWT", "Logout+JWT"])
def test_the_type_of_a_logout_token_is_taken(fake: FakeProvider, kind: str) -> None:
    fake.header["typ"] = kind
    assert fake.provider().farewell(fake.logout_token()).sid == "s1"


@pytest.mark.parametrize(
    "given",
    [
        {"iss": "https://evil.example"}, {"iss": ...}, {"aud": "other"}, {"aud": []}, {"aud": ...},
        {"iat": ...}, {"iat": 4_000_000_000}, {"iat": 1}, {"exp": ...}, {"exp": 1}, {"jti": ...},
        {"jti": ""}, {"jti": 7}, {"events": ...}, {"events": {}}, {"events": LOGOUT_EVENT},
        {"events": {LOGOUT_EVENT: None}}, {"events": {"https://evil.example": {}}},
        {"nonce": "n"}, {"nonce": None}, {"sid": ..., "sub": ...}, {"sid": "", "sub": ...},
        {"sid": 7}, {"sub": ""}, {"sub": 7},
    ],
    ids=str,
)  # fmt: skip
def test_any_other_token_is_refused(fake: FakeProvider, given: dict[str, Any]) -> None:
    with pytest.raises(ProviderFault):
        fake.provider().farewell(fake.logout_token(**given))


@pytest.mark.parametrize("token", ["", "abc", "eyJhbGciOiJub25lIn0.e30.", "a.b.c", "é.è.à"])
def test_what_is_no_token_is_refused(fake: FakeProvider, token: str) -> None:
    with pytest.raises(ProviderFault):
        fake.provider().farewell(token)


def test_somebody_elses_signature_is_refused(fake: FakeProvider) -> None:
    fake.key = a_key("other")
    with pytest.raises(ProviderFault):
        fake.provider().farewell(fake.logout_token())


def test_an_id_token_is_no_logout_token(fake: FakeProvider) -> None:
    fake.nonce = "n"
    with pytest.raises(ProviderFault):
        fake.provider().farewell(fake.id_token())


def test_another_kind_of_token_is_refused(fake: FakeProvider) -> None:
    fake.header["typ"] = "at+jwt"
    with pytest.raises(ProviderFault, match="not a logout token"):
        fake.provider().farewell(fake.logout_token())
