"""What was read can be written and read again without loss: every record, every letter."""

from __future__ import annotations

import io
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from navette.catalogue.unimarc import iso2709, iso5426, marcxml, profiles
from navette.catalogue.unimarc.charset import decode_record
from navette.catalogue.unimarc.fields import ControlField, DataField, Field
from navette.catalogue.unimarc.iso2709 import RawRecord
from navette.catalogue.unimarc.marcxml_writing import written
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import Encoding, write_record

FRENCH = "aàâbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyz'’ -.,;:/()ÀÉÊÇŒ0123456789&<>\"°«»"
TAGS = ["010", "101", "200", "210", "214", "215", "225", "330", "461", "606", "700", "856", "995"]
CODES = "abcdefghijklmnopqrstuvxyz0123456789"


def _texts(alphabet: str) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=40).map(lambda text: unicodedata.normalize("NFC", text))


def _records(alphabet: str) -> st.SearchStrategy[list[Field]]:
    subfields = st.lists(
        st.tuples(st.sampled_from(CODES), _texts(alphabet)), min_size=1, max_size=5
    )
    indicator = st.sampled_from(" 0129")
    data = st.builds(DataField, st.sampled_from(TAGS), subfields.map(tuple), indicator, indicator)
    control = st.builds(ControlField, st.just("001"), st.text("abc123-", min_size=1, max_size=12))
    return st.tuples(control, st.lists(data, max_size=12)).map(lambda made: [made[0], *made[1]])


ANY = FRENCH + "ñßłΩжאあ\u0098\u009c"


def raws(data: bytes) -> list[RawRecord]:
    return [raw for raw in iso2709.read(io.BytesIO(data)) if isinstance(raw, RawRecord)]


def through_xml(raw: RawRecord) -> RawRecord:
    again = list(marcxml.read(io.BytesIO(b"".join(written([raw.data])))))
    assert isinstance(again[0], RawRecord)
    return again[0]


@given(st.lists(_records(ANY), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_iso2709_is_read_as_it_was_written_byte_for_byte(records: list[list[Field]]) -> None:
    data = b"".join(write_record(fields) for fields in records)
    found = raws(data)
    assert b"".join(raw.data for raw in found) == data
    for raw, fields in zip(found, records, strict=True):
        assert raw.tags == [field.tag for field in fields]
        assert not raw.mended


@given(_records(ANY), st.sampled_from("abgij"), st.sampled_from("mas"))
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_on_the_way_through_marcxml(
    fields: list[Field], kind: str, level: str
) -> None:
    (raw,) = raws(write_record(fields, kind=kind, level=level))
    again = through_xml(raw)
    assert again.tags == raw.tags
    assert decode_record(again).text == decode_record(raw).text
    assert again.leader[5:12] == raw.leader[5:12]
    # And a second time nothing at all changes.
    assert through_xml(again).data == again.data


@given(_records(FRENCH.replace('"', "").replace("°", "")))
@settings(max_examples=60, deadline=None)
def test_a_record_in_iso_5426_says_in_xml_what_it_said(fields: list[Field]) -> None:
    encoding: Encoding = "iso5426"
    (raw,) = raws(write_record(fields, encoding))
    profile = profiles.load("generic")
    before, after = parse(raw, profile), parse(through_xml(raw), profile)
    assert before._replace(raw=b"", position=0, charset="", repaired=False) == after._replace(
        raw=b"", position=0, charset="", repaired=False
    )


@given(st.text(FRENCH.replace("°", ""), max_size=60))
@settings(max_examples=100, deadline=None)
def test_iso_5426_holds_every_letter_of_french(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert iso5426.decode(iso5426.encode(text)) == text
