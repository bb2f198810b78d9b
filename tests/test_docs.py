"""What is written is true: settings, commands, schema, decisions, the README's paths."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from navette.settings import Settings
from navette_graphql.schema import sdl
from navette_server.reference import reference

ROOT = Path(__file__).resolve().parents[1]


def written(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_has_its_help() -> None:
    assert all(field.metadata["help"] for field in fields(Settings))


def test_the_reference_is_what_the_code_says() -> None:
    assert written("docs/reference.md") == reference(), "run make schema"


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert written("graphql/schema.graphql") == sdl(), "run make schema"


def test_every_decision_is_numbered_once_and_short() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
    numbers = [name[:4] for name in names]
    assert numbers == [f"{n:04d}" for n in range(1, len(names) + 1)]
    for name in names:
        text = written(f"docs/decisions/{name}")
        assert text.startswith("# ")
        assert len(text.split()) < 500, name


def test_every_file_the_readme_points_to_exists() -> None:
    for page in ("README.md", "docs/ARCHITECTURE.md"):
        folder = (ROOT / page).parent
        for target in re.findall(r"\]\(([^)#]+)\)", written(page)):
            if not target.startswith("http"):
                assert (folder / target).exists(), (page, target)


def test_the_readme_names_every_make_word_that_makes_sense() -> None:
    words = re.findall(r"^([a-z]+):.*##", written("Makefile"), re.MULTILINE)
    readme = written("README.md")
    assert [word for word in words if not re.search(rf"\b{word}\b", readme)] == []


def test_every_package_stands_in_the_plan_of_the_house() -> None:
    plan = written("docs/ARCHITECTURE.md")
    rooms = [p.name for p in (ROOT / "server/navette").iterdir() if (p / "__init__.py").exists()]
    assert [room for room in rooms if f"server/navette/{room}/" not in plan] == []


def test_every_test_that_the_threat_table_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", written("docs/identity.md"))
    assert len(named) > 25
    missing = [(name, test) for name, test in named if f"def {test}(" not in written(name)]
    assert missing == []


def test_the_integration_page_says_in_both_languages_what_the_code_reads() -> None:
    page = written("docs/integration-metropole.md")
    known = {f"NAVETTE_{field.name.upper()}" for field in fields(Settings)}
    named = re.findall(r"NAVETTE_[A-Z_]+", page)
    assert set(named) <= known
    french, _, english = page.partition("## English")
    assert set(re.findall(r"NAVETTE_[A-Z_]+", french)) == set(
        re.findall(r"NAVETTE_[A-Z_]+", english)
    )
    for path in ("/connexion/sso/retour", "/connexion/sso/deconnexion", "/eligibilite"):
        assert page.count(path) >= 2
