"""Settings: flags before the environment before a file, and one sentence for whatever is wrong with them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from drt.cli.defaults import lay_settings, misconfigured, name_variables, profile
from drt.cli.main import COMMANDS, main
from drt.cli.options import Duration, Jobs, form
from drt.cli.settings import OWNER, PLACE, read_settings
from drt.model.case import Case, Source
from drt.model.case_directory import write_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.model.toml_text import line_of

NAMES = ("run", "replay", "toy", "group")
PROFILES = {"nightly": {"for": "6h", "quiet": True}, "pr": {"for": "5m"}}


@click.command("toy")
@click.option("--for", "seconds", type=Duration(), default="60s")
@click.option("--engine", "engines", multiple=True)
@click.option("--jobs", type=Jobs(), default=1)
@click.option("--corpus", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True)
@profile(PROFILES)
@form
@click.pass_obj
def toy(seen: dict[str, Any], /, **options: Any) -> None:
    seen.update(options)


@click.group("group")
def group() -> None:
    pass


group.add_command(toy)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settled(*arguments: str, command: click.Command = toy, inner: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the toy command is called with; raises what the user would read."""
    seen: dict[str, Any] = {}
    name = str(command.name)
    with click.Context(click.Group("drt"), obj=seen) as ctx:
        name_variables(command, name)
        lay_settings(ctx, command, name, NAMES)
        try:
            with command.make_context(name, [*inner, *arguments], parent=ctx) as own:
                command.invoke(own)
        except click.BadParameter as error:
            raise misconfigured(error) or error from None
    return seen


def write(here: Path, text: str, name: str = "drt.toml") -> Path:
    (here / name).write_text(text, encoding="utf-8")
    return here / name


def test_without_a_file_options_have_their_defaults(here: Path) -> None:
    assert settled()["seconds"] == 60


def test_a_flag_beats_the_environment_and_that_a_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, 'jobs = 2\n[toy]\nfor = "2m"\nengine = ["a", "b"]\nformat = "json"\nquiet = true')
    told_by_file = settled()
    assert (told_by_file["seconds"], told_by_file["jobs"]) == (120, 2)
    assert (told_by_file["engines"], told_by_file["form"], told_by_file["quiet"]) == (
        ("a", "b"),
        "json",
        True,
    )
    monkeypatch.setenv("DRT_TOY_FOR", "3m")
    monkeypatch.setenv("DRT_JOBS", "3")
    monkeypatch.setenv("DRT_TOY_ENGINE", "c d")
    assert settled()["seconds"] == 180
    assert settled()["jobs"] == 3
    assert settled()["engines"] == ("c", "d")
    assert settled("--for", "4m", "--jobs", "4", "--engine", "e", "--format", "text") == {
        "seconds": 240, "jobs": 4, "engines": ("e",), "form": "text",
        "quiet": True, "corpus": None, "profile": None,
    }  # fmt: skip


def test_the_variable_of_a_command_beats_the_common_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRT_JOBS", "3")
    monkeypatch.setenv("DRT_TOY_JOBS", "4")
    assert settled()["jobs"] == 4


def test_the_table_of_a_command_beats_the_common_settings(here: Path) -> None:
    write(here, "jobs = 2\n[toy]\njobs = 5")
    assert settled()["jobs"] == 5


def test_a_command_of_a_group_has_a_table_of_its_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, "jobs = 2\n[group.toy]\nfor = 7")
    found = settled(command=group, inner=("toy",))
    assert (found["seconds"], found["jobs"]) == (7, 2)
    monkeypatch.setenv("DRT_GROUP_TOY_FOR", "8")
    assert settled(command=group, inner=("toy",))["seconds"] == 8


def test_the_setting_corpus_and_the_command_corpus_do_not_meet(here: Path) -> None:
    (here / "cases").mkdir()
    write(here, 'corpus = "cases"')
    assert drt("corpus", "check").stdout == "0 cases read: all in order\n"
    write(here, '[corpus.check]\ncorpus = "cases"\nformat = "json"')
    assert json.loads(drt("corpus", "check").stdout) == {"cases": 0, "faults": []}
    assert drt("triage").exit_code == 0  # elsewhere the table sets nothing
    path = write(here, "[corpus.check]\ncorpse = 1")
    assert drt("corpus", "check").stderr.startswith(
        f"drt: {path}:2: unknown setting 'corpse' in [corpus.check]"
    )
    path = write(here, "[corpus]\nchick = 1")
    assert drt("corpus", "check").stderr.startswith(
        f"drt: {path}:2: unknown setting 'chick' in [corpus]; known"
    )
    path = write(here, 'corpus = "cases"\n[replay]\ndeadline = "x"')
    assert drt("replay").stderr.startswith(f"drt: {path}:3: 'deadline' in [replay]: 'x' is not")
    path = write(here, 'corpus = "cases"\ndeadline = "x"')
    assert drt("replay").stderr.startswith(f"drt: {path}:2: 'deadline' in the file: 'x' is not")


