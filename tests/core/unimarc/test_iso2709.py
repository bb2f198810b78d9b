"""Reading ISO 2709: whatever is broken, its neighbours are read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navette.catalogue.unimarc.iso2709 import Broken, RawRecord, read
from navette.catalogue.unimarc.writing import ControlField, DataField, write_record
from navette.errors import NotMarc


def a_record(number: int, title: str = "Le petit prince") -> bytes:
    return write_record(
        [ControlField("001", f"r{number}"), DataField("200", (("a", title), ("f", "Zoé Öst")), "1")]
    )


def ids(data: bytes) -> list[str]:
    return [id_of(found) for found in outcomes(data) if isinstance(found, RawRecord)]


def id_of(record: RawRecord) -> str:
    return record.fields[0][1].decode("utf-8", "replace")


def outcomes(data: bytes) -> list[RawRecord | Broken]:
    return list(read(io.BytesIO(data), "test"))


def broken(data: bytes) -> list[Broken]:
    return [found for found in outcomes(data) if isinstance(found, Broken)]


def test_records_come_in_order_with_their_byte_positions() -> None:
    first, second = a_record(1), a_record(2)
    found = outcomes(first + second)
    assert [record.position for record in found] == [0, len(first)]
    assert isinstance(found[1], RawRecord)
    assert found[1].fields[1] == ("200", "1 \x1faLe petit prince\x1ffZoé Öst".encode())
    assert found[1].data == second
    assert not found[1].mended


def test_line_breaks_between_records_are_no_record() -> None:
    data = a_record(1) + b"\r\n" + a_record(2) + b"\r\n"
    assert ids(data) == ["r1", "r2"]
    assert broken(data) == []


def test_a_wrong_leader_length_is_mended() -> None:
    wrong = b"99998" + a_record(2)[5:]
    found = outcomes(a_record(1) + wrong + a_record(3))
    assert [id_of(record) for record in found if isinstance(record, RawRecord)] == [
        "r1",
        "r2",
        "r3",
    ]
    assert isinstance(found[1], RawRecord)
    assert found[1].mended


def test_lengths_counted_in_characters_are_mended() -> None:
    text = a_record(1, "Élève éphémère").decode()
    shorter = len(text.encode()) - len(text)
    leader = f"{len(text):05d}{text[5:]}"
    # the last entry of the directory declares characters, not bytes
    entry = leader.index("200", 24)
    length = int(leader[entry + 3 : entry + 7]) - shorter
    data = f"{leader[: entry + 3]}{length:04d}{leader[entry + 7 :]}".encode()
    assert ids(data + a_record(2)) == ["r1", "r2"]


def test_a_truncated_record_that_lost_its_end_mark_does_not_hide_the_next() -> None:
    cut = a_record(2)[:-12]
    data = a_record(1) + cut + a_record(3)
    assert ids(data) == ["r1", "r3"]
    assert broken(data) == [Broken(len(a_record(1)), "r2", "200", "truncated")]


def test_a_record_cut_within_its_directory_does_not_hide_the_next() -> None:
    data = a_record(1) + a_record(2)[:40] + a_record(3)
    assert ids(data) == ["r1", "r3"]
    assert broken(data)[0].reason == "truncated in the directory"


def test_a_file_cut_at_its_end_gives_all_whole_records() -> None:
    data = a_record(1) + a_record(2)[:-20]
    assert ids(data) == ["r1"]
    assert broken(data)[0].reason == "truncated"


def test_only_the_last_end_mark_missing_is_mended() -> None:
    found = outcomes(a_record(1) + a_record(2)[:-1])
    assert isinstance(found[1], RawRecord)
    assert found[1].mended


def test_a_record_over_99999_bytes_is_read() -> None:
    many = 30
    fields = [DataField("330", (("a", "é" * 2000),)) for _ in range(many)]
    head, body = b"", b"big\x1e"
    entries = [("001", 4, 0)]
    for field in fields:
        data = b"  \x1fa" + field.subfields[0][1].encode() + b"\x1e"
        entries.append(("330", len(data), len(body) % 100_000))
        body += data
    head = b"".join(f"{tag}{length:04d}{start:05d}".encode() for tag, length, start in entries)
    base = 24 + len(head) + 1
    leader = f"99999nam0 22{base:05d}   450 ".encode()
    data = leader + head + b"\x1e" + body + b"\x1d"
    assert len(data) > 99_999
    found = outcomes(data + a_record(2))
    assert isinstance(found[0], RawRecord)
    assert len(found[0].fields) == many + 1
    assert ids(data + a_record(2)) == ["big", "r2"]


def test_a_field_mark_inside_a_field_is_told_apart_by_the_directory() -> None:
    data = a_record(1, "un\x1edeux")
    found = outcomes(data)
    assert isinstance(found[0], RawRecord)
    assert b"un deux" in found[0].fields[1][1]
    assert found[0].mended


def test_unordered_fields_keep_their_tags() -> None:
    leader, first, second = b"00000nam0 2200049   450 ", b"x1\x1e", b"1 \x1faTitre\x1e"
    head = b"001000300010" + b"200001000000"
    data = b"00062" + leader[5:] + head + b"\x1e" + second + first + b"\x1d"
    found = outcomes(data)
    assert isinstance(found[0], RawRecord)
    assert found[0].fields == [("001", b"x1"), ("200", b"1 \x1faTitre")]


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n", b"<?xml version='1.0'?><collection/>", b"titre;auteur\n" * 5000, bytes(9000)],
)
def test_what_is_no_marc_is_said_before_anything_is_read(data: bytes) -> None:
    with pytest.raises(NotMarc):
        outcomes(data)


def test_a_single_truncated_record_is_marc_but_broken() -> None:
    assert [type(found) for found in outcomes(a_record(1)[:50])] == [Broken]


@pytest.mark.parametrize(
    "junk",
    [bytes(200_000), b"x" * 200_000, b"0" * 200_000, b"\x1e" * 200_000, b" nam " * 40_000],
    ids=["nul", "letters", "digits", "field marks", "half a leader"],
)
def test_a_long_stretch_of_rubbish_hides_no_record_behind_it(junk: bytes) -> None:
    data = a_record(1) + junk + a_record(2) + a_record(3)
    assert ids(data) == ["r1", "r2", "r3"]


def test_rubbish_of_any_length_is_told_once_and_is_not_kept_in_memory() -> None:
    first = a_record(1)
    found = broken(first + b"ab" * 9_000_000 + a_record(2))
    assert found[0].position == len(first)
    assert len(found) == 2  # its beginning, and what stood right before the next record


def test_a_cut_record_followed_by_rubbish_without_end_hides_no_record_behind_it() -> None:
    data = a_record(1) + a_record(2)[:-5] + bytes(17 << 20) + a_record(3)
    assert ids(data) == ["r1", "r3"]


def test_a_record_that_lost_the_beginning_of_its_leader_keeps_its_001() -> None:
    found = outcomes(a_record(1) + a_record(2)[10:] + a_record(3))
    assert [type(one) for one in found] == [RawRecord] * 3
    assert ids(a_record(1) + a_record(2)[10:] + a_record(3)) == ["r1", "r2", "r3"]
    assert isinstance(found[1], RawRecord)
    assert found[1].mended
    assert len(found[1].leader) == 24


def test_a_long_stretch_of_digits_is_read_as_fast_as_any_other_rubbish() -> None:
    """Each 001 in it could begin a directory: to look behind each of them again took 7 s."""
    junk = b"x" * 30 + b"001" * 30_000 + b"1\x1erest\x1e\x1d"
    started = perf_counter()
    assert ids(a_record(1) + junk + a_record(2)) == ["r1", "r2"]
    assert perf_counter() - started < 2


def test_a_length_that_is_no_number_takes_nothing_from_the_record() -> None:
    data = a_record(1) + b"abcde" + a_record(2)[5:] + a_record(3)
    assert ids(data) == ["r1", "r2", "r3"]
    assert broken(data) == []


def test_a_damaged_digit_of_the_directory_leaves_the_order_of_fields() -> None:
    second = bytearray(a_record(2))
    second[24 + 8] = ord("x")
    data = a_record(1) + bytes(second) + a_record(3)
    assert ids(data) == ["r1", "r2", "r3"]


GARBAGE = st.binary(min_size=1, max_size=60).filter(lambda junk: b"\x1d" not in junk)


@given(st.lists(st.tuples(st.integers(0, 2), GARBAGE), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_good_records_survive_any_garbage_between_them(pieces: Sequence[tuple[int, bytes]]) -> None:
    data, expected = a_record(0), ["r0"]
    for number, (kind, junk) in enumerate(pieces, 1):
        if kind == 0:
            data += junk + b"\x1d"
        elif kind == 1:
            data += a_record(100 + number)[: 24 + len(junk)]
        data += a_record(number)
        expected.append(f"r{number}")
    assert [found for found in ids(data) if found in expected] == expected


@given(st.integers(1, 400), st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_one_damaged_byte_costs_at_most_its_own_record(place: int, value: int) -> None:
    first, second, third = a_record(1), a_record(2), a_record(3)
    damaged = bytearray(first + second + third)
    damaged[len(first) + place % len(second)] = value
    found = ids(bytes(damaged))
    assert "r1" in found
    assert "r3" in found
