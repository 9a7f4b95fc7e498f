"""docs/benchmarks.md shows the saved report, and the report has the table's limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("cedarpy")

from drt.bench import native, other_engines, table
from drt.bench.curve import Plan
from drt.bench.figure import Figure
from drt.bench.report import Report
from drt.report.terminal.bench_charts import drawn
from drt.report.terminal.bench_markdown import markdown

REPOSITORY = Path(__file__).resolve().parents[3]
DOCS = REPOSITORY / "docs"
REPORT = Report.from_json(json.loads((DOCS / "bench.json").read_text(encoding="utf-8")))
ITEMS = table.every_item()
PAGE = (DOCS / "benchmarks.md").read_text(encoding="utf-8")


def test_the_page_shows_the_saved_report() -> None:
    begin = "<!-- drt bench --from docs/bench.json --format markdown -->\n"
    shown = PAGE.partition(begin)[2].partition("<!-- end -->")[0]
    assert shown == markdown(REPORT)


def test_the_charts_show_the_saved_report() -> None:
    charts = dict(drawn(REPORT))
    assert {path.name for path in (DOCS / "bench").iterdir()} == set(charts)
    for name, text in charts.items():
        assert (DOCS / "bench" / name).read_text(encoding="utf-8") == text
        assert f"(bench/{name})" in PAGE


def test_the_saved_report_is_a_whole_run_with_the_limits_of_the_table() -> None:
    optional = {each.name for each in (*other_engines.figures(), *native.figures())}
    figures = {each.name: each.limit for each in ITEMS if isinstance(each, Figure)}
    saved = {row.figure: row.limit for row in REPORT.rows if row.group not in ("native", "others")}
    assert saved == {name: limit for name, limit in figures.items() if name not in optional}
    assert {each.name for each in REPORT.curves} == {each.name for each in ITEMS if isinstance(each, Plan)}
    assert not REPORT.quick


def test_verdicts_of_the_saved_report_follow_from_its_values() -> None:
    for row in REPORT.rows:
        assert row.verdict == (row.limit.verdict(row.value) if row.limit else "measured")
