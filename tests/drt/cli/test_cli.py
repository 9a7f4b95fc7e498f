"""The command line, used as a person and as a program would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import COMMANDS, main
from drt.cli.options import Duration, Jobs, Share
from drt.corpus.store import Corpus
from drt.model.language import LANGUAGE

REPOSITORY = Path(__file__).resolve().parents[3]
TOYS = ["--targets-from", "tests.drt.toys:TARGETS"]


def engines(*names: str) -> list[str]:
    return [f"--engine=tests.drt.toys:{name}" for name in names]


def drt(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, **(env or {})},
        timeout=120,
        check=False,
    )


@pytest.fixture
def run_arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "corpus").mkdir()
    return ["run", *TOYS, "--corpus", str(tmp_path / "corpus"), "--log", str(tmp_path / "log"), "--jobs=2"]


def test_help_names_commands_and_exit_codes() -> None:
    result = drt("--help")

    assert result.returncode == 0
    assert all(f"\n  {name} " in result.stdout for name in COMMANDS)
    assert all(f"\n    {code} " in result.stdout for code in ("0", "1", "2", "3", "4", "5", "130"))


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from drt.cli.main import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'rich', 'lark', 'hypothesis', 'z3', 'reference', 'production', 'generators', 'cedarpy'}))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY)

    assert result.stdout == "[]\n", result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--engine", "nonesuch"], "drt: unknown engine 'nonesuch'; known engines are "),
        (
            ["replay", "--engine", "no:such"],
            "drt: the engine 'no:such' cannot be loaded: No module named 'no'",
        ),
        (
            ["run", "--target", "nonesuch", *TOYS],
            "drt: unknown target 'nonesuch'; known targets are toy, toy-two",
        ),
        (["run", "--targets-from", "x:y"], "drt: there is no table of targets at 'x:y': No module named 'x'"),
        (["run", "--corpus", "/proc/none"], "drt: /proc/none: no corpus folder can be made: "),
        (
            ["corpus", "check", "--corpus", "/nonexistent"],
            "drt: /nonexistent: there is no such corpus folder",
        ),
        (
            ["run", "--for", "soon"],
            "drt: invalid value for '--for': 'soon' is not a time such as 60s, 10m or 1h30m",
        ),
        (
            ["run", "--jobs", "0"],
            "drt: invalid value for '--jobs': '0' is neither a number of workers from 1 to 999 nor auto",
        ),
        (["run", "--seed", "-1"], "drt: invalid value for '--seed': '-1' is not in the range 0<=x<="),
        (["run", "--seed", "x"], "drt: invalid value for '--seed': 'x' is not a whole number; see `"),
        (["run", "--enginee", "x"], "drt: no such option '--enginee' (did you mean "),
        (["bench", "--from", "/nonexistent"], "for '--from': no such file: '/nonexistent'; see `"),
        (["bench", "--from", "/"], "for '--from': expected a file, and '/' is a folder; see `"),
        (
            ["run", "--oracle", "cedarpy"],
            "drt: invalid value for '--oracle': 'cedarpy' is not an engine and",
        ),
        (["replay", "/nonexistent", *engines("Toy")], "cannot run: /nonexistent: there is no such case"),
        (["conformance", "/nonexistent", *engines("Toy")], "drt: /nonexistent"),
        (["nonesuch"], "drt: no such command 'nonesuch'"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2, result.output
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_wrong_input_is_a_json_object_for_programs() -> None:
    result = CliRunner().invoke(main, ["conformance", "/nonexistent", "--json"])

    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout)["errors"] == ["/nonexistent: no such file or folder"]


def test_the_version_names_the_language() -> None:
    result = CliRunner().invoke(main, ["--version"])

    assert result.stdout.splitlines()[1] == f"Cedar language {LANGUAGE}"
    assert f"Cedar language {LANGUAGE}" in (REPOSITORY / "README.md").read_text().split("\n## ")[0]


def test_a_glob_that_matches_nothing_runs_nothing() -> None:
    result = CliRunner().invoke(main, ["run", "--target", "x*", *TOYS, *engines("Toy")])

    assert result.exit_code == 5


@pytest.mark.slow
def test_a_clean_run_ends_0_and_says_so(run_arguments: list[str], tmp_path: Path) -> None:
    result = drt(*run_arguments, *engines("Toy", "Twin"), "--cases=300", "--seed=5")

    assert result.returncode == 0, result.stderr
    assert "300 cases, 1,200 decisions" in result.stdout
    assert "no divergence" in result.stdout
    assert "random seed 5" in result.stderr.splitlines()[0], "the random seed is printed at the start"
    assert json.loads((tmp_path / "log" / "run.json").read_text())["cases"] == 300


@pytest.mark.slow
def test_a_finding_ends_1_and_has_a_line_that_replays_it(run_arguments: list[str]) -> None:
    result = drt(*run_arguments, *engines("Toy", "Faulty"), "--cases=300")

    assert result.returncode == 1, result.stderr
    assert (
        result.stdout.index("finding, ") < result.stdout.index("drt replay") < result.stdout.index("cases, ")
    )
    [last] = [line for line in result.stdout.splitlines() if line.startswith("drt replay ")]
    toys = Path.cwd() / "tests.drt.toys"
    assert last.startswith(f"drt replay --engine={toys}:Toy --engine={toys}:Faulty ")
    again = drt(*last.split()[1:], *TOYS)
    assert again.returncode == 1, again.stderr
    assert "still diverges" in again.stdout
    answers = next(line for line in again.stdout.splitlines() if line.startswith("≠"))
    assert answers.split() == ["≠", "answer", "allow", "deny"]
    assert drt(*last.split()[1:2], last.split()[-1], *engines("Toy", "Twin"), *TOYS).returncode == 0


def test_the_machine_twin_of_a_run_is_its_footer(run_arguments: list[str], tmp_path: Path) -> None:
    result = drt(*run_arguments, *engines("Toy", "Twin"), "--cases=100", "--json", "--quiet")

    assert result.stderr == ""
    assert json.loads(result.stdout) == json.loads((tmp_path / "log" / "run.json").read_text())


@pytest.mark.slow
def test_a_corpus_is_replayed_whole(run_arguments: list[str], tmp_path: Path) -> None:
    drt(*run_arguments, *engines("Toy", "Faulty"), "--cases=300", "-q")
    corpus = Corpus(tmp_path / "corpus")
    broken = corpus.root / "counterexamples" / "broken"
    broken.mkdir()
    (broken / "case.json").write_text('{\n "policies" 1}')
    result = drt("replay", "--corpus", str(corpus.root), *engines("Toy", "Faulty"), *TOYS)

    assert result.returncode == 1
    assert "broken/case.json:2: not JSON" in result.stdout
    assert result.stdout.splitlines()[-1] in (
        "2 cases replayed: 1 still diverges, 1 cannot run",
        "2 cases replayed: 1 cannot run, 1 still diverges",
    )
    machine = drt("replay", "--corpus", str(corpus.root), *engines("Toy", "Twin"), *TOYS, "--json")
    assert machine.returncode == 2, "a case that cannot be read"
    assert sorted(one["verdict"] for one in json.loads(machine.stdout)) == ["cannot run", "fixed"]


def test_targets_are_listed_with_law_and_share() -> None:
    listed = json.loads(drt("targets", "--json", *TOYS).stdout)

    assert [one["name"] for one in listed] == ["toy", "toy-two"]
    assert sum(one["share"] for one in listed) == pytest.approx(1.0)
    assert "Toys agree twice." in drt("targets", *TOYS).stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("targets",), 0),
        (("targets", "--json"), 0),
        (("--help",), 0),
        (("prove", "--markdown"), 0),
        (("conformance", "--json", "no such place"), 2),
    ],
)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_who_stops_reading_changes_no_exit_code(arguments: tuple[str, ...], code: int, stream: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    other = {"stdout": "stderr", "stderr": "stdout"}[stream]

    ended = subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        **{stream: writing, other: subprocess.PIPE},  # type: ignore[call-overload]  # which of the two is a parameter
        check=False,
    )

    os.close(writing)
    assert ended.returncode == code
    assert b"Broken" not in (ended.stdout or b"") + (ended.stderr or b"")


def test_no_colour_reaches_a_pipe() -> None:
    assert "\x1b" not in drt("targets", *TOYS).stdout


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60.0),
        ("10m", 600.0),
        ("6h", 21600.0),
        ("90", 90.0),
        ("0.5s", 0.5),
        ("1h30m", 5400.0),
        ("2m5s", 125.0),
    ],
)
def test_times(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Duration(), "1d"),
        (Duration(), ""),
        (Duration(), "0h0m"),
        (Duration(), "30m1h"),
        (Duration(), "1h30"),
        (Duration(), "-1s"),
        (Duration(), "0"),
        (Duration(), "1_0s"),
        (Duration(), "٣s"),
        (Jobs(), "-1"),
        (Jobs(), "many"),
        (Share(), "cedarpy=2"),
        (Share(), "=0.1"),
        (Share(), "cedarpy=0.1%"),
    ],
)
def test_values_that_are_none(kind: Duration | Jobs | Share, text: str) -> None:
    import click

    with pytest.raises(click.BadParameter):
        kind.convert(text, None, None)


def test_auto_is_at_least_one_worker() -> None:
    assert Jobs().convert("auto", None, None) >= 1
    assert Share().convert("process:./x y=1=0.25", None, None) == ("process:./x y=1", 0.25)
