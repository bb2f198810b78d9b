"""The house keeps its shape: what a visitor relies on, asserted."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import graphql
import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
FLOORS = ("server/navette", "server/navette_server", "auth", "graphql", "web", "tests")


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add, so that a new file counts before its commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_no_package_of_ours_shadows_graphql_core() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists()
    assert "site-packages" in (graphql.__file__ or "")


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert not (ROOT / "tests" / "graphql").exists()


def test_the_top_folders_are_those_of_the_plan() -> None:
    for name in ("server", "web", "graphql", "auth", "tests", "docs"):
        assert (ROOT / name).is_dir()
    for name in ("README.md", "LICENSE", "Makefile", "pyproject.toml", ".ci/run"):
        assert (ROOT / name).is_file()


@pytest.mark.parametrize("ending", ["*.py", "*.js", "*.css", "*.html"])
def test_no_file_outgrows_its_room(ending: str) -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in tracked(ending)
        if "vendor" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long, "split by noun"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in tracked("*.py")
        if not re.match(r'(#!.*\n)?("""|r""")\S', path.read_text(encoding="utf-8"))
    ]
    assert not silent


def test_nothing_names_this_machine_or_a_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb." + "debian.org")
    found = [
        (path.relative_to(ROOT).as_posix(), host)
        for path in tracked()
        if path.suffix not in {".png", ".woff2", ".ico", ".mrc"}
        for host in hosts
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert not found


def test_only_one_network_file_is_shipped() -> None:
    shipped = [p for p in tracked("network*.toml", "**/network*.toml") if "tests" not in p.parts]
    assert [p.relative_to(ROOT).as_posix() for p in shipped] == [
        "server/navette_server/demo/network.toml"
    ]


def test_importing_the_core_loads_no_web_framework() -> None:
    program = (
        "import sys, navette.ils.port, navette.network.loading, navette.storage.database\n"
        "heavy = {'starlette', 'strawberry', 'jinja2', 'uvicorn', 'authlib'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
