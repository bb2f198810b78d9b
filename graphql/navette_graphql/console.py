"""A small console to try the interface, in development only: no script of strangers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>GraphQL · Navette</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>GraphQL</h1>
<form id="ask"><p><label for="query">Requête</label></p>
<p><textarea id="query" rows="16" cols="80" spellcheck="false">{
  libraries { code name }
  search(query: "harri poter", first: 5) { totalCount edges { node { id title authors } } }
}</textarea></p>
<p><label for="variables">Variables (JSON)</label></p>
<p><textarea id="variables" rows="4" cols="80" spellcheck="false">{}</textarea></p>
<p><button>Envoyer</button></p></form>
<pre id="answer" aria-live="polite"></pre></main>
<script type="module" src="/graphql/console.js"></script></body></html>
"""
SCRIPT = """const form = document.getElementById("ask");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = document.getElementById("answer");
  try {
    const variables = JSON.parse(document.getElementById("variables").value || "{}");
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: document.getElementById("query").value, variables }),
    });
    answer.textContent = JSON.stringify(await response.json(), null, 2);
  } catch (error) {
    answer.textContent = String(error);
  }
});
"""


def console_page() -> Response:
    """Return the page."""
    return HTMLResponse(PAGE, headers={"cache-control": "no-store"})


def console_script(_: Request) -> Response:
    """Return its script."""
    return Response(SCRIPT, media_type="text/javascript; charset=utf-8")
