"""The addresses that a page writes: where it stands, and the same search with something changed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.datastructures import QueryParams
from starlette.requests import Request

from navette_web.narrowing import Asked
from navette_web.shell import here_of


@pytest.mark.parametrize("query", [b"", b"q=l%27amie&tri=titre"])
@pytest.mark.parametrize("path", ["/", "/recherche", "/notice/é", "/a?b", "/a#b", "/a\\b", "//a"])
def test_a_page_stands_where_its_address_says(path: str, query: bytes) -> None:
    request = Request(
        {
            "type": "http", "method": "GET", "path": path, "query_string": query, "scheme": "http",
            "headers": [(b"host", b"127.0.0.1:8000")], "server": ("127.0.0.1", 8000),
        }
    )  # fmt: skip
    url = request.url
    assert here_of(request) == (f"{url.path}?{url.query}" if url.query else url.path)


@pytest.mark.parametrize(
    "changed",
    [
        {"tri": "titre"},
        {"tri": "", "chez": ""},
        {"apres": "WzAsMjBd-_"},
        {"apres": "é &=?"},
        {"tri": "bientot", "chez": "lys", "apres": "WzA="},
    ],
)
@pytest.mark.parametrize(
    "asked", ["q=l%27amie+%26+%C3%A9&type=book", "tri=bientot&chez=hem&filtres=tous"]
)
def test_a_changed_search_keeps_the_rest(asked: str, changed: dict[str, str]) -> None:
    before = parse_qs(asked)
    told = parse_qs(urlsplit(Asked.of(QueryParams(asked)).address(**changed)).query)
    wanted = {**before, **{name: [value] for name, value in changed.items()}}
    assert told == {name: values for name, values in wanted.items() if any(values)}
