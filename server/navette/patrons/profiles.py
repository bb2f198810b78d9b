"""Profiles of people's files: which heading of one library's export holds what, and its codes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from navette.errors import NavetteError

GENERIC = "generic"
# What a person needs; a home may come from --library instead.
NEEDED = ("first_name", "last_name")


@dataclass(eq=False)
class UnknownProfile(NavetteError):
    """No profile has this name."""

    name: str
    known: Sequence[str]

    def __str__(self) -> str:
        """Return one line that lists those there are."""
        return f"unknown profile {self.name!r}; known: {', '.join(self.known)}"


@dataclass(frozen=True)
class Profile:
    """How to read one library's file. A strict one refuses headings that it does not know."""

    name: str
    strict: bool
    columns: Mapping[str, Sequence[str]]
    categories: Mapping[str, str]

    @property
    def headings(self) -> frozenset[str]:
        """Return every heading that is read, in lower case."""
        return frozenset(heading for headings in self.columns.values() for heading in headings)

    def missing(self, headings: Sequence[str], *, home_known: bool) -> list[str]:
        """Return the values that no heading of a file feeds."""
        present = {heading.strip().casefold() for heading in headings}
        needed = NEEDED if home_known else (*NEEDED, "home")
        return [name for name in needed if not present.intersection(self.columns[name])]

    def values(self, row: Mapping[str, str]) -> dict[str, str]:
        """Return what a row says, by our names; '' where it says nothing."""
        return {
            name: next((row[heading] for heading in headings if row.get(heading)), "")
            for name, headings in self.columns.items()
        }

    def category(self, code: str) -> str:
        """Return our category for a library's code; one without a mapping is left as it is."""
        return self.categories.get(code.casefold(), code) or "adult"


@cache
def profile_named(name: str) -> Profile:
    """Return a profile; raises UnknownProfile."""
    if name not in names():
        raise UnknownProfile(name, names())
    described = tomllib.loads(
        resources.files(__package__).joinpath("profiles", f"{name}.toml").read_text("utf-8")
    )
    columns = {
        ours: tuple(heading.casefold() for heading in headings)
        for ours, headings in described["columns"].items()
    }
    categories = {code.casefold(): ours for code, ours in described["categories"].items()}
    return Profile(name, described["strict"], columns, categories)


@cache
def names() -> tuple[str, ...]:
    """Return the names of the profiles there are."""
    folder = resources.files(__package__).joinpath("profiles")
    return tuple(
        sorted(
            one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")
        )
    )
