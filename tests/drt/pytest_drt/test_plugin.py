"""The pytest plugin: one test a case, open ones expected to fail, an engine alone held to the corpus."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from drt.corpus.folder import holding, put
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase, Verdict
from drt.pytest_drt import items as pytest_cases
from tests.drt import toys

pytest_plugins = ["pytester"]

for module in ("reference_engine", "production_engine"):
    import_module(f"drt.engines.{module}")  # else every run inside a test loads them anew

REPOSITORY = Path(__file__).resolve().parents[3]
UIDS = {name: {"id": "u", "type": "T"} for name in ("action", "principal", "resource")}
TOYS = f"{toys.__name__}:Toy,{toys.__name__}:Twin"
FAULTY = f"{toys.__name__}:Toy,{toys.__name__}:Faulty"
SAVED = SavedCase(
    Case(
        Source("permit(principal, action, resource) when { 1 like 2 };"),
        requests=(Request(json.dumps(UIDS)),),
    ),
    signature="a bug",
    status="open",
    origin={"engines": {"toy": "1", "twin": "1"}},
)
ALLOWED = Expectations((ExpectedResponse(0, "allow", ("policy0",)),))


def keep(root: Path, *place: str, **changes: Any) -> Path:
    path = root.joinpath(*place)
    with holding(path.parent):
        put(path, replace(SAVED, name=path.name, **changes))
    return path


@pytest.fixture
def corpus(pytester: pytest.Pytester) -> Path:
    root = pytester.path / "corpus"
    keep(root, "counterexamples", "a-bug")
    return root


def run(pytester: pytest.Pytester, *arguments: str | Path) -> pytest.RunResult:
    plugins = ("drt.pytest_drt.plugin", "no:cacheprovider", "no:hypothesispytest", "no:xdist")
    flags = [flag for plugin in plugins for flag in ("-p", plugin)]
    return pytester.runpytest_inprocess(*flags, "-rxXs", *map(str, arguments))


def compared(pytester: pytest.Pytester, corpus: Path, engines: str, *more: str) -> pytest.RunResult:
    return run(pytester, "--drt-corpus", corpus, "--drt-engines", engines, *more)


# Engines against each other


def test_an_open_case_is_expected_to_fail(pytester: pytest.Pytester, corpus: Path) -> None:
    result = compared(pytester, corpus, FAULTY)

    assert result.parseoutcomes() == {"xfailed": 1}
    result.stdout.fnmatch_lines(["drt: corpus */corpus, engines *Toy, *Faulty", "*open: a bug*"])


def test_an_open_case_that_diverges_no_more_fails_until_its_status_says_so(
    pytester: pytest.Pytester, corpus: Path
) -> None:
    result = compared(pytester, corpus, TOYS)
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(["*XPASS(strict)*open: a bug*"])
    keep(corpus, "counterexamples", "a-bug", status="fixed")
    assert compared(pytester, corpus, TOYS).parseoutcomes() == {"passed": 1}


def test_a_fixed_case_that_diverges_again_fails_and_tells_how_to_see_it(
    pytester: pytest.Pytester, corpus: Path
) -> None:
    keep(corpus, "counterexamples", "a-bug", status="fixed")
    result = compared(pytester, corpus, FAULTY)

    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(
        [
            "*answer*allow*deny*",
            "diverges: */a-bug (it was fixed before)",
            f"drt replay --engine=tests.drt.toys:Toy --engine=tests.drt.toys:Faulty *{corpus.name}*/a-bug",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_declared_case_passes(pytester: pytest.Pytester, corpus: Path) -> None:
    keep(corpus, "counterexamples", "a-bug", status="declared", verdict=Verdict("nobody", "it is meant"))
    assert compared(pytester, corpus, FAULTY).parseoutcomes() == {"passed": 1}


@pytest.mark.parametrize(
    ("entry", "outcomes"),
    [
        ('status = "open"', {"xfailed": 1, "passed": 1}),
        ('status = "declared"', {"passed": 1, "failed": 1}),  # the case says open: not in order
        ('status = "fixed"', {"failed": 2}),
        ('status = "open"\nexpires = 2020-01-01', {"failed": 2}),
    ],
)
def test_known_findings_are_expected_while_they_excuse(
    pytester: pytest.Pytester, corpus: Path, entry: str, outcomes: dict[str, int]
) -> None:
    text = '[[finding]]\nid = "k"\nsignature = "a bug"\nreason = "in work"\n'
    (corpus / "known.toml").write_text(text + entry)

    assert compared(pytester, corpus, FAULTY).parseoutcomes() == outcomes


def test_a_flaky_case_may_pass_or_fail(pytester: pytest.Pytester, corpus: Path) -> None:
    keep(corpus, "counterexamples", "a-bug", tags=("flaky",))

    assert compared(pytester, corpus, FAULTY).parseoutcomes() == {"xfailed": 1}
    assert compared(pytester, corpus, TOYS).parseoutcomes() == {"xpassed": 1}


def test_a_broken_case_is_one_sentence_and_the_others_run(pytester: pytest.Pytester, corpus: Path) -> None:
    keep(corpus, "counterexamples", "broken")
    (corpus / "counterexamples" / "broken" / "case.json").write_text("{\n]")
    result = compared(pytester, corpus, FAULTY)

    assert result.parseoutcomes() == {"xfailed": 1, "failed": 1}
    result.stdout.fnmatch_lines(["*broken/case.json:2: not JSON: *"])


def test_an_engine_that_dies_fails_its_case_only(pytester: pytest.Pytester, corpus: Path) -> None:
    keep(corpus, "counterexamples", "a-bug", status="fixed")
    keep(corpus, "counterexamples", "b", case=replace(SAVED.case, policies=Source("in")), status="fixed")
    result = compared(pytester, corpus, "tests.drt.toys:Toy,tests.drt.toys:Aborts")

    assert result.parseoutcomes() == {"failed": 1, "passed": 1}
    result.stdout.fnmatch_lines(["*breaks: SIGABRT*"])


def test_a_case_of_other_engines_is_skipped(pytester: pytest.Pytester, corpus: Path) -> None:
    keep(corpus, "counterexamples", "a-bug", origin={"engines": {"toy": "1", "other": "1"}}, tags=("flaky",))
    result = compared(pytester, corpus, TOYS)

    assert result.parseoutcomes() == {"skipped": 1}
    result.stdout.fnmatch_lines(["*it was found with other*"])


def test_a_corpus_out_of_order_fails_a_test_of_its_own(pytester: pytest.Pytester, corpus: Path) -> None:
    (corpus / "known.toml").write_text("")
    (corpus / "counterexamples" / "bereft").mkdir()
    result = compared(pytester, corpus, FAULTY)

    assert result.parseoutcomes() == {"xfailed": 1, "failed": 1}
    result.stdout.fnmatch_lines(["*bereft: not a case: it holds no case.json"])


# Where pytest looks


def test_a_project_asks_for_cases_by_its_settings(pytester: pytest.Pytester, corpus: Path) -> None:
    pytester.makeini(
        f"[pytest]\ndrt_corpus = corpus\ndrt_engines = {FAULTY.replace(',', ' ')}\ntestpaths = tests"
    )
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_it.py").write_text("def test_it(): pass\n")

    assert run(pytester).parseoutcomes() == {"passed": 1}
    assert run(pytester, "corpus").parseoutcomes() == {"xfailed": 1}
    assert run(pytester, "tests", "corpus").parseoutcomes() == {"passed": 1, "xfailed": 1}
    one = corpus / "counterexamples" / "a-bug" / "case.json"
    assert run(pytester, f"{one}::a-bug").parseoutcomes() == {"xfailed": 1}
    assert run(pytester, "--drt-corpus", "corpus").parseoutcomes() == {"xfailed": 1}
    both = run(pytester, "--drt-corpus", "corpus", "tests")
    assert both.parseoutcomes() == {"passed": 1, "xfailed": 1}
    assert run(pytester, "--drt-corpus", "corpus", "-k", "bug").parseoutcomes() == {"xfailed": 1}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--drt-corpus", "gone"], "*there is no such corpus folder*"),
        (
            ["--drt-engine", "gone:Engine"],
            "*the engine 'gone:Engine' cannot be loaded: No module named 'gone'*",
        ),
        (["--drt-engines", "reference,nobody"], "*unknown engine 'nobody'*"),
    ],
)
def test_wrong_usage_is_one_sentence(pytester: pytest.Pytester, arguments: list[str], sentence: str) -> None:
    result = run(pytester, *arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {sentence}"])


# One engine alone


def alone(pytester: pytest.Pytester, engine: str, *arguments: str | Path) -> pytest.RunResult:
    return run(pytester, "--drt-engine", engine, *arguments)


def test_an_engine_is_held_to_documented_outcomes(pytester: pytest.Pytester, corpus: Path) -> None:
    (corpus / "counterexamples" / "a-bug" / "case.json").unlink()
    keep(corpus, "seeds", "t", "true", expected=ALLOWED, status=None, signature="")
    there = ("--drt-corpus", corpus)

    expected = replace(ALLOWED, responses=(replace(ALLOWED.responses[0], reason=("policy1",)),))
    keep(corpus, "seeds", "t", "toyish", expected=expected, status=None, signature="")
    result = alone(pytester, "tests.drt.toys:Toy", *there)
    assert result.parseoutcomes() == {"passed": 1, "failed": 1}
    result.stdout.fnmatch_lines(["*expected allow, reason ?'policy0'?*"])
    assert alone(pytester, "tests.drt.toys:DoesNothing", *there).parseoutcomes() == {"skipped": 2}
    assert alone(pytester, "tests.drt.toys:Aborts", *there).parseoutcomes() == {"failed": 2}


def test_an_engine_is_held_to_counterexamples_by_the_engine_that_was_right(
    pytester: pytest.Pytester, corpus: Path
) -> None:
    case = replace(SAVED.case, policies=Source("permit(principal, action, resource) when { 1 < 2 };"))
    (corpus / "counterexamples" / "a-bug" / "case.json").unlink()
    for status in ("open", "fixed", "declared"):
        keep(corpus, "counterexamples", status, case=case, status=status, verdict=Verdict("mine", "b"))
    keep(corpus, "counterexamples", "blamed", case=case, verdict=Verdict("reference", "b"))
    keep(corpus, "counterexamples", "undecided", case=case)
    faulty = REPOSITORY / "tests" / "drt" / "faulty_engines.py"
    there = ("--drt-corpus", corpus)

    assert alone(pytester, f"{faulty}:SwappedLess", *there).parseoutcomes() == {"failed": 4, "skipped": 1}
    production = alone(pytester, "production", *there)
    assert production.parseoutcomes() == {"passed": 3, "skipped": 2}
    production.stdout.fnmatch_lines(
        ["*it is the engine that was right*", "*it is undecided which engine is right*"]
    )
    assert alone(pytester, "reference", *there).parseoutcomes() == {"passed": 1, "skipped": 4}


def test_without_a_corpus_the_shipped_seed_cases_are_the_suite(pytester: pytest.Pytester) -> None:
    like = Path(pytest_cases.shipped_corpus().root) / "seeds" / "like"
    result = alone(pytester, "production", like)

    assert result.parseoutcomes() == {"passed": len(list(like.iterdir()))}
    assert alone(pytester, "production", "--collect-only", "-q").ret == 0


def test_an_engine_of_the_project_is_found_where_one_stands(pytester: pytest.Pytester, corpus: Path) -> None:
    package = pytester.mkpydir("mine_to_test")
    (package / "engine.py").write_text("from tests.drt.toys import Twin as Mine\n")
    result = run(
        pytester, "--drt-corpus", corpus, "--drt-engines", "tests.drt.toys:Toy,mine_to_test.engine:Mine"
    )

    assert result.parseoutcomes() == {"failed": 1}  # it diverges no more


# Whoever does not ask for it


def test_the_entry_point_costs_nothing_when_it_is_not_used(
    pytester: pytest.Pytester, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the distribution's entry point installed, as pytest loads it in every project."""
    entry_points = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["entry-points"][
        "pytest11"
    ]
    installed = pytester.mkdir("site") / "drt_for_test-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: drt-for-test\nVersion: 1\n")
    lines = [f"{name} = {module}" for name, module in entry_points.items()]
    (installed / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines]))
    pytester.makepyfile(
        """
        import sys

        def test_nothing_of_ours_is_loaded(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("drt.pytest_drt.plugin")
            ours = {name for name in sys.modules if name.split(".")[0] in ("drt", "reference", "generators")}
            assert ours == {"drt", "drt.pytest_drt", "drt.pytest_drt.plugin"}
            assert {"click", "rich", "lark", "hypothesis"}.isdisjoint(sys.modules)
        """
    )
    path = os.pathsep.join([str(installed.parent), str(REPOSITORY)])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "")
    quiet = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    command = (sys.executable, "-m", "pytest", *quiet)
    assert pytester.run(*command, "--strict-config").parseoutcomes() == {"passed": 1}
    again = pytester.run(*command, "-p", "drt.pytest_drt.plugin", "corpus")
    assert "no tests ran" in again.stdout.str()


def test_the_case_that_is_tested_is_the_one_on_disk(pytester: pytest.Pytester, corpus: Path) -> None:
    assert read_case(Corpus(corpus).counterexamples()[0]).name == "a-bug"
    result = compared(pytester, corpus, FAULTY, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["corpus/counterexamples/a-bug/case.json::a-bug"])
