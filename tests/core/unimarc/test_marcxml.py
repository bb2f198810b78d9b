"""Reading MARCXML and marcxchange: any namespace, nothing hidden, neighbours always read."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navette.catalogue.unimarc import marcxml, profiles, sources
from navette.catalogue.unimarc.iso2709 import Broken, RawRecord
from navette.catalogue.unimarc.marcxml_writing import written
from navette.catalogue.unimarc.packing import packed
from navette.catalogue.unimarc.parsed import ParsedRecord
from navette.catalogue.unimarc.reading import parse
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.errors import NotMarc, SourceError

LEADER = "00000nam0 2200000   450 "


def a_record(number: int, title: str = "Élan", more: str = "", prefix: str = "") -> str:
    text = f"""<record>
      <leader>{LEADER}</leader>
      <controlfield tag="001">r{number}</controlfield>
      <datafield tag="200" ind1="1" ind2=" "><subfield code="a">{title}</subfield></datafield>
      {more}
    </record>"""
    if not prefix:
        return text
    return text.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")


def collection(*records: str, attributes: str = "", name: str = "collection") -> bytes:
    inside = "\n".join(records)
    return f'<?xml version="1.0"?>\n<{name} {attributes}>\n{inside}\n</{name}>\n'.encode()


def outcomes(data: bytes) -> list[RawRecord | Broken]:
    return list(sources.read(io.BytesIO(data), "test.xml"))


def ids(data: bytes) -> list[str]:
    return [one.fields[0][1].decode() for one in outcomes(data) if isinstance(one, RawRecord)]


def broken(data: bytes) -> list[Broken]:
    return [one for one in outcomes(data) if isinstance(one, Broken)]


def parsed(data: bytes) -> ParsedRecord:
    (raw,) = outcomes(data)
    assert isinstance(raw, RawRecord)
    return parse(raw, profiles.load("generic"))


@pytest.mark.parametrize(
    ("prefix", "attributes"),
    [
        ("", ""),
        ("", 'xmlns="http://www.loc.gov/MARC21/slim"'),
        ("", 'xmlns="info:lc/xmlns/marcxchange-v2"'),
        ("mx", 'xmlns:mx="info:lc/xmlns/marcxchange-v1"'),
        ("x", 'xmlns:x="http://example.org/of-our-own"'),
        ("lost", ""),
    ],
)
def test_records_are_read_in_any_namespace_or_none(prefix: str, attributes: str) -> None:
    name = f"{prefix}:collection" if prefix else "collection"
    data = collection(
        a_record(1, prefix=prefix), a_record(2, prefix=prefix), attributes=attributes, name=name
    )
    first, _ = outcomes(data)
    assert ids(data) == ["r1", "r2"]
    assert isinstance(first, RawRecord)
    assert first.fields[1] == ("200", "1 \x1faÉlan".encode())
    assert not first.mended


def test_foreign_elements_and_envelopes_are_passed_over() -> None:
    inner = a_record(1, more="<x:note xmlns:x='http://e.org/'>non</x:note>", prefix="")
    data = collection(f"<record><header>h</header><metadata>{inner}</metadata></record>")
    assert ids(data) == ["r1"]
    assert ids(a_record(7).encode()) == ["r7"]


def test_positions_are_those_of_the_file_and_the_record_is_kept_as_iso_2709() -> None:
    data = collection(a_record(1), a_record(2, "Deux &amp; <![CDATA[<trois>]]>"))
    first, second = outcomes(data)
    assert first.position == data.index(b"<record>")
    assert second.position == data.rindex(b"<record>")
    assert isinstance(second, RawRecord)
    (again,) = sources.read(io.BytesIO(second.data))
    assert isinstance(again, RawRecord)
    assert (again.fields, again.mended) == (second.fields, False)
    assert parse(again, profiles.load("generic")).title == "Deux & <trois>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_obeyed(encoding: str) -> None:
    text = collection(a_record(1, "Été à Lannoy")).decode().split("\n", 1)[1]
    declared = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'.encode(encoding)
    assert parsed(data).title == "Été à Lannoy"


@pytest.mark.parametrize("encoding", ["klingon", "shift_jis", "utf-16", "utf-7", "hex"])
def test_an_encoding_that_is_unknown_or_a_lie_is_said(encoding: str) -> None:
    text = collection(a_record(1, "x"), a_record(2, "x")).decode().split("\n", 1)[1]
    with pytest.raises(SourceError):
        outcomes(f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode("ascii"))


ENTITIES = '<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
SECRET = '<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE c [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>'
EXTERNAL = '<!DOCTYPE collection SYSTEM "http://127.0.0.1/marc.dtd">'
PUBLIC = '<!DOCTYPE collection PUBLIC "-//X//Y" "marc.dtd">'


@pytest.mark.parametrize(
    ("doctype", "reason"),
    [
        (ENTITIES, "declares an entity"),
        (SECRET, "declares an entity"),
        (PARAMETER, "declares an entity"),
        (EXTERNAL, "external DTD"),
        (PUBLIC, "external DTD"),
    ],
)
def test_entities_and_external_dtds_are_refused_before_anything_is_read(
    doctype: str, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        next(sources.read(io.BytesIO(doctype.encode() + collection(a_record(1))[21:]), "x.xml"))
    assert refused.value.path == "x.xml"


def test_a_doctype_that_says_nothing_is_harmless() -> None:
    assert ids(b"<!DOCTYPE collection>" + collection(a_record(1))[21:]) == ["r1"]


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ('<datafield tag="20"><subfield code="a">x</subfield></datafield>', "20", "tag"),
        ('<datafield tag="200"><subfield>x</subfield></datafield>', "200", "code"),
        ('<datafield tag="200"><subfield code="é">x</subfield></datafield>', "200", "code"),
        ('<controlfield tag="é01">x</controlfield>', "é01", "tag"),
    ],
)
def test_a_broken_record_is_listed_and_its_neighbours_are_read(
    more: str, field: str, reason: str
) -> None:
    data = collection(a_record(1), a_record(2, more=more), a_record(3))
    assert ids(data) == ["r1", "r3"]
    (only,) = broken(data)
    assert (only.id_001, only.field) == ("r2", field)
    assert only.position == [m for m in range(len(data)) if data.startswith(b"<record>", m)][1]
    assert reason in only.reason


def test_a_record_without_fields_is_listed() -> None:
    data = collection(a_record(1), "<record/>", a_record(3))
    assert ids(data) == ["r1", "r3"]
    assert broken(data)[0].reason == "a record without any field"


@pytest.mark.parametrize(
    "junk", ["Un & deux", "Un < deux", "&eacute;t&eacute;", "<b>x", "\x1f", "&nbsp;"]
)
def test_after_xml_that_is_not_well_formed_the_next_record_is_read(junk: str) -> None:
    data = collection(a_record(1), a_record(2, junk), a_record(3), a_record(4))
    assert ids(data) == ["r1", "r3", "r4"]
    (only,) = broken(data)
    assert (only.id_001, only.position) == ("r2", data.index(b"<record>", 100 + len(LEADER)))
    assert "not well-formed" in only.reason


@pytest.mark.parametrize("junk", ["<!-- ", "<![CDATA[", "<?pi ", '<a b="'])
def test_what_is_opened_and_never_closed_does_not_hide_the_rest(junk: str) -> None:
    many = [a_record(n) for n in range(10, 300)]
    data = collection(a_record(1), a_record(2, junk), *many)
    assert ids(data) == ["r1", *(f"r{n}" for n in range(10, 300))]
    assert "r2" in {one.id_001 for one in broken(data)}


def test_a_record_whose_end_is_missing_is_listed() -> None:
    data = collection(a_record(1), a_record(2)[: -len("</record>")], a_record(3))
    assert ids(data) == ["r1", "r3"]
    assert broken(data)[0].id_001 == "r2"
    assert "another record begins" in broken(data)[0].reason


JUNK = st.binary(min_size=1, max_size=40)


@given(st.lists(st.tuples(st.booleans(), JUNK), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_between_records_they_are_read(pieces: list[tuple[bool, bytes]]) -> None:
    data, expected = b"<collection>" + a_record(0).encode(), ["r0"]
    for number, (cut, junk) in enumerate(pieces, 1):
        data += a_record(100 + number).encode()[: 200 + len(junk)] if cut else junk
        data += a_record(number).encode()
        expected.append(f"r{number}")
    assert [found for found in ids(data) if found in expected] == expected


def test_a_wrong_byte_costs_its_own_record_only() -> None:
    data = collection(*(a_record(n) for n in range(5))).replace(b"\xc3\x89lan", b"\x01lan", 1)
    assert ids(data) == ["r1", "r2", "r3", "r4"]
    assert [one.id_001 for one in broken(data)] == ["r0"]


def test_a_record_in_latin_1_that_claims_to_be_utf_8_is_read_as_what_it_is() -> None:
    utf8, latin = "Élan vital".encode(), "Élan vital".encode("latin-1")
    data = collection(*(a_record(n, "Élan vital") for n in range(4)))
    one = data.replace(utf8, latin, 1)
    assert ids(one) == ids(data.replace(utf8, latin)) == ["r0", "r1", "r2", "r3"]
    assert broken(one) == []
    first, second, *_ = outcomes(one)
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert (first.fields[1], first.mended) == (second.fields[1], True)
    assert not second.mended
    assert first.position == one.index(b"<record>")


def test_a_file_cut_short_gives_what_was_whole() -> None:
    data = collection(a_record(1), a_record(2))
    cut = data[: data.rindex(b"</datafield>")]
    assert ids(cut) == ["r1"]
    assert [one.id_001 for one in broken(cut)] == ["r2"]


@pytest.mark.parametrize(
    "data",
    [
        b"<html>not a catalogue</html>\n" * 40,
        b"<?xml version='1.0'?><collection/>",
        b"<p>never closed",
        b"< titre;auteur\n" * 9000,
    ],
)
def test_xml_without_records_is_no_marc(data: bytes) -> None:
    with pytest.raises(NotMarc):
        outcomes(data)


def test_a_leader_of_the_wrong_length_or_none_is_mended() -> None:
    for leader in ("<leader>nam</leader>", ""):
        data = collection(a_record(1)).replace(
            f"<leader>{LEADER}</leader>".encode(), leader.encode()
        )
        (only,) = outcomes(data)
        assert isinstance(only, RawRecord)
        assert only.mended
        assert len(only.leader) == 24


def test_records_longer_than_iso_2709_allows_are_read_whole() -> None:
    long = "mot " * 5000
    more = "".join(
        f'<datafield tag="330"><subfield code="a">{n} {long}</subfield></datafield>'
        for n in range(9)
    )
    (raw,) = outcomes(collection(a_record(1, more=more)))
    assert isinstance(raw, RawRecord)
    assert len(raw.data) > 99_999
    (again,) = sources.read(io.BytesIO(raw.data))
    assert isinstance(again, RawRecord)
    assert again.fields == raw.fields


def test_what_is_written_is_read_again_the_same() -> None:
    source = write_record(
        [
            ControlField("001", "r1"),
            DataField("200", (("a", '\u0098L\'\u009cété <&> "vu"'), ("f", "É. Zola"))),
            DataField("995", (("f", "100"), ("k", "R ZOL"))),
        ]
    )
    (first,) = sources.read(io.BytesIO(source))
    (second,) = outcomes(b"".join(written([source])))
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert second.fields == first.fields
    assert second.data == packed(second.leader, second.tags, [data for _, data in first.fields])
    assert not second.mended


class Endless(io.RawIOBase):
    """A file of many records that is nowhere whole."""

    def __init__(self, count: int) -> None:
        pieces = [a_record(n) for n in range(count)]
        self._pieces: Iterator[bytes] = iter(
            [b"<collection>", *map(str.encode, pieces), b"</collection>"]
        )

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


def test_memory_is_flat_whatever_the_length_of_the_file() -> None:
    def peak(count: int) -> int:
        stream = Endless(count)
        tracemalloc.start()
        assert sum(1 for _ in marcxml.read(cast("BinaryIO", stream))) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(2000) < peak(200) + 200_000
