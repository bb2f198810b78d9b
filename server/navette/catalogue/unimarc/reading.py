"""From the fields of one UNIMARC record to what it says: the way through this folder."""

from collections.abc import Sequence

from navette.catalogue.unimarc import (
    adapted,
    charset,
    coded,
    identifiers,
    items,
    kinds,
    names,
    series,
    titles,
)
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.parsed import Kind, ParsedRecord
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.subfields import Fields, first


def parse(raw: RawRecord, profile: Profile) -> ParsedRecord:
    """Read one record as its source means it. Pure; never raises on what a record may hold."""
    decoded = charset.decode_record(raw)
    fields = _by_tag(raw.tags, decoded.text.split("\x1e"))
    said = items.said(fields, profile)
    item_kinds = [kind for item in said if (kind := items.kind(item, profile))]
    title = titles.read(fields, sentence_case=profile.titles_in_capitals)
    kind = kinds.read(raw.leader, fields, title.media, _coded_kind(fields, profile), item_kinds)
    adapted_to = adapted.read(decoded.text, fields, kind, said, profile)
    if kind == "book" and "large_print" in adapted_to:
        kind = "large_print"
    in_series = series.read(
        fields, title, is_comic=kind == "comic", always_series=profile.every_225_is_series
    )
    return ParsedRecord(
        position=raw.position,
        local_id=_local_id(fields),
        type=kind,
        title=title.title,
        title_sort=title.sort,
        subtitle=title.subtitle,
        statement=title.statement,
        authors=names.read(fields),
        publisher=coded.publisher(fields),
        place=coded.place(fields),
        year=coded.year(fields),
        edition=first(fields, "205", "a"),
        extent=coded.extent(fields),
        series_title=in_series.title,
        volume_label=in_series.label,
        volume_key=in_series.key,
        collection=in_series.collection,
        languages=coded.languages(fields),
        audience=coded.audience(fields, items.audience(said, profile)),
        subjects=coded.subjects(fields),
        genres=coded.genres(fields),
        dewey=coded.dewey(fields),
        summary=coded.summary(fields),
        contents=coded.contents(fields),
        links=coded.links(fields),
        other_titles=titles.others(fields),
        adapted=adapted_to,
        identifiers=identifiers.read(fields),
        items=tuple([items.parsed(item, profile, kind) for item in said]),
        charset=decoded.charset,
        repaired=decoded.repaired or raw.mended,
        raw=raw.data,
    )


def _by_tag(tags: Sequence[str], texts: Sequence[str]) -> Fields:
    fields: Fields = {}
    for tag, text in zip(tags, texts, strict=False):
        if tag in fields:
            fields[tag].append(text)
        else:
            fields[tag] = [text]
    return fields


def _local_id(fields: Fields) -> str | None:
    found = fields.get("001")
    return (found[0].strip() or None) if found else None


def _coded_kind(fields: Fields, profile: Profile) -> Kind | None:
    if profile.record_type_field is None:
        return None
    tag, code = profile.record_type_field
    return profile.record_types.get(first(fields, tag, code))
