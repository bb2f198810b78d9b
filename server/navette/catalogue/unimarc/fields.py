"""Fields of a UNIMARC record as text, the form in which they are written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControlField:
    """A field 001-009: one value, no subfields."""

    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class DataField:
    """A field from 010 on: two indicators and (code, value) subfields in order."""

    tag: str
    subfields: tuple[tuple[str, str], ...]
    ind1: str = " "
    ind2: str = " "


Field = ControlField | DataField
