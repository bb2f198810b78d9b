"""What a template says whatever is asked, written into it when it is compiled, once a language."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import escape

Sayings = Mapping[str, Callable[..., str]]
_OPENING, _CLOSING = ("name", "lparen"), ("rparen", "variable_end")


class Folding(Extension):
    """Turns `{{ _("Chercher") }}` into text: a call by name, its values all written there.

    The environment's `folded` names what may be called so. Each has to say the same for the same
    values as long as its environment stands; anything else in a template is left to its asking.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Give the tokens of a template, the calls that can be made at once as the text they give."""
        folded: Sayings = getattr(self.environment, "folded", {})
        held: list[Token] = []  # of one output that may still be such a call
        for token in stream:
            if token.type == "variable_begin":
                held = [token]
            elif held:
                held.append(token)
            else:
                yield token
                continue
            if token.type == "variable_end":
                yield from _said(held, folded)
                held = []
        yield from held


def _said(held: list[Token], folded: Sayings) -> Iterable[Token]:
    """Return the output as it stands, or the text that it will always be."""
    _begin, *inside = held
    types = tuple(token.type for token in inside)
    if types[:2] != _OPENING or types[-2:] != _CLOSING or inside[0].value not in folded:
        return held
    values = inside[2:-2]
    if not _strings_alone(values):
        return held
    given = [token.value for token in values if token.type == "string"]
    return [Token(held[0].lineno, "data", str(escape(folded[inside[0].value](*given))))]


def _strings_alone(values: list[Token]) -> bool:
    """Tell whether these are strings with a comma between them, or nothing."""
    kinds = [token.type for token in values]
    if not set(kinds) <= {"string", "comma"}:
        return False
    apart = all(one != other for one, other in pairwise(kinds))
    return not kinds or (apart and kinds[0] == kinds[-1] == "string")
