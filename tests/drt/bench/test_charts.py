"""Charts are well-formed, say their values, and put them where they belong."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from drt.bench.curve import Curve
from drt.bench.figure import Limit, Row, at_least, at_most
from drt.bench.report import Report
from drt.report.terminal.bench_charts import Scale, drawn, spread
from drt.report.terminal.bench_markdown import markdown

SVG = "{http://www.w3.org/2000/svg}"


def _row(name: str, value: float, limit: Limit | None) -> Row:
    verdict = "measured" if limit is None else limit.verdict(value)
    bounds = () if limit is None else (limit.direction, limit.must, limit.stretch)
    return Row(name, "authorizing", "a toy", value, "×", 0.1, verdict, 1, 3, {"a": 1.0}, "µs", *bounds)


FAST, SLOW = (
    _row("them ÷ us, <fast> & small", 30.0, at_least(25, 45)),
    _row("them ÷ us, slow", 2, at_least(25, 45)),
)
COST = replace(_row("us ÷ them", 0.5, at_most(1)), group="reading")
CURVE = Curve(
    "curve, toy by entities",
    "a toy",
    "entities",
    {"production": ((10, 1.0), (1_000, 2.0)), "them": ((10, 50.0),)},
)
REPORT = Report(
    date="2026-01-01 00:00 UTC",
    quick=False,
    machine={"cores": 2, "python": "P", "platform": "L"},
    contestants={"us": "1"},
    absent=(),
    rows=(FAST, SLOW, COST),
    curves=(CURVE,),
)


def test_every_chart_is_well_formed_and_stands_alone() -> None:
    charts = dict(drawn(REPORT))
    assert sorted(charts) == ["costs.svg", "faster.svg", "growth-by-entities.svg"]
    for text in charts.values():
        root = ElementTree.fromstring(text)
        assert root.tag == f"{SVG}svg"
        assert "prefers-color-scheme:dark" in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_missed_limit_looks_otherwise_than_a_kept_one() -> None:
    root = ElementTree.fromstring(dict(drawn(REPORT))["faster.svg"])
    fast, slow = root.findall(f"{SVG}rect")[1:]
    assert (fast.get("class"), slow.get("class")) == ("hue0 bar", "bad bar")
    assert float(fast.get("width", 0)) > float(slow.get("width", 0))
    words = [each.text for each in root.findall(f"{SVG}text")]
    assert {"them ÷ us, <fast> & small", "30.00", "2.00", "≥ 25"} <= set(words)


@pytest.mark.parametrize(
    ("value", "place"), [(1.0, 0.0), (10.0, 50.0), (100.0, 100.0), (1e9, 100.0), (1e-9, 0.0)]
)
def test_a_scale_is_logarithmic_and_ends(value: float, place: float) -> None:
    assert Scale.around([2.0, 70.0], 0.0, 100.0).place(value) == pytest.approx(place)


def test_one_value_has_a_scale_too() -> None:
    assert Scale.around([10.0], 0.0, 100.0).ticks == [10.0, 100.0]


def test_labels_do_not_touch() -> None:
    places = [
        at for at, _, _ in spread([(380.0, "a", ""), (386.0, "b", ""), (100.0, "c", ""), (101.0, "d", "")])
    ]
    assert all(after - before >= 14 for before, after in pairwise(places))
    assert places[-1] <= 386


def test_markdown_merges_what_has_one_limit() -> None:
    stated = markdown(REPORT)
    assert "| them ÷ us: <fast> & small, slow | 30.00 · 2.00 | ≥ 25 | ≥ 45 | kept, **missed** |" in stated
    assert "| us ÷ them | 0.50 | ≤ 1 | – | kept |" in stated
    assert "| toy: them | 50.00 | – |" in stated
