"""From the fields of one UNIMARC record to what it says: the way through this folder."""

from collections.abc import Sequence

from navette.catalogue.unimarc import (
    adapted,
    charset,
    coded,
    identifiers,
    items,
    kinds,
    marc21,
    names,
    series,
    titles,
)
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.parsed import Kind, ParsedRecord, made_of
from navette.catalogue.unimarc.profiles import Profile
from navette.catalogue.unimarc.subfields import Fields, first


def parse(raw: RawRecord, profile: Profile) -> ParsedRecord:
    """Read one record as its source means it. Pure; never raises on what a record may hold."""
    decoded = charset.decode_record(raw)
    fields = _by_tag(raw.tags, decoded.text.split("\x1e"))
    leader = raw.leader
    if "245" in fields and "200" not in fields:
        leader, fields = marc21.as_unimarc(leader, fields, profile.item_tags)
    said = items.said(fields, profile)
    item_kinds = [kind for item in said if (kind := items.kind(item, profile))]
    title = titles.read(fields, sentence_case=profile.titles_in_capitals)
    if not title.label and "215" in fields:
        title = titles.with_volume(title, fields["215"][0])
    kind = kinds.read(leader, fields, title.media, _coded_kind(fields, profile), item_kinds)
    adapted_to = adapted.read(fields, title.media, kind, said, profile)
    if kind == "book" and "large_print" in adapted_to:
        kind = "large_print"
    in_series = series.read(
        fields, title, is_comic=kind == "comic", always_series=profile.every_225_is_series
    )
    published = coded.publication(fields)
    # In the order of ParsedRecord.
    return made_of(
        ParsedRecord,
        (
            raw.position,
            _local_id(fields),
            kind,
            title.title,
            title.sort,
            title.subtitle,
            title.statement,
            names.read(fields),
            published.publisher,
            published.place,
            published.year,
            first(fields, "205", "a"),
            coded.extent(fields),
            in_series.title,
            in_series.label,
            in_series.key,
            in_series.collection,
            coded.languages(fields),
            coded.audience(fields, items.audience(said, profile)),
            coded.subjects(fields),
            coded.genres(fields),
            coded.dewey(fields),
            coded.summary(fields),
            coded.contents(fields),
            coded.links(fields),
            titles.others(fields),
            adapted_to,
            coded.languages(fields, coded.ORIGINAL),
            coded.languages(fields, coded.SUBTITLES),
            identifiers.read(fields),
            tuple([items.parsed(item, profile, kind) for item in said]),
            decoded.charset,
            decoded.repaired or raw.mended,
            raw.data,
        ),
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