def test_a_profile_is_laid_over_the_file_and_under_the_flags(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, '[toy]\nfor = "2m"\njobs = 7\n[profiles.nightly]\njobs = 8\n[profiles.local]\nfor = "1s"')
    nightly = settled("--profile", "nightly")
    assert (nightly["seconds"], nightly["jobs"], nightly["quiet"]) == (21600, 8, True)
    assert settled("--profile", "nightly", "--for", "9s")["seconds"] == 9
    assert settled("--profile", "local")["seconds"] == 1
    assert settled("--profile", "pr")["jobs"] == 7
    monkeypatch.setenv("DRT_TOY_PROFILE", "local")
    assert settled()["seconds"] == 1
    monkeypatch.setenv("DRT_TOY_FOR", "33s")
    assert settled()["seconds"] == 33


def test_a_profile_can_be_chosen_by_the_file(here: Path) -> None:
    write(here, '[toy]\nprofile = "pr"')
    assert settled()["seconds"] == 300


def test_paths_of_a_file_count_from_its_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / ".git").mkdir()
    write(here, 'corpus = "cases"\nengine = ["./mine.py:Engine", "../folder", "reference"]')
    (here / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(here / "deep" / "er")
    assert settled()["corpus"] == here / "cases"
    assert settled()["engines"] == (f"{here / 'mine.py'}:Engine", f"{here}/../folder", "reference")


def test_the_nearest_file_counts_and_only_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, "[tool.drt]\njobs = 2", "pyproject.toml")
    assert settled()["jobs"] == 2
    write(here, "jobs = 3")
    assert settled()["jobs"] == 3
    (here / "inner").mkdir()
    monkeypatch.chdir(here / "inner")
    write(here / "inner", "[tool.other]\njobs = 4", "pyproject.toml")
    assert settled()["jobs"] == 3
    write(here / "inner", "[tool.drt.toy]\njobs = 5", "pyproject.toml")
    assert settled()["jobs"] == 5


WRONG = [
    ("jobs = 1\n[toy]\nfro = 3", 3, "unknown setting 'fro' in [toy]; known are corpus, engine, for"),
    ("cases = 3", 1, "unknown setting 'cases'; known are corpus, deadline, engine, jobs, targets-from"),
    ("\n\n[rum]\nfor = 3", 3, "unknown table 'rum'; known are group, profiles, replay, run, toy"),
    ("toy = 3", 1, "[toy] is to be a table"),
    ("[profiles]\nnightly = 3", 2, "[profiles.nightly] is to be a table"),
    ("[profiles.nightly]\nfro = 3", 2, "unknown setting 'fro' in [profiles.nightly]"),
    ("[profiles.x]\nprofile = 'x'", 2, "unknown setting 'profile' in [profiles.x]"),
    ("[toy]\nquiet = 'yes'", 2, "'quiet' is to be true or false"),
    ("[toy]\nfor = true", 2, "'for' is to be a text or a number"),
    ("[toy]\nfor = ['1s']", 2, "'for' is to be a text or a number"),
    ("[toy]\nengine = [1, {}]", 2, "'engine' is to be a text, a number or a list of them"),
    ("[toy]\nfor = 1979-05-27", 2, "'for' is to be a text or a number"),
    ("[toy]\n\nfor = '3x'", 3, "'for' in [toy]: '3x' is not a time such as 60s, 10m or 1h30m"),
    ("jobs = 0", 1, "'jobs' in the file: '0' is neither a number of workers from 1 to 999 nor auto"),
    ("[toy]\nfor = 0.0", 2, "'for' in [toy]: '0.0' is not a time"),
    ("[toy]\nformat = 'xml'", 2, "'format' in [toy]: 'xml' is not one of 'text', 'json'"),
    ("[toy]\nprofile = 'gone'", None, "unknown profile 'gone'; known are nightly, pr"),
    ("[toy]\nfor = '1s'\nfor = '2s'", 3, "not TOML: for: the key is set twice"),
    ("[toy]\n[other]\n[toy]", 3, "not TOML: [toy]: the table is declared twice"),
    ("[toy]\nfor = ", 2, "not TOML: for: invalid value"),
    ("[toy", 1, "not TOML: "),
    ("a = " + "[" * 5000, None, "not usable: the TOML is nested too deeply"),
    ("toy = {for = '3x'}", 1, "'for' in [toy]: '3x' is not a time"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), WRONG, ids=[sentence for _, _, sentence in WRONG])
