"""A work described in UNIMARC, by the habits of the library that holds it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from navette.catalogue.unimarc.fields import ControlField, DataField, Field
from navette.catalogue.unimarc.marks import NON_SORTING_BEGIN, NON_SORTING_END
from navette.catalogue.unimarc.writing import general_data
from navette_server.demo.habits import Habits
from navette_server.demo.holdings import SEED
from navette_server.demo.works import Author, Kind, Work

_ARTICLE: Final = re.compile(r"^((?:Les|Le|La|Une|Un|The)(?= )|L') ?(?=\S)")
_PERSON: Final = re.compile(r"^(?P<name>[^,]+), (?P<first>.+) \((?P<dates>\d{4}-\d{0,4})\)$")
_PLACE: Final = re.compile(
    r"^(Algérie|Burundi|Chine|Corée|France|Italie|Japon|Maroc|Russie|Rwanda|Syrie|Tibet|.+ "
    r"\((Algérie|Calvados|Chine|Espagne|Eure|France|GB|Italie|Japon|Nord|Paris|États-Unis|Égypte)\))$"
)
_AUDIENCES: Final[Mapping[str, str]] = {"adult": "m", "young": "e", "child": "a"}
_GENRES: Final[Mapping[Kind, str]] = {
    Kind.COMIC: "Bandes dessinées", Kind.MANGA: "Mangas", Kind.MAGAZINE: "Périodiques",
}  # fmt: skip
_MEDIA: Final[Mapping[Kind, str]] = {
    Kind.FILM: "Images animées", Kind.MUSIC: "Enregistrement sonore",
    Kind.AUDIOBOOK: "Enregistrement sonore",
}  # fmt: skip
_CODES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.FILM: ("tdi", "v"), Kind.MUSIC: ("prm", "s"), Kind.AUDIOBOOK: ("spw", "s"),
}  # fmt: skip
_FIRST_ROLE: Final[Mapping[Kind, str]] = {Kind.FILM: "300", Kind.MUSIC: "590"}
_DRAWN: Final = {Kind.COMIC, Kind.MANGA}
_LOOSE_SHARE: Final = 0.06


def describe(work: Work, habits: Habits, rank: int) -> list[Field]:
    """Give the fields of a record, items apart, in the order of their tags."""
    fields = [*_identity(work, habits, rank), *_coded(work, habits), *_described(work, habits)]
    fields += [*_subjects(work, habits), *_responsible(work, habits)]
    return sorted(fields, key=lambda field: field.tag)


def _field(tag: str, *subfields: tuple[str, str], ind: str = "  ") -> DataField:
    return DataField(tag, tuple((code, text) for code, text in subfields if text), ind[0], ind[1])


def _identity(work: Work, habits: Habits, rank: int) -> Iterator[Field]:
    yield ControlField("001", habits.local_id.format(rank))
    if not work.isbn:
        return
    if work.kind is Kind.MAGAZINE:
        yield _field("011", ("a", work.isbn))
        return
    yield _field("010", ("a", _isbn(work.isbn, habits)))
    if habits.library in {"hem", "lys"}:
        yield _field("073", ("a", work.isbn), ind=" 0")


def _isbn(isbn: str, habits: Habits) -> str:
    if not habits.short:
        return isbn
    nine = isbn[3:12]
    check = -sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return nine + ("X" if check == 10 else str(check))  # noqa: PLR2004 - X stands for ten


def _coded(work: Work, habits: Habits) -> Iterator[Field]:
    audience = _AUDIENCES[work.audience]
    yield _field("100", ("a", general_data(habits.entered, work.year, audience, habits.encoding)))
    yield _field(
        "101",
        ("a", work.language),
        ("c", "" if habits.short else work.original),
        ind="1 " if work.original and not habits.short else "0 ",
    )
    if work.kind is Kind.LARGE_PRINT:
        yield _field("106", ("a", "d"))
    if habits.short:
        return
    if work.kind is Kind.FILM:
        yield _field("115", ("a", f"c{int(work.extent):03d}baizxbx||||bkxx|"))
    if work.kind in {Kind.MUSIC, Kind.AUDIOBOOK}:
        yield _field("126", ("a", "aguxhxx||||||cd"))
    if habits.library == "hem":
        content, medium = _CODES.get(work.kind, ("txt", "n"))
        yield _field("181", ("6", "02"), ("c", content), ("2", "rdacontent"))
        yield _field("182", ("6", "02"), ("c", medium), ("2", "rdamedia"))


def _described(work: Work, habits: Habits) -> Iterator[Field]:
    yield _field("200", *_title(work, habits), ind="1 ")
    if work.kind is Kind.LARGE_PRINT:
        yield _field("205", ("a", "Édition en gros caractères"))
    year = str(work.year) if work.year else ""
    yield _field(habits.imprint, ("c", work.publisher), ("d", year), ind=" 0")
    if extent := _extent(work):
        yield _field("215", ("a", extent))
    if work.series:
        yield _series(work, habits)
    if work.summary and not habits.short:
        yield _field("330", ("a", work.summary))


def _title(work: Work, habits: Habits) -> list[tuple[str, str]]:
    title, subtitle = work.title, work.subtitle
    volume = work.volume if title == work.series else ""
    if habits.loose:
        title = _loosely(work, volume)
        volume = "" if title.endswith(f" T.{volume}") else volume
    if habits.joins_subtitles and subtitle and len(title) % 3 == 0:
        title, subtitle = f"{title} : {subtitle}", ""
    if habits.marks_articles:
        title = _ARTICLE.sub(_marked, title)
    return [
        ("a", title),
        ("b", _MEDIA.get(work.kind, "Texte imprimé") if habits.medium_in_title else ""),
        ("h", volume),
        ("e", subtitle),
        ("f", ", ".join(author.spoken for author in work.authors)),
    ]


def _marked(article: re.Match[str]) -> str:
    return f"{NON_SORTING_BEGIN}{article[0]}{NON_SORTING_END}"


def _loosely(work: Work, volume: str) -> str:
    """Type a title as a hurried volunteer does: mostly right, now and then in their own way."""
    chance = Random(f"{SEED}:title:{work.key}").random()  # noqa: S311 - chance that repeats itself
    if volume:
        return f"{work.title} T.{volume}"
    if chance < _LOOSE_SHARE:
        return _without_accents(work.title).upper()
    article = _ARTICLE.match(work.title)
    if chance < 2 * _LOOSE_SHARE and article:
        return f"{work.title[article.end() :]} ({article[1]})"
    return work.title


def _without_accents(text: str) -> str:
    spelt = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(c for c in spelt if not unicodedata.combining(c))


def _extent(work: Work) -> str:
    match work.kind:
        case Kind.FILM:
            return f"1 DVD vidéo ({work.extent} min)"
        case Kind.MUSIC:
            return "1 disque compact"
        case Kind.AUDIOBOOK:
            number, _, rest = work.extent.partition(" ")
            named = rest.replace("disques", "disques compacts").replace(
                "disque ", "disque compact "
            )
            return f"{number} {named}"
        case Kind.MAGAZINE:
            return ""
    if work.parts:
        return f"{len(work.parts)} vol."
    return f"1 vol. ({work.extent} p.)" if work.extent else ""


def _series(work: Work, habits: Habits) -> Field:
    named = work.series
    if habits.hosts:
        return _field("461", ("t", named), ("v", work.volume), ind=" 0")
    return _field("225", ("a", named), ("v", work.volume), ind="1 ")


def _subjects(work: Work, habits: Habits) -> Iterator[Field]:
    if genre := _GENRES.get(work.kind):
        yield _field("608", ("a", genre), ("2", "rameau"))
    if habits.short:
        yield from (_field("610", ("a", text)) for text in work.subjects)
        return
    yield from (_subject(text) for text in work.subjects)
    if work.dewey and not habits.one_name_subfield:
        yield _field("676", ("a", work.dewey), ("v", "23"))


def _subject(text: str) -> Field:
    if person := _PERSON.match(text):
        name, first, dates = person["name"], person["first"], person["dates"]
        return _field("600", ("a", name), ("b", first), ("f", dates), ("2", "rameau"))
    return _field("607" if _PLACE.match(text) else "606", ("a", text), ("2", "rameau"))


def _responsible(work: Work, habits: Habits) -> Iterator[Field]:
    for rank, author in enumerate(work.authors):
        tag = ("710" if rank == 0 else "711") if author.is_body else "700" if rank == 0 else "701"
        role = _FIRST_ROLE.get(work.kind, "070")
        if rank and (work.kind in _DRAWN or work.shelf == "children"):
            role = "440"
        ind = "02" if author.is_body else " 1"
        yield _field(tag, *_name(author, habits), ("4", "" if habits.short else role), ind=ind)


def _name(author: Author, habits: Habits) -> list[tuple[str, str]]:
    name, first = author.name, author.first_name
    if habits.one_name_subfield:
        return [("a", f"{name}, {first}" if first else name)]
    return [("a", name.upper() if habits.short else name), ("b", first)]
