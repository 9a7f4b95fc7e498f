"""What the machine refuses is one sentence and exit code 3, and never taken for a finding."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
TOYS = ["--targets-from", "tests.drt.toys:TARGETS", "--oracle", "none"]
SAME = ["--engine=tests.drt.toys:Toy", "--engine=tests.drt.toys:Twin"]
RUN = ["run", "--cases=50", "--jobs=1", "--seed=1", *TOYS, *SAME]
FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here, a device that is always full")


def drt(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    facts: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "drt", *map(str, arguments)],
        cwd=REPOSITORY, text=True, errors="replace", timeout=120, check=False, **facts,
    )  # fmt: skip


def is_refused(done: subprocess.CompletedProcess[str], sentence: str) -> bool:
    """Whether it ended with exit code 3 and one line on standard error that holds the sentence."""
    [line] = done.stderr.splitlines()
    return done.returncode == 3 and line.startswith("drt: ") and sentence in line


@pytest.mark.parametrize("arguments", [["targets"], ["--help"], ["corpus", "stats"], ["targets", "--json"]])
def test_a_full_disk_under_standard_output(arguments: list[str]) -> None:
    with FULL.open("w") as full:
        done = drt(*arguments, stdout=full)

    assert is_refused(done, "standard output cannot be written: no space left on device"), done.stderr


def test_a_full_disk_under_the_results_of_a_run(tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = drt(*RUN, "--corpus", tmp_path, "--log", tmp_path / "log", "--quiet", stdout=full)

    assert is_refused(done, "standard output cannot be written: no space left on device"), done.stderr


def with_files_up_to(size: int) -> Callable[[], None]:
    """What makes a process run into a full disk: none of its files may grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_under_a_formatted_file(tmp_path: Path) -> None:
    policies = tmp_path / "long.cedar"
    policies.write_text(text := 40 * "permit(principal,action,resource);")
    done = drt("format", "--write", policies, preexec_fn=with_files_up_to(1000))

    assert is_refused(done, "long.cedar: the file cannot be written: file too large"), done.stderr
    assert [path.read_text() for path in tmp_path.iterdir()] == [text]


@pytest.mark.slow
@pytest.mark.parametrize("size", [400, 1000, 2000, 3000])
def test_a_full_disk_under_the_log(tmp_path: Path, size: int) -> None:
    faulty = [*RUN[:-1], "--engine=tests.drt.toys:AlwaysDenies", "--corpus", tmp_path, "--quiet"]
    done = drt(*faulty, "--log", tmp_path / "log", preexec_fn=with_files_up_to(size))

    assert done.returncode == 3, done.stdout + done.stderr
    assert "the log cannot be written: file too large" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "worker crash" not in done.stdout, "no engine is suspected of it"


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = drt(*RUN, "--corpus", tmp_path, "--log", tmp_path / "file" / "log", "--quiet")

    assert is_refused(done, "the log cannot be written: "), done.stderr


def test_an_encoding_that_lacks_a_character(tmp_path: Path) -> None:
    (tmp_path / "p.cedar").write_text('permit(principal, action, resource) when { "≠" == "" };')
    done = drt("format", "-p", tmp_path / "p.cedar", env={**os.environ, "PYTHONIOENCODING": "latin-1"})

    assert is_refused(done, "standard output cannot be written: latin-1 has no U+2260"), done.stderr


def test_a_finding_is_none_in_an_encoding_that_cannot_show_it(tmp_path: Path) -> None:
    faulty = [*RUN[:-1], "--engine=tests.drt.toys:Faulty"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = drt(*faulty, "--corpus", tmp_path, "--log", tmp_path / "log", "--quiet", env=environment)

    assert is_refused(done, "set PYTHONIOENCODING=utf-8"), done.stderr


def closed_output() -> None:
    os.close(1)


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [None, closed_output])
@pytest.mark.parametrize(("engine", "code"), [("Twin", 0), ("AlwaysDenies", 1)])
def test_a_reader_that_has_gone_changes_no_exit_code(
    tmp_path: Path, prepare: Callable[[], None] | None, engine: str, code: int
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*RUN[:-1], f"--engine=tests.drt.toys:{engine}", "--corpus", tmp_path, "--quiet"]
    done = drt(*arguments, "--log", tmp_path / "log", stdout=writing, preexec_fn=prepare)
    os.close(writing)

    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_no_finding(tmp_path: Path) -> None:
    log = tmp_path / "log"
    faulty = [*RUN[:-1], "--engine=tests.drt.toys:AlwaysDenies", "--corpus", tmp_path]
    assert drt(*faulty, "--log", log, "--quiet").returncode == 1
    reading, writing = os.pipe()
    os.close(reading)
    report = ["report", log, "--format", "html", "--output"]
    full = drt(*report, tmp_path / "report.html", preexec_fn=with_files_up_to(400))
    pipe = drt(*report, f"/dev/fd/{writing}", pass_fds=[writing])
    os.close(writing)

    assert is_refused(full, "the report cannot be written: file too large"), full.stderr
    assert is_refused(pipe, "the report cannot be written: "), pipe.stderr
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    "source",
    [
        "class Engine:\n    def __init__(self):\n        raise RuntimeError('no licence')\n",
        "raise RuntimeError('no licence')\n",
    ],
)
def test_an_engine_that_cannot_start(tmp_path: Path, source: str) -> None:
    (tmp_path / "mine.py").write_text(source)
    for command in ([*RUN, "--corpus", tmp_path], ["replay", *TOYS[:2]], ["conformance", tmp_path]):
        done = drt(*command, f"--engine={tmp_path / 'mine.py'}:Engine")
        assert is_refused(done, "cannot be started: RuntimeError: no licence"), done.stderr


def test_a_program_that_is_no_engine_cannot_start(tmp_path: Path) -> None:
    done = drt("run", "--engine=reference", "--engine=process:/no/such/program", "--corpus", tmp_path)

    assert is_refused(done, "cannot be started: not started: /no/such/program"), done.stderr


def test_a_mistake_of_our_own_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("TABLE = 7\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = drt("targets", "--targets-from", "odd:TABLE", env=environment)

    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("drt: drt broke: ")


def test_a_new_corpus_is_made_and_named(tmp_path: Path) -> None:
    new = tmp_path / "some" / "corpus"
    done = drt(*RUN, "--corpus", new, "--log", tmp_path / "log", "--quiet")

    assert done.returncode == 0
    assert new.is_dir()
    assert done.stderr == f"drt: made the corpus folder {new}\n"


@pytest.mark.parametrize("refused", [["--declared=wrong.toml"], ["--target=none-such"]])
def test_refused_settings_make_no_corpus(tmp_path: Path, refused: list[str]) -> None:
    (tmp_path / "wrong.toml").write_text("[[difference]]\nname = 'it has nothing else'\n")
    new, options = tmp_path / "corpus", [one.replace("wrong", f"{tmp_path}/wrong") for one in refused]
    done = drt(*RUN, *options, "--corpus", new, "--log", tmp_path / "log", "--quiet")

    assert done.returncode == 2
    assert not new.exists()


def ignoring_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_ends_though_interrupts_were_ignored_at_its_start(number: signal.Signals) -> None:
    case = next((REPOSITORY / "corpus" / "seeds").glob("*/*"))
    with subprocess.Popen(
        [sys.executable, "-m", "drt", "replay", *TOYS[:2], *SAME, str(case), "--watch"],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, preexec_fn=ignoring_interrupts,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while "watching " not in (line := process.stdout.readline()):
            assert line
        process.send_signal(number)
        process.communicate(timeout=20)

    assert process.returncode == 130
