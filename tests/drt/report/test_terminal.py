"""What people see: answers side by side with the difference marked, and generated text that stays text."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from drt.model.case import Case, Request, Source
from drt.model.divergence import Divergence
from drt.model.outcome import Authorized, Crashed, Evaluated, Failed, Rejected, Validated
from drt.model.outcome_text import rows
from drt.model.records import from_json
from drt.report.terminal.console import escape_untrusted
from drt.report.terminal.divergence import MARK, case_texts, divergence, side_by_side
from drt.report.terminal.progress import LiveView, PlainView, Rates, duration, facts, reached
from drt.report.terminal.summary import LONGEST_INPUT, print_summary
from drt.run.log import cases_by_stream, read_run
from drt.run.options import RunOptions
from drt.run.progress import Status
from drt.run.records import Found, TargetState, WorkerState
from drt.run.statistics import Counts
from tests.drt.report.logs import find, judged, write_log


def shown(picture: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    console.print(picture)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def marked(text: str) -> list[list[str]]:
    return [line.split()[1:] for line in text.splitlines() if line.startswith(MARK)]


def test_only_what_differs_is_marked() -> None:
    text = shown(
        side_by_side(
            [
                ("reference", Authorized("allow", ("p1",), (("p2", "type"),))),
                ("production", Authorized("allow", ("p1",), (("p2", "overflow"),))),
            ]
        )
    )

    assert marked(text) == [["errors", "p2", "(type)", "p2", "(overflow)"]]
    assert "reference" in text
    assert "production" in text


def test_unlike_answers_stand_side_by_side() -> None:
    text = shown(side_by_side([("a", Evaluated("1")), ("b", Failed("type"))]))

    assert marked(text) == [["answer", "1", "fails:", "type"]]


def test_what_engines_say_for_people_is_never_a_difference() -> None:
    text = shown(
        side_by_side([("a", Rejected("policies", "line 1")), ("b", Rejected("policies", "Zeile 1"))])
    )

    assert marked(text) == []
    assert "Zeile 1" in text


def test_generated_text_is_not_read_as_markup() -> None:
    nasty = "[red]x[/red] \x1b[31m :smile: [link=http://x]y[/link]\u202e\ud800"
    found = Divergence(
        nasty, "crash", nasty, (("a", Crashed(nasty, (nasty,), nasty)), ("b", Evaluated(nasty)))
    )
    case = Case(
        Source(nasty), nasty, Source(nasty), (Request(nasty),), (nasty,), (("t", nasty, ((nasty, nasty),)),)
    )
    for picture in (divergence(found), case_texts(case)):
        text = shown(picture, width=400)
        assert "[red]x[/red]" in text
        assert ":smile:" in text
        assert "⟨U+001B⟩[31m" in text
        assert "⟨U+202E⟩" in text
        assert "⟨U+D800⟩" in text
        assert "\x1b" not in text


def test_a_finding_prints_its_short_input_the_expected_answer_and_the_rule(tmp_path: Path) -> None:
    verdict = {
        "wrong": ["production"],
        "by": "majority",
        "because": "it stands alone",
        "source": "spec 02 §4.4",
    }
    for text, is_short in (("", True), ("x" * LONGEST_INPUT, False)):
        folder = write_log(tmp_path / str(is_short), [find("a", verdict=judged("") | verdict, text=text)])
        footer = read_run(folder).footer
        assert footer is not None
        console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
        print_summary(console, footer, folder)
        assert isinstance(console.file, io.StringIO)
        printed = console.file.getvalue()

        assert "production is wrong: it stands alone" in printed
        assert "spec 02 §4.4" in printed
        assert "reference (expected)" in printed
        assert "production (expected)" not in printed
        assert ("permit(principal, action, resource);" in printed) is is_short


def test_long_text_is_cut_and_says_so() -> None:
    assert escape_untrusted("x" * 3000) == "x" * 2000 + "… (1,000 characters more)"


def test_every_outcome_has_an_answer() -> None:
    assert dict(rows(Validated(False, (("p", True),), detail="why"))) == {
        "answer": "invalid",
        "policy p": "valid",
        "(says)": "why",
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (4.66, "4.66s"), (59.6, "1m"), (60, "1m"), (190, "3m10s"), (7500, "2h05m"), (21600, "6h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


OPTIONS = RunOptions(("t",), ("a", "[b]"), 5, "c", "f", seconds=10.0, jobs=2)


def test_the_facts_of_a_running_run() -> None:
    assert list(facts(Status(10.0, 1000, 20_000, 3, 2, deaths=1))) == [
        "10s elapsed",
        "1,000 cases (100/s)",
        "20,000 decisions (2,000/s)",
        "3 divergences",
        "1 worker crash",
    ]


def test_recent_rates_forget_the_past() -> None:
    rates = Rates(seconds=3.0)
    assert rates.recent() == (0.0, 0.0)
    for second in range(10):
        cases = 100 * second if second < 5 else 500 + 10 * (second - 5)
        rates.note(float(second), Status(second, cases, 2 * cases, 0, 2))

    assert rates.recent() == (10.0, 20.0)


@pytest.mark.parametrize("view", [PlainView, LiveView])
def test_the_views_of_a_running_run(view: type[PlainView] | type[LiveView]) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=view is LiveView, markup=False)
    watching = view(console)
    watching.begin(OPTIONS)
    for second in range(3):
        watching.update(Status(second, 10 * second, 20 * second, second, 2, ("a [bug]",), ending=second > 1))
    watching.find(from_json({**find("a [bug] \x1b[0m | like"), "stage": "saved"}, Found))
    watching.end()

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "a against [b]: 1 target, for 10s, 2 workers, random seed 5" in text
    assert "found: a [bug] ⟨U+001B⟩[0m" in text
    assert "| like" not in text


def test_a_run_tells_its_features_and_streams_as_it_goes() -> None:
    assert reached(Status(1.0, 10, 20, 0, 2)) == ""
    status = Status(1.0, 10, 20, 0, 2, features=1234, streams={"well-typed": 6, "mutated": 2})
    assert reached(status) == "1,234 features; streams: well-typed 75%, mutated 25%"
    x, both = Counter(cases=2), {"x": Counter(cases=1), "y": Counter(cases=5)}
    states = [
        WorkerState({"a": TargetState(Counts(streams=both))}),
        WorkerState({"a": TargetState(Counts(streams={"x": x})), "b": TargetState(Counts())}),
    ]
    assert cases_by_stream(states) == {"y": 5, "x": 3}
