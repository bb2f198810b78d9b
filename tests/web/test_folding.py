"""What a page always says in a language is text of its compiled template."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from navette.languages import LANGUAGES, language_named, speaking_as, spoken
from navette_web.folding import Folding
from navette_web.render import environment, make_environment


def one_that_counts(**templates: str) -> tuple[Environment, list[tuple[str, ...]]]:
    """Return templates whose `say` may be folded, and what it was called with."""
    asked: list[tuple[str, ...]] = []

    def say(*values: str) -> str:
        asked.append(values)
        return f"<{' '.join(values)}>"

    made: Any = Environment(
        loader=DictLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Folding],
    )
    made.folded = {"say": say}
    return made, asked


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("{{ say('a') }}", ("a",)),
        ('{{- say("a", "b") -}}', ("a", "b")),
        ("{{ say() }}", ()),
        ("{% if true %}{{ say('a') }}{% endif %}", ("a",)),
    ],
)
def test_a_call_with_all_its_values_is_made_once_when_the_template_is_compiled(
    source: str, values: tuple[str, ...]
) -> None:
    made, asked = one_that_counts(page=source)
    page = made.get_template("page")
    assert asked == [values]
    assert page.render() == page.render() == f"&lt;{' '.join(values)}&gt;"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "source",
    [
        "{{ say(word) }}",
        "{{ say('a', word) }}",
        "{{ say('a', last='b') }}",
        "{{ say('a') | upper }}",
        "{{ say('a') ~ word }}",
        "{{ other('a') }}",
        "{{ [say('a')][0] }}",
        "{% set it = say('a') %}{{ it }}",
        "{{ 'say' }}{{ word }}",
        "{% raw %}{{ say('a') }}{% endraw %}",
    ],
)
def test_anything_else_is_left_to_the_page(source: str) -> None:
    made, asked = one_that_counts(page=source)
    page = made.get_template("page")
    assert not asked
    plain: Any = Environment(autoescape=True)
    names = {
        "say": lambda *values, **named: f"{values}{named}",
        "other": lambda value: value,
        "word": "w",
    }
    assert page.render(names) == plain.from_string(source).render(names)


def test_a_value_is_escaped_as_any_other_unless_it_is_markup() -> None:
    made = make_environment(LANGUAGES["fr"])
    assert made.from_string('{{ static("navette.css") }}').render().startswith("/static/navette")
    assert made.from_string('{{ icon("next") }}').render().startswith('<svg class="icon"')
    assert made.from_string('{{ _("Français") }}').render() == "Français"


def test_each_language_has_templates_of_its_own() -> None:
    said = set()
    for language in (*LANGUAGES.values(), language_named("x-miroir", pseudo=True)):
        assert language is not None
        with speaking_as(language):
            assert environment() is environment()
            said.add(environment().get_template("pages/offline.html").render(page_of_frame()))
    assert len(said) == 5


def test_a_template_says_its_own_language_whoever_compiles_it() -> None:
    dutch = make_environment(LANGUAGES["nl"])
    assert spoken().code == "fr"
    assert dutch.from_string('{{ _("Chercher") }}').render() == "Zoeken"
    assert (
        'aria-label="Taal"'
        in dutch.from_string('{{ part("parts/_language.html", "before") }}').render()
    )


def test_a_part_of_the_frame_that_depends_on_the_page_is_not_written_into_it() -> None:
    made = make_environment(LANGUAGES["fr"])
    with pytest.raises(UndefinedError, match="part"):
        made.from_string('{{ part("parts/_frame.html", "bar", nav) }}').render(nav="search")


def page_of_frame() -> dict[str, Any]:
    """Return what every page has, for nobody."""
    return {
        "demo": False, "demo_banner": "", "person": None, "agent": None, "to_link": False,
        "library": None, "nav": "", "here": "/", "told": None, "fragment": False,
        "in_place": False, "moved": False,
    }  # fmt: skip
