"""What a UNIMARC record says, once read: plain frozen values, no database, no MARC."""

from datetime import date
from typing import Final, Literal, NamedTuple

# Makes a NamedTuple of a tuple of all its values in one step of C: an import makes a dozen a record.
made_of: Final = tuple.__new__

Kind = Literal[
    "book",
    "comic",
    "film",
    "music",
    "audiobook",
    "large_print",
    "magazine",
    "game",
    "score",
    "map",
    "software",
    "other",
]
Audience = Literal["", "child", "young", "adult"]
Adapted = Literal[
    "large_print",
    "audiobook",
    "daisy",
    "easy_to_read",
    "braille",
    "dyslexia",
    "sign_language",
]


class Author(NamedTuple):
    """A person or body: name in natural order, family name, role as one word."""

    name: str
    role: str
    family: str


class Identifier(NamedTuple):
    """An ISBN or EAN as 13 digits, an ISSN as 1234-5678; a wrong one is kept as typed."""

    kind: Literal["isbn", "ean", "issn"]
    value: str
    valid: bool
    written: str


class Link(NamedTuple):
    """An address in 856, with the label that the record gives it."""

    url: str
    label: str


class ParsedItem(NamedTuple):
    """One copy. `library` is our code if the source's profile maps the item's own, else None."""

    barcode: str
    written_barcode: str
    library: str | None
    home_code: str
    holding_code: str
    section: str
    collection: str
    call_number: str
    item_type: str
    volume_key: str
    volume_label: str
    not_for_loan: bool
    on_order: bool
    new: bool
    price: str
    entered_on: date | None
    loan_count: int | None


class ParsedRecord(NamedTuple):
    """One bibliographic record and its items, as one library describes them."""

    position: int
    local_id: str | None
    type: Kind
    title: str
    title_sort: str
    subtitle: str
    statement: str
    authors: tuple[Author, ...]
    publisher: str
    place: str
    year: int | None
    edition: str
    extent: str
    series_title: str
    volume_label: str
    volume_key: str
    collection: str
    languages: tuple[str, ...]
    audience: Audience
    subjects: tuple[str, ...]
    genres: tuple[str, ...]
    dewey: str
    summary: str
    contents: tuple[str, ...]
    links: tuple[Link, ...]
    other_titles: tuple[str, ...]
    adapted: tuple[Adapted, ...]
    original_languages: tuple[str, ...]
    subtitle_languages: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    items: tuple[ParsedItem, ...]
    charset: str
    repaired: bool
    raw: bytes