def test_what_is_wrong_is_one_sentence_with_its_line(
    here: Path, text: str, line: int | None, sentence: str
) -> None:
    path = write(here, text)
    with pytest.raises(InputProblem) as caught:
        settled()

    where = "" if "profile 'gone'" in sentence else f"{path}{'' if line is None else f':{line}'}: "
    assert str(caught.value).startswith(where + sentence)
    assert "\n" not in str(caught.value)


def test_a_bad_value_of_a_profile_is_told_with_its_line(here: Path) -> None:
    path = write(here, "[tool.drt.profiles.nightly]\njobs = 'some'", "pyproject.toml")
    with pytest.raises(InputProblem) as caught:
        settled("--profile", "nightly")

    assert str(caught.value).startswith(f"{path}:2: 'jobs' in [tool.drt.profiles.nightly]: 'some' is neither")
    assert settled("--profile", "nightly", "--jobs", "1")["jobs"] == 1


def test_a_bad_variable_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRT_TOY_FOR", "soon")
    with pytest.raises(InputProblem, match=r"^the environment variable DRT_TOY_FOR: 'soon' is not a time"):
        settled()


CODE = {
    "a file": ("engine = './evil.py:Engine'", "'engine' names code ('./evil.py:Engine')"),
    "a module": ("engine = ['reference', 'evil:Engine']", "'engine' names code ('evil:Engine')"),
    "a command": ("[replay]\nengine = 'process:./evil'", "'engine' names code ('process:./evil')"),
    "a folder": ("engine = './evil'", "'engine' names code ('./evil')"),
    "a folder by its name": ("engine = 'within'", "'engine' names code ('within')"),
    "targets": ("targets-from = 'evil:TARGETS'", "'targets-from' names code ('evil:TARGETS')"),
    "an arbiter": ("[run]\noracle = './evil.py:Engine=0.5'", "'oracle' names code ('./evil.py:Engine=0.5')"),
    "a profile": ("[profiles.p]\nengine = 'evil:Engine'", "'engine' names code ('evil:Engine')"),
}


