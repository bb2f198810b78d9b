"""The judged queries are well formed, and the ranking answers them as the bench says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from navette.catalogue.search.index import SearchIndex
from navette_server.benching import finding
from navette_server.benching.judging import Judged, judged, ndcg, records_named, standing


def test_there_are_enough_and_many_as_children_and_elders_type() -> None:
    who = Counter(each.who for each in judged())
    assert set(who) == {"adult", "child", "elder"}
    assert sum(who.values()) >= 120
    assert who["child"] + who["elder"] >= 30
    assert min(who["child"], who["elder"]) >= 15
    texts = [each.query for each in judged()]
    assert len(set(texts)) == len(texts)


def test_every_judgement_names_records_by_library_and_001() -> None:
    for each in judged():
        assert 3 in each.grades.values(), each.query
        assert set(each.grades.values()) <= {1, 2, 3}
        for name in each.grades:
            code, _, local = name.partition(":")
            assert code in finding.LIBRARIES, name
            assert local, name


def test_figures_are_what_the_rule_says() -> None:
    queries = [
        Judged("adult", "a", {"hem:1": 3, "lys:1": 3, "hem:2": 2}),
        Judged("child", "b", {"hem:3": 3}),
    ]
    named = {"hem:1": 1, "lys:1": 1, "hem:2": 2, "hem:3": 3}
    answers = {"a": [9, 1, 2], "b": [3]}
    found = standing(queries, named, answers.__getitem__)
    assert (found.queries, found.success_first, found.success_few) == (2, 0.5, 1.0)
    assert ndcg([3, 2, 0], [2, 3]) == 1.0
    assert 0.6 < ndcg([0, 3, 2], [3, 2]) < ndcg([3, 0, 2], [3, 2]) < 1.0
    assert ndcg([0], [3]) == 0.0


def test_without_the_files_the_bench_says_so(tmp_path: Path) -> None:
    for missing in (None, tmp_path):
        (figure,) = finding.finding_quality(missing)
        assert figure.skipped
        assert "--catalogues" in figure.detail


@pytest.mark.slow
def test_the_obvious_comes_first_in_the_real_catalogues(shared_data: Path, tmp_path: Path) -> None:
    with finding.real_catalogue(shared_data / "roubaix", tmp_path) as unit:
        with unit.read() as reader:
            named = records_named(reader)
        known = {name for each in judged() for name in each.grades}
        assert len(known & set(named)) / len(known) > 0.99, "the files name what was judged"
        (index,) = tmp_path.glob("index-*")
        search = SearchIndex(index, unit)

        def ask(text: str) -> list[int]:
            return [hit.record_id for hit in search.search(text, first=10, counted=False).hits]

        found = standing(judged(), named, ask)
    assert found.success_first >= finding.FIRST
    assert found.success_few >= finding.FEW
    assert found.ndcg >= finding.NDCG
