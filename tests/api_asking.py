"""Asking in GraphQL as a client does: over HTTP, with a token or without."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient


class Asking:
    """A client that asks as nobody, as a patron or as a desk."""

    def __init__(self, client: TestClient, token: str = "") -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def __call__(self, query: str, **variables: Any) -> Any:
        """Ask, and return `data`; an `errors` entry fails the test."""
        answer = self.raw(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def raw(self, query: str, **variables: Any) -> Any:
        response = self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers
        )
        assert response.status_code == 200, response.text
        return response.json()
