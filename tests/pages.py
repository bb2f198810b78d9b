"""Pages as somebody without script uses them: read the words, follow a link, press a button."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2

SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
UNSEEN = {"script", "style", "title", "svg"}


@dataclass
class Form:
    """A form: what it would send as it stands, what may be chosen, its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """One answer, read."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.path = answer.url.raw_path.decode()
        self.source = answer.text
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._inside: list[str] = []
        self._form: Form | None = None
        self._named: tuple[str, int, str] | None = None
        self.feed(answer.text)

    @property
    def words(self) -> str:
        """Everything that is written, in one line."""
        return _tidy("".join(self._words))

    def form(self, button: str) -> Form:
        """The first form with this button."""
        found = next((form for form in self.forms if button in form.buttons), None)
        assert found, f"no button {button!r} on {self.path}: {[f.buttons for f in self.forms]}"
        return found

    def link(self, words: str) -> str:
        """Where the first link with these words leads."""
        found = next((href for said, href in self.links if said == words), None)
        assert found, f"no link {words!r} on {self.path}: {[said for said, _ in self.links]}"
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._words.append(" ")
        if tag in UNSEEN:
            self._inside.append(tag)
        elif tag == "form":
            self._form = Form(given.get("action", self.path), given.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "input" and self._form:
            _offer(self._form, given)
        elif tag in {"a", "button"}:
            self._named = (tag, len(self._words), given.get("href", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif tag == "form":
            self._form = None
        elif self._named and tag == self._named[0]:
            said = _tidy("".join(self._words[self._named[1] :]))
            if tag == "a":
                self.links.append((said, self._named[2]))
            elif self._form:
                self._form.buttons.append(said)
            self._named = None
        self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._words.append(data)


def _tidy(text: str) -> str:
    return " ".join(text.translate(SPACES).split())


def _offer(form: Form, given: dict[str, str]) -> None:
    name, value = given.get("name", ""), given.get("value", "")
    if "disabled" in given or not name:
        return
    if given.get("type") not in {"radio", "checkbox"}:
        form.fields[name] = value
        return
    form.choices.setdefault(name, []).append(value)
    if "checked" in given:
        form.fields[name] = value


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx2.Client(base_url=base, follow_redirects=True, timeout=30)
        self.page: Page

    def open(self, path: str) -> Page:
        """Type an address; the page must be there."""
        return self._see(self.http.get(path))

    def follow(self, words: str) -> Page:
        """Tap a link."""
        return self.open(self.page.link(words))

    def press(self, button: str, **fields: str) -> Page:
        """Fill a form and press its button; the answer must be a page that is there."""
        return self._see(self.send(self.page.form(button), **fields))

    def send(self, form: Form, **fields: str) -> httpx2.Response:
        """Send a form as a browser does, whatever the answer."""
        for name, value in fields.items():
            offered = form.choices.get(name)
            assert offered is None or value in offered, f"{value} is not among {offered}"
            assert offered or name in form.fields, f"no field {name} in {form.fields}"
        given = {**form.fields, **fields}
        if form.method == "get":
            return self.http.get(form.action, params=given)
        return self.http.post(form.action, data=given, headers=self._ours())

    def tell(self, path: str, body: Any) -> httpx2.Response:
        """Post JSON as the page's script does."""
        return self.http.post(path, json=body, headers=self._ours())

    def _ours(self) -> dict[str, str]:
        return {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}

    def _see(self, answer: httpx2.Response) -> Page:
        self.page = Page(answer)
        assert answer.status_code == 200, (self.page.path, answer.status_code, self.page.words)
        return self.page
