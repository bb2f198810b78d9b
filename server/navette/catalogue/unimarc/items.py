"""The copies of a record, read from its item fields by the profile of the source."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from navette.catalogue.normalising import number_of
from navette.catalogue.unimarc import kinds
from navette.catalogue.unimarc.barcode import normalised
from navette.catalogue.unimarc.parsed import Audience, Kind, ParsedItem, made_of
from navette.catalogue.unimarc.profiles import Joined, Profile
from navette.catalogue.unimarc.subfields import Fields, one

Said = dict[str, str]
# Software says in figures whether a copy is lost or withdrawn, and why: 0 is no.
_NO: Final = "0"
_DASHES: Final = str.maketrans("", "", "-/. ")


def said(fields: Fields, profile: Profile) -> list[Said]:
    """Give what each item says, under the names of the profile."""
    places = profile.places
    written = fields.get(profile.item_field, ())
    if profile.joined is not None:
        return _joined(written, fields.get(profile.joined.field, ()), places, profile.joined)
    return [_said(field, places) for field in written]


def _said(field: str, places: Mapping[str, str]) -> Said:
    item: Said = {}
    for part in field.split("\x1f")[1:]:
        name = places.get(part[:1])
        if name and name not in item and (text := part[1:].strip()):
            item[name] = text
    return item


def _joined(
    written: Sequence[str], others: Sequence[str], places: Mapping[str, str], joined: Joined
) -> list[Said]:
    """Join the two fields of each copy; one holding with several barcodes is several copies."""
    found: list[Said] = []
    waiting = [(one(other, joined.link), _said(other, joined.places)) for other in others]
    for field in written:
        link, item = one(field, joined.link), _said(field, places)
        mine = [said for its, said in waiting if its == link]
        waiting = [(its, said) for its, said in waiting if its != link]
        found += [item | said for said in mine] or [item]
    # A barcode whose holding is not said is a copy all the same.
    return found + [said for _, said in waiting]


def kind(item: Said, profile: Profile) -> Kind | None:
    """Tell the kind of document from the item's type or call number, if they say so."""
    code = item.get("item_type", "")
    found = profile.item_types.get(code)
    if found is None and "call_number" in item and profile.call_numbers:
        found = kinds.from_call_number(item["call_number"], profile.call_numbers)
    return found


def audience(items: list[Said], profile: Profile) -> Audience:
    """Tell for whom the shelves of the items are, if they agree."""
    audiences = {
        profile.audiences.get(item.get("audience", "") or item.get("section", ""), "")
        for item in items
    }
    return audiences.pop() if len(audiences) == 1 else ""


def parsed(item: Said, profile: Profile, record_kind: Kind) -> ParsedItem:
    """Make the plain value of one item of a record of this kind."""
    written = item.get("barcode", "")
    home, holding = item.get("home", ""), item.get("holding", "")
    label, section = item.get("volume", ""), item.get("section", "")
    circulation = item.get("circulation", "")
    count = item.get("loan_count", "")
    values = (
        normalised(written),
        written,
        _library(home, holding, profile.libraries),
        home,
        holding,
        profile.sections.get(section, section),
        item.get("collection", ""),
        item.get("call_number", ""),
        record_kind,
        number_of(label) if label else "",
        label,
        circulation in profile.not_for_loan or _is_out(item),
        circulation in profile.on_order,
        item.get("new", "") in profile.new,
        item.get("price", ""),
        _day(item.get("entered_on", "")),
        int(count) if count.isdecimal() else None,
    )
    return made_of(ParsedItem, values)


def _is_out(item: Said) -> bool:
    return item.get("lost", _NO) != _NO or item.get("withdrawn", _NO) != _NO


def _library(home: str, holding: str, libraries: Mapping[str, str]) -> str | None:
    if not libraries:
        return None
    # Who owns a copy stays the same while it travels.
    return libraries.get(home.upper()) or libraries.get(holding.upper())


def _day(text: str) -> date | None:
    if not text:
        return None
    digits = text.translate(_DASHES)[:8]
    try:
        return date.fromisoformat(digits) if digits.isdecimal() else None
    except ValueError:
        return None