@pytest.fixture
def stranger(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with code that leaves a mark when it is loaded, and a case in it, where we stand."""
    mark = f"import pathlib\npathlib.Path({str(here / 'mark')!r}).touch()\n"
    (here / "evil.py").write_text(mark, encoding="utf-8")
    (here / "evil").mkdir()
    (here / "evil/engine.toml").write_text('command = ["touch", "../mark"]', encoding="utf-8")
    case = here / "cases/a-bug"
    case.mkdir(parents=True)
    shutil.copytree(here / "evil", here / "cases/within")
    write_case(case, SavedCase(Case(Source("permit(principal, action, resource);")), name="a-bug"))
    monkeypatch.chdir(here / "cases")
    monkeypatch.syspath_prepend(here)
    return here


@pytest.mark.parametrize(("text", "sentence"), CODE.values(), ids=CODE)
@pytest.mark.parametrize("name", ["drt.toml", "pyproject.toml"])
def test_a_folder_that_is_no_checkout_loads_no_code(
    stranger: Path, name: str, text: str, sentence: str
) -> None:
    if name == "pyproject.toml":
        text = f"[tool.drt]\n{text}".replace("\n[", "\n[tool.drt.")
    path = write(stranger, text, name)

    result = drt(*(["run"] if "oracle" in text or "profiles" in text else ["replay", "a-bug"]))

    line = text.count("\n") + 1
    problem = f"{path}:{line}: {sentence}, which {PLACE}; name the file with --config"
    assert (result.exit_code, result.stderr) == (2, f"drt: {problem}\n")
    assert not (stranger / "mark").exists()


def where(text: str, here: Path) -> str:
    """The first words of the error of the toy command when the text names its engine."""
    write(here, text)
    try:
        return str(settled()["engines"])
    except InputProblem as problem:
        return str(problem).partition(", which ")[2].partition(";")[0]


ENGINE = "engine = 'evil:Engine'"


def test_below_the_root_of_a_checkout_no_code_is_loaded(stranger: Path) -> None:
    (stranger / ".git").mkdir()

    assert where(ENGINE, stranger / "cases") == PLACE
    assert where("engine = 'production'", stranger / "cases") == "('production',)"
    (stranger / "cases/drt.toml").unlink()
    assert where(ENGINE, stranger) == "('evil:Engine',)"


def test_above_the_root_of_a_checkout_code_is_loaded(stranger: Path) -> None:
    (stranger / "cases/.git").write_text("gitdir: elsewhere", encoding="utf-8")  # a work tree

    assert where(ENGINE, stranger) == "('evil:Engine',)"


@pytest.mark.parametrize("mode", [0o646, 0o666, 0o777, 0o602])
@pytest.mark.parametrize("place", ["drt.toml", "."])
def test_what_others_can_write_loads_no_code(stranger: Path, place: str, mode: int) -> None:
    (stranger / ".git").mkdir()
    write(stranger, ENGINE)
    (stranger / place).chmod(mode | 0o100)

    assert where(ENGINE, stranger) == OWNER


def test_what_a_group_of_others_can_write_loads_no_code(
    stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stranger / ".git").mkdir()
    write(stranger, ENGINE).chmod(0o664)

    assert where(ENGINE, stranger) == "('evil:Engine',)"
    own = os.getegid()
    monkeypatch.setattr(os, "getegid", lambda: own + 1)
    assert where(ENGINE, stranger) == OWNER


def test_what_another_user_owns_loads_no_code(stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stranger / ".git").mkdir()
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)

    assert where(ENGINE, stranger) == OWNER


def test_a_file_that_is_named_may_name_code(stranger: Path) -> None:
    path = write(stranger, "engine = './evil.py:Engine'")

    result = drt("--config", str(path), "replay", "a-bug")

    assert "evil.py has no Engine" in result.stderr
    assert (stranger / "mark").exists()


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_the_command_line_tells_bad_settings_with_exit_code_2(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(here, "[run]\nfor = 'soon'")
    result = drt("run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"drt: {path}:2: 'for' in [run]: 'soon' is not a time such as 60s, 10m or 1h30m\n"
    monkeypatch.setenv("DRT_RUN_FOR", "late")
    assert drt("run").stderr.startswith("drt: the environment variable DRT_RUN_FOR: 'late' is not")
    assert drt("run", "--for", "never").stderr == (
        "drt: invalid value for '--for': 'never' is not a time such as 60s, 10m or 1h30m; see `main run --help`\n"
    )


def test_a_file_can_be_named(here: Path) -> None:
    other = write(here, "[targets]\nformat = 'yaml'", "other.toml")
    assert "not one of" in drt("--config", str(other), "targets").stderr
    assert drt("targets").exit_code == 0
    assert "there is no such file" in drt("--config", "gone.toml", "targets").stderr
    empty = write(here, "[tool.ruff]", "pyproject.toml")
    assert "no table [tool.drt]" in drt("--config", str(empty), "targets").stderr


def test_help_reads_no_settings(here: Path) -> None:
    write(here, "[[[")
    assert drt("--help").exit_code == 0


def test_a_run_takes_its_settings_from_a_file(here: Path) -> None:
    (here / "corpus").mkdir()
    write(here, 'corpus = "corpus"\n[run]\ncases = 0\ntarget = "wild*"\nformat = "json"\nlog = "log"')
    result = drt("run")
    footer = json.loads(result.stdout)
    assert (result.exit_code, list(footer["targets"])) == (5, ["wildcard"])
    assert (here / "log" / "run.json").is_file()


def test_every_setting_of_every_command_has_a_name_of_its_own() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        name_variables(command, name)
        commands = command.commands.values() if isinstance(command, click.Group) else [command]
        for each in commands:
            options = [option for option in each.params if isinstance(option, click.Option) and option.envvar]
            variables = [option.envvar[0] for option in options if isinstance(option.envvar, list)]
            assert len(variables) == len(set(variables))
            assert all(
                variable.startswith(f"DRT_{name.upper().replace('-', '_')}_") for variable in variables
            )


@pytest.mark.parametrize(
    ("way", "line"),
    [
        (("a",), 1),
        (("b", "c"), 3),
        (("b", "d", "e"), 4),
        (("f", "g h", "i"), 6),
        (("f", "g h", "j"), 5),
        (("k",), None),
    ],
)
def test_a_setting_is_found_by_its_line(way: tuple[str, ...], line: int | None) -> None:
    text = 'a = 1\n[b]\nc = 2\nd.e = 3\n[f."g h"]\ni = 4\n'
    assert line_of(text, way) == line


def test_settings_of_a_file_that_is_no_text_are_refused(here: Path) -> None:
    (here / "drt.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputProblem, match="a byte that is not UTF-8"):
        read_settings()
