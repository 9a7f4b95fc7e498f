"""Whole runs with toy engines: found, reduced, bucketed once, confirmed, and nothing lost whatever dies."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from drt.corpus.store import Corpus
from drt.engines.sandbox import HANG
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.records import to_json
from drt.report import gather
from drt.report.terminal.progress import Quiet
from drt.report.terminal.summary import print_summary
from drt.report.words import headline
from drt.run.coordinator import resume, start
from drt.run.footer import footer_from_json
from drt.run.log import read_json, read_run
from drt.run.options import RunOptions
from drt.run.records import Progress, Reached, WorkerState
from drt.run.supervisor import Fleet

REPOSITORY = Path(__file__).resolve().parents[3]
TOY = "tests.drt.toys:Toy"


def toy(name: str) -> str:
    return f"tests.drt.toys:{name}"


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "corpus").mkdir()
    return {
        "targets": ("toy", "toy-two"),
        "engines": (TOY, toy("Twin")),
        "random_seed": 7,
        "corpus": str(tmp_path / "corpus"),
        "folder": str(tmp_path / "run"),
        "jobs": 2,
        "deadline": 0.5,
        "targets_from": "tests.drt.toys:TARGETS",
    }


def run(options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return start(RunOptions(**{**options, **more}), Quiet()).to_json()


def here(seconds: float) -> float:
    """So many seconds, and more on a machine that is too busy to start a process within one."""
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", "import drt.run.coordinator, drt.run.worker"], cwd=REPOSITORY, check=True
    )
    return seconds * max(1.0, time.monotonic() - began)


def counterexamples(options: dict[str, Any]) -> list[Path]:
    return Corpus(Path(options["corpus"])).counterexamples()


def test_a_clean_run_counts_everything(options: dict[str, Any]) -> None:
    footer = run(options, cases=2000)

    assert footer["exit_code"] == 0
    assert footer["cases"] == 2000
    assert footer["decisions"] == 8000
    assert footer["comparisons"] == 10_000, "four requests and one loading a case"
    assert footer["divergences"] == 0
    assert {name: counts["cases"] for name, counts in footer["targets"].items()} == {
        "toy": 1500,
        "toy-two": 500,
    }
    assert footer["shares"]["allow"] + footer["shares"]["deny"] == pytest.approx(1.0, abs=0.001)
    assert set(footer["seconds_by_engine"]) == {"toy", "twin"}
    assert {"generate", "engines", "compare", "other"} <= set(footer["seconds_by_stage"])
    assert footer == json.loads((Path(options["folder"]) / "run.json").read_text())
    assert counterexamples(options) == []


def test_the_log_tells_how_the_run_went_and_what_was_reached_when(options: dict[str, Any]) -> None:
    targets = {"targets": ("typed",), "targets_from": "drt.targets.table:TARGETS"}
    run(options, **targets, engines=("reference", "production"), cases=600, jobs=1)
    log = read_run(Path(options["folder"]))

    progress = [event for event in log.events if isinstance(event, Progress)]
    assert [event.cases for event in progress] == sorted(event.cases for event in progress)
    reached = [name for event in log.events if isinstance(event, Reached) for name in event.features]
    assert log.footer is not None
    assert sorted(reached) == sorted(log.footer.features), "each feature once, when it was first seen"


@pytest.mark.slow
def test_a_reduced_find_is_whole_in_the_log(options: dict[str, Any]) -> None:
    [finding] = run(options, engines=(TOY, toy("Faulty")), cases=300)["findings"]

    assert finding["case"]["policies"]["text"] == "like"
    assert len(finding["case"]["requests"]) == 1


@pytest.mark.slow
def test_the_same_random_seed_gives_the_same_cases_whatever_the_number_of_jobs(
    options: dict[str, Any], tmp_path: Path
) -> None:
    def facts(jobs: int, random_seed: int) -> Any:
        footer = run(options, cases=300, jobs=jobs, random_seed=random_seed)
        return {name: (counts["cases"], counts["events"]) for name, counts in footer["targets"].items()}

    assert facts(1, 5) == facts(3, 5)
    assert facts(1, 5) != facts(1, 6)


@pytest.mark.slow
def test_a_fault_is_found_reduced_confirmed_and_bucketed_once(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("Faulty")), cases=1000)

    assert footer["exit_code"] == 1
    [finding] = footer["findings"]
    assert finding["solid"] is True
    assert finding["seen"] > 100
    [place] = counterexamples(options)
    assert finding["path"] == str(place)
    assert finding["replay"].endswith(str(place))
    saved = read_case(place)
    assert saved.case.policies.text == "like"
    assert len(saved.case.requests) == 1
    assert saved.signature == finding["signature"]
    assert saved.status == "open"
    assert saved.origin["engines"] == {"toy": "1", "twin": "1"}
    assert saved.origin["random_seed"] == 7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "signature"),
    [
        ("Raises", "crash: twin KeyError at "),
        ("Recurses", "toy answer, twin out of recursion | "),
        ("Aborts", "crash: twin SIGABRT at authorize"),
        ("Exits", "crash: twin exit 7 at authorize"),
    ],
)
def test_an_engine_that_breaks_is_a_named_finding(
    options: dict[str, Any], engine: str, signature: str
) -> None:
    footer = run(options, engines=(TOY, toy(engine)), cases=14, jobs=1)

    assert footer["exit_code"] == 1
    [finding] = footer["findings"]
    assert finding["signature"].startswith(signature)
    assert finding["solid"] is True
    assert footer["cases"] > 0, "the run goes on"
    assert footer["cases"] + len(footer["passed_over"]) == 14
    assert footer["passed_over"] or engine in ("Raises", "Recurses")
    assert footer["broken"] == 0
    [place] = counterexamples(options)
    assert read_case(place).case.policies.text in ("like", "like like")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "signature"),
    [
        ("Hangs", "toy answer, twin out of time | "),
        ("HangsForGood", "crash: twin hang at authorize"),
        ("EatsMemory", "toy answer, twin out of memory | "),
    ],
)
def test_an_engine_that_eats_time_or_memory_is_a_named_finding(
    options: dict[str, Any], engine: str, signature: str
) -> None:
    deadline = 20.0 if engine == "EatsMemory" else 0.3
    budget = here(14.0)
    footer = run(options, engines=(TOY, toy(engine)), seconds=budget, jobs=1, deadline=deadline, memory=400)

    assert footer["exit_code"] == 1
    assert footer["findings"][0]["signature"].startswith(signature)
    assert counterexamples(options) != []


def test_a_worker_that_hangs_at_the_end_of_the_time_is_reported(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drt.run.supervisor.HANG_GRACE", 0.0)
    monkeypatch.setattr(Fleet, "_end_if_hanging", lambda *_: None)
    footer = run(options, engines=(TOY, toy("HangsForGood")), seconds=here(4.0), jobs=1, deadline=0.2)

    assert (footer["exit_code"], footer["deaths"]) == (4, 1)
    assert [lost["cause"] for lost in footer["lost"]] == [HANG]


def test_what_fresh_processes_do_not_see_again_is_flaky(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("Flaky")), cases=300)

    assert footer["exit_code"] == 4
    [finding] = footer["findings"]
    assert finding["solid"] is False
    [place] = (Path(options["corpus"]) / "flaky").glob("[!.]*/")
    assert finding["path"] == str(place)
    assert "flaky" in read_case(place).tags
    assert counterexamples(options) == [], "kept apart from what can be relied on"


def test_an_engine_that_dies_in_fresh_processes_has_taken_nothing_back(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("DiesInFresh")), cases=300)

    assert (footer["exit_code"], footer["broken"]) == (1, 0)
    [finding] = footer["findings"]
    assert (finding["solid"], finding["unconfirmed"]) == (None, "in a fresh process twin died: exit 7")
    assert [str(place) for place in counterexamples(options)] == [finding["path"]]


@pytest.mark.parametrize("engine", ["UnableAtTimes", "BreaksAtTimes"])
def test_a_wrong_answer_is_reported_though_the_engine_fails_at_times(
    options: dict[str, Any], engine: str
) -> None:
    footer = run(options, engines=(TOY, toy(engine)), cases=300, jobs=1)

    assert footer["exit_code"] == 1
    found = {finding["signature"].partition(" at ")[0]: finding["solid"] for finding in footer["findings"]}
    assert not any("nondeterministic" in name for name in found)
    [wrong] = (solid for name, solid in found.items() if not name.startswith("crash: "))
    assert wrong is not False
    assert ("crash: twin OSError" in found) == (engine == "BreaksAtTimes")


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_finding_is_confirmed_by_its_own_case(options: dict[str, Any], jobs: int) -> None:
    """The corpus holds a simpler case of the signature that shows nothing any more: both are kept."""
    faulty = {"engines": (TOY, toy("Faulty")), "cases": 100, "jobs": jobs}
    run(options, **faulty)
    [place] = counterexamples(options)
    (place / "policies.cedar").write_text("in")
    footer = run(options, **faulty)
    again = run(options, **faulty)

    second = place.with_name(f"{place.name}-2")
    assert (footer["exit_code"], again["exit_code"]) == (1, 1)
    for [finding] in (footer["findings"], again["findings"]):
        assert (finding["solid"], finding["path"]) == (True, str(second))
        assert finding["case"]["policies"]["text"] == "like"
    assert [read_case(path).case.policies.text for path in counterexamples(options)] == ["in", "like"]


def test_an_engine_that_answers_at_random_is_one_finding(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("Random")), cases=400)

    assert footer["exit_code"] == 4
    [finding] = footer["findings"]
    assert finding["signature"] == "nondeterministic engine: twin"
    assert finding["seen"] > 50
    assert counterexamples(options) == []
    assert footer["cases"] == 400


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_engine_that_answers_too_little_is_not_clean(options: dict[str, Any], jobs: int) -> None:
    half = {"engines": (TOY, toy("DoesHalf")), "cases": 200, "jobs": jobs}
    footer = run(options, **half)

    assert footer["exit_code"] == 5
    assert list(footer["partial"]) == ["twin"]
    assert 0.25 < footer["partial"]["twin"] < 0.6
    console = Console(file=io.StringIO(), width=200)
    print_summary(console, footer_from_json(footer), Path(options["folder"]))
    *_, last = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert last.startswith("PARTIAL: twin left ")
    report = gather([Path(options["folder"])])
    assert (report.exit_code, "twin left" in headline(report)) == (5, True)
    assert run(options, **half, allow_partial=True)["exit_code"] == 0


def test_cases_are_drawn_within_what_an_engine_can_do(options: dict[str, Any]) -> None:
    targets = {"targets": ("toy", "validation"), "targets_from": "tests.drt.toys:TWO_TARGETS"}
    footer = run(options, **targets, engines=(TOY, toy("DoesNotValidate")), cases=400, jobs=1)

    assert footer["exit_code"] == 0
    assert footer["left_out"] == ["validation"]
    assert footer["partial"] == {}
    assert (footer["targets"]["toy"]["cases"], footer["targets"]["validation"]["cases"]) == (200, 25)


@pytest.mark.slow
def test_a_known_finding_is_counted_and_fails_nothing(options: dict[str, Any]) -> None:
    known = Path(options["corpus"]) / "known.toml"
    entry = '[[finding]]\nid = "the-fault"\nsignature_matches = "answers differ at *"\nreason = "r"\n'
    known.write_text(f'{entry}status = "declared"\n')
    footer = run(options, engines=(TOY, toy("Faulty")), cases=300)

    assert footer["exit_code"] == 0
    assert {finding["known"] for finding in footer["findings"]} == {"the-fault"}
    assert footer["divergences"] > 0
    assert counterexamples(options) == []
    known.write_text(f'{entry}status = "fixed"\n')
    assert run(options, engines=(TOY, toy("Faulty")), cases=300)["exit_code"] == 1


@pytest.mark.slow
def test_a_declared_counterexample_excuses_its_signature(options: dict[str, Any]) -> None:
    run(options, engines=(TOY, toy("Faulty")), cases=300)
    [place] = counterexamples(options)
    document = json.loads((place / "case.json").read_text())
    (place / "case.json").write_text(json.dumps({**document, "status": "declared"}))
    footer = run(options, engines=(TOY, toy("Faulty")), cases=300)

    assert footer["exit_code"] == 0
    assert [finding["known"] for finding in footer["findings"]] == [place.name]
    assert counterexamples(options) == [place]


def test_a_mistake_of_our_own_breaks_the_run_not_the_engines(options: dict[str, Any]) -> None:
    footer = run(options, targets=("toy",), targets_from="tests.drt.toys:BAD_TARGETS", cases=300)

    assert footer["exit_code"] == 3
    assert footer["findings"] == []
    assert 0 < footer["broken"] < 100
    assert footer["cases"] + footer["broken"] == 300
    assert footer["errors"][0]["error"] == "ZeroDivisionError: a mistake in the generator"


@pytest.mark.slow
def test_a_generator_without_end_breaks_the_run_and_does_not_stop_it(options: dict[str, Any]) -> None:
    footer = run(
        options, targets=("toy",), targets_from="tests.drt.toys:ENDLESS_TARGETS", cases=60, deadline=0.2
    )

    assert footer["exit_code"] == 3
    assert footer["cases"] + footer["broken"] == 60


@pytest.mark.slow
def test_workers_that_cannot_start_are_told(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("NeverStarts")), cases=10, jobs=1)

    assert footer["exit_code"] == 3
    assert footer["cannot_start"].startswith(
        "drt.engines.EngineDoesNotStart: the engine 'tests.drt.toys:NeverStarts'"
    )
    assert footer["cannot_start"].endswith("OSError: a library is missing")


def test_workers_find_our_packages_from_anywhere(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir("/")

    assert run(options, cases=10, jobs=1)["exit_code"] == 0


def test_nothing_run_is_no_success(options: dict[str, Any]) -> None:
    assert run(options, cases=0)["exit_code"] == 5


def test_a_run_that_compares_nothing_is_no_success(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("DoesNothing")), cases=20)

    assert footer["cases"] == 20
    assert footer["reasons"] == {"unsupported:toy": 20}
    assert footer["exit_code"] == 5


@pytest.mark.slow
def test_an_engine_that_dies_of_every_case_ends_the_run(options: dict[str, Any]) -> None:
    footer = run(options, engines=(TOY, toy("AlwaysExits")), seconds=120.0, jobs=1)

    assert footer["exit_code"] == 1
    assert "without getting further" in footer["cannot_start"]
    assert footer["findings"][0]["signature"] == "crash: twin exit 7 at authorize"


@pytest.mark.slow
def test_the_arbiter_sees_what_the_engines_share(options: dict[str, Any]) -> None:
    footer = run(options, engines=(toy("Faulty"),), arbiter=TOY, arbiter_rate=0.5, cases=400)

    assert footer["exit_code"] == 1
    [finding] = footer["findings"]
    assert finding["arbiter"] is True
    assert finding["engines"] == [toy("Faulty"), TOY]
    assert 150 < footer["events"]["arbiter:cases"] < 250


@pytest.mark.slow
def test_the_arbiter_says_who_is_right(options: dict[str, Any]) -> None:
    run(options, engines=(TOY, toy("Faulty")), arbiter=toy("Third"), arbiter_rate=0.0, cases=300)

    [place] = counterexamples(options)
    printed = read_case(place).origin["arbiter"]
    assert printed == {"engine": "third", "version": "1", "says": "as toy", "with": ["toy"]}


def test_a_corpus_that_refuses_loses_nothing(options: dict[str, Any]) -> None:
    (Path(options["corpus"]) / "counterexamples").write_text("a file in the way")
    footer = run(options, engines=(TOY, toy("Faulty")), cases=300)

    assert footer["exit_code"] == 1
    assert footer["broken"] > 0
    assert read_case(Path(footer["findings"][0]["path"])).case.policies.text == "like"


def cpu_of_children() -> float:
    """Processor seconds of the processes that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_the_whole_budget_is_kept(options: dict[str, Any]) -> None:
    budget, before = here(6.0), cpu_of_children()
    footer = run(options, engines=(TOY, toy("AlwaysDenies")), seconds=budget, jobs=2)

    assert footer["exit_code"] == 1
    assert footer["cases"] > 0
    assert cpu_of_children() - before < 2 * budget + 2.0
    assert {worker["growth"] for worker in footer["memory"]} <= {None}, "too short to tell"
    assert 0 < footer["memory"][0]["end"] <= footer["memory"][0]["most"]


