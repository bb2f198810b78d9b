"""After signing in, only a path of ours is followed."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette_auth.next_paths import next_path

BASE = "https://navette.example.org/connexion"


@pytest.mark.parametrize("path", ["/", "/reservations", "/recherche?q=%C3%A9t%C3%A9&type=book#a"])
def test_a_path_of_ours_is_followed(path: str) -> None:
    assert next_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None, "", "reservations", "//evil.example", "///evil.example", "https://evil.example",
        "javascript:alert(1)", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", "/\r\nSet-Cookie: a=b", " /reservations", "/été", "/ /evil.example",
        "/connexion", "/connexion/sso", "/deconnexion", "/" + "a" * 600, "/\x00", "/\u2028",
        "https:/evil.example", "@evil.example", "/\\/evil.example",
    ],
)  # fmt: skip
def test_anything_else_is_not(text: str | None) -> None:
    assert next_path(text, "/bureau") == "/bureau"


@given(st.text(st.sampled_from("/\\:@?#.%ae\t\n "), max_size=12).map("/".__add__))
def test_no_text_ever_leads_to_another_site(text: str) -> None:
    followed = urlsplit(urljoin(BASE, next_path(text)))
    assert (followed.scheme, followed.netloc) == ("https", "navette.example.org")
