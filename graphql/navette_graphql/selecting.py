"""What a selection asks for, so that a parent computes only what its children need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, SelectionSetNode

from navette_graphql.context import Info


def asks(info: Info, name: str) -> bool:
    """Return whether the field being resolved is asked for a child of that GraphQL name."""
    raw: Any = info._raw_info  # noqa: SLF001 - the converted selection costs ten times this walk
    return any(
        name in _names(node.selection_set, raw.fragments)
        for node in raw.field_nodes
        if node.selection_set is not None
    )


def _names(selections: SelectionSetNode, fragments: Any) -> Iterator[str]:
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, FragmentSpreadNode):
            yield from _names(fragments[selection.name.value].selection_set, fragments)
        else:
            inner = getattr(selection, "selection_set", None)
            if inner is not None:
                yield from _names(inner, fragments)