# Processes that are killed


@pytest.fixture
def parent(options: dict[str, Any]) -> Iterator[Any]:
    """Start runs in a process of their own, and leave none behind."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(**more: Any) -> subprocess.Popen[bytes]:
        program = (
            "import json, sys; from drt.run.coordinator import start; from drt.run.options import RunOptions;"
            "from drt.model.records import from_json;"
            "from drt.report.terminal.progress import Quiet;"
            "sys.exit(start(from_json(json.loads(sys.argv[1]), RunOptions), Quiet()).exit_code)"
        )
        document = to_json(RunOptions(**{**options, **more}))
        process = subprocess.Popen([sys.executable, "-c", program, json.dumps(document)], cwd=REPOSITORY)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(condition: Any, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def state_is_there(options: dict[str, Any]) -> bool:
    """Whether a worker has written down that it has done something."""
    state = read_json(Path(options["folder"]) / "worker-0.state.json", WorkerState)
    return state is not None and any(target.counts.cases for target in state.targets.values())


def workers_of(options: dict[str, Any]) -> list[int]:
    """The processes that work on this run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"drt.run.worker" in words and options["folder"].encode() in words:
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_writes_its_report(
    options: dict[str, Any], parent: Any, number: signal.Signals
) -> None:
    process = parent(seconds=120.0)
    wait_for(lambda: state_is_there(options))
    process.send_signal(number)

    assert process.wait(30) == 130
    footer = json.loads((Path(options["folder"]) / "run.json").read_text())
    assert footer["interrupted"] is True
    assert footer["cases"] > 0
    assert read_run(Path(options["folder"])).complete
    assert workers_of(options) == []


