"""A hostile provider, rule by rule: each fault by name is seen where it is made."""

from __future__ import annotations

from typing import Any

import pytest

from fake_provider import FakeProvider
from hostile import ANSWERS, FAREWELLS, FAULTS, Fault
from navette.errors import SignInRefused, Unavailable
from navette_auth.providers import ProviderFault


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # the forger is warned
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_provider_that_lies_is_not_believed(fake: FakeProvider, fault: Fault) -> None:
    fault(fake)
    with pytest.raises((ProviderFault, Unavailable)) as told:
        fake.sign_in()
    assert str(told.value)
    assert not any(request.url.host == "evil.example" for request in fake.asked)


@pytest.mark.parametrize("given", [{"iss": "https://evil.example"}, {"iss": ""}, {"iss": ...}])
@pytest.mark.parametrize("error", [{}, {"error": "access_denied"}])
def test_an_answer_that_is_not_its_own_is_refused(
    fake: FakeProvider, given: dict[str, Any], error: dict[str, str]
) -> None:
    with pytest.raises(ProviderFault, match="iss parameter"):
        fake.sign_in(**given, **error)
    assert "/token" not in fake.paths(), "the code never leaves for an endpoint"


@pytest.mark.parametrize("code", ["", "x" * 5000, ...])
def test_an_answer_without_a_code_is_refused(fake: FakeProvider, code: Any) -> None:
    with pytest.raises(ProviderFault, match="code is missing"):
        fake.sign_in(code=code)


def test_half_a_minute_between_clocks_is_forgiven(fake: FakeProvider) -> None:
    now = fake.clock.now().timestamp()
    fake.claims.update(iat=now + 29, exp=now - 29, nbf=now + 29)
    assert fake.sign_in().subject == "mel-1"


def test_there_are_at_least_sixty_faults() -> None:
    assert len(FAULTS) >= 60
    assert len({*FAULTS, *ANSWERS, *FAREWELLS}) == len(FAULTS) + len(ANSWERS) + len(FAREWELLS)
    assert SignInRefused("provider").reason == "provider"