def test_a_run_killed_right_after_the_find_has_lost_nothing(options: dict[str, Any], parent: Any) -> None:
    process = parent(seconds=120.0, engines=(TOY, toy("Faulty")))
    wait_for(lambda: counterexamples(options))
    process.kill()
    process.wait()

    [place, *_] = counterexamples(options)
    assert "like" in read_case(place).case.policies.text
    assert not read_run(Path(options["folder"])).complete
    wait_for(lambda: not workers_of(options)), "workers end when their parent is gone"


@pytest.mark.slow
def test_workers_killed_at_random_moments_cost_no_case(options: dict[str, Any], parent: Any) -> None:
    process = parent(cases=90_000)
    wait_for(lambda: state_is_there(options))
    for moment in range(4):
        wait_for(lambda: len(workers_of(options)) > 0 or process.poll() is not None)
        for worker in workers_of(options)[:1]:
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.3 + 0.11 * moment)

    assert process.wait(120) == 0
    footer = json.loads((Path(options["folder"]) / "run.json").read_text())
    assert footer["cases"] == 90_000
    assert footer["decisions"] == 360_000
    assert footer["deaths"] > 0


@pytest.mark.slow
def test_a_killed_run_is_resumed_with_nothing_lost_and_nothing_twice(
    options: dict[str, Any], parent: Any
) -> None:
    process = parent(cases=60_000)
    wait_for(lambda: (Path(options["folder"]) / "status.json").exists())
    process.kill()
    process.wait()
    footer = resume(Path(options["folder"]), Quiet()).to_json()

    assert footer["cases"] == 60_000
    assert footer["decisions"] == 240_000
    assert footer["exit_code"] == 0
    with pytest.raises(InputProblem, match="the run is over"):
        resume(Path(options["folder"]), Quiet())


def test_what_was_never_a_run_is_not_resumed(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match="not the log folder of a run"):
        resume(tmp_path, Quiet())
