"""The engine by itself: built from a checkout, installed without anything else, used as its README says."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import production
from production import optional
from production.optional import MISSING
from production.partial.questions import PartialQuestions

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / "packaging" / "engine"
PARTIAL = REPOSITORY / "packaging" / "partial"
APP = Path(__file__).with_name("engine_app.py")
SOURCES = {
    path.relative_to(REPOSITORY / "production").as_posix(): path.read_text(encoding="utf-8")
    for path in (REPOSITORY / "production").rglob("*.py")
}
MOST_BYTES = 200_000
"""What the engine's wheel may weigh; it is 198.4 KB, 34 KB of which are names and checksums."""
ALONE = """
import sys
sys.path = [sys.argv[1], *(path for path in sys.path if "site-packages" not in path)]
exec(sys.argv[2])
"""
WRONG = """from cedar_engine import Schema, Unknown

Schema.from_cedar(1)
Schema.from_cedar("").validate(1)
Schema.from_cedar("").actions_for_types(1, "U")
"""
ABSENT = """
import cedar_engine
from cedar_engine import *
assert "Schema" in dir() and "PartialRequest" not in dir()
schema = Schema.from_cedar("entity U;")
assert not schema.validate(PolicySet()).errors
for ask in (lambda: cedar_engine.PartialRequest, lambda: schema.partial_request(1, 2, 3),
            lambda: PolicySet().partially_authorize(1, 2, schema), lambda: __import__("cedar_engine.filters")):
    try:
        ask()
    except ImportError as error:
        print(error)
assert not hasattr(schema, "partial_requests")
"""
DOCUMENTED = """
import inspect, json
found = {}
for name in package.__all__:
    one = getattr(package, name)
    found[name] = one.__doc__
    if inspect.isclass(one):
        for member, value in inspect.getmembers(one):
            if member[0] != "_" or member == "__init__":
                found[f"{name}.{member}"] = value.__doc__
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Build the two distributions, the engine first."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-index", "--no-deps"]
    subprocess.run([*pip, "-w", folder, ENGINE, PARTIAL], check=True, timeout=120, capture_output=True)
    return sorted(folder.glob("*.whl"), key=lambda path: "partial" in path.name)


def install(wheels: list[Path], folder: Path) -> Path:
    """Install distributions into a folder of their own, with all that they require: nothing else."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--target", folder]
    subprocess.run([*pip, *wheels], check=True, timeout=120, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the engine by itself."""
    return install(wheels[:1], tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def complete(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install both distributions."""
    return install(wheels, tmp_path_factory.mktemp("complete"))


def alone(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code that can import what is in the folder and the standard library."""
    command = [sys.executable, "-I", "-c", ALONE, folder, code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)


def readme(package: Path) -> str:
    """Return the code of a distribution's README."""
    [code] = re.findall(
        r"```python\n(.*?)```", (package / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    return str(code)


@pytest.mark.slow
def test_its_readme_runs_without_any_other_package(installed: Path) -> None:
    done = alone(installed, readme(ENGINE))
    assert (done.returncode, done.stderr) == (0, "")
    assert alone(installed, "import click").returncode == 1


@pytest.mark.slow
def test_the_readme_of_partial_evaluation_runs_beside_it(complete: Path) -> None:
    done = alone(complete, readme(PARTIAL))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_the_engine_alone_says_what_adds_partial_evaluation(installed: Path, complete: Path) -> None:
    done = alone(installed, ABSENT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [MISSING] * 4
    if find_spec("sqlalchemy") is not None:
        assert "needs SQLAlchemy" in alone(complete, "import cedar_engine.filters").stderr.replace(
            "need ", "needs "
        )


def test_the_names_that_can_be_absent_are_those_of_partial_evaluation() -> None:
    questions = {name for name in vars(PartialQuestions) if name[0] != "_"}
    [absent] = re.findall(r"ABSENT: Final = (\{.*?\})", SOURCES["optional.py"], re.DOTALL)
    assert ast.literal_eval(absent) == questions
    [names] = re.findall(r"_PARTIAL = (\{.*?\})", SOURCES["__init__.py"], re.DOTALL)
    assert ast.literal_eval(names) == {*optional.__all__} - {"PartialQuestions"}


def test_both_distributions_have_the_version_of_the_engine() -> None:
    for package in (ENGINE, PARTIAL):
        project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["version"] == production.__version__
    assert project["dependencies"] == [f"cedar-engine-py=={production.__version__}"]
    assert (ENGINE / "LICENSE").read_bytes() == (PARTIAL / "LICENSE").read_bytes()


@pytest.mark.slow
def test_one_is_removed_without_the_other(wheels: list[Path], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True, timeout=60)
    python = tmp_path / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-index", *wheels], check=True, timeout=120)
    subprocess.run([python, "-c", readme(PARTIAL)], check=True, timeout=60)
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", "cedar-engine-partial"], check=True, timeout=60)
    subprocess.run([python, "-c", readme(ENGINE)], check=True, timeout=60)
    listed = subprocess.run(
        [*pip, "list", "--format=freeze"], check=True, timeout=60, capture_output=True, text=True
    )
    assert listed.stdout.split() == ["cedar-engine-py==0.1.0"]


@pytest.mark.slow
def test_they_are_typed_and_hold_every_module_of_the_engine_once(wheels: list[Path], complete: Path) -> None:
    held = [name for wheel in wheels for name in ZipFile(wheel).namelist() if name.endswith(".py")]
    assert sorted(held) == sorted(f"cedar_engine/{name}" for name in SOURCES)
    assert (complete / "cedar_engine" / "py.typed").is_file()
    assert {path.name for path in complete.iterdir() if "dist-info" not in path.name} == {"cedar_engine"}


@pytest.mark.slow
def test_the_wheel_is_small(wheels: list[Path]) -> None:
    assert wheels[0].stat().st_size < MOST_BYTES


def shape(text: str) -> list[tuple[str, int, int]]:
    """List a module's nodes and their places, without docstrings and what stands for a lone one."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [  # type: ignore[attr-defined]  # it has a body
                each
                for each in body
                if not (
                    isinstance(each, ast.Expr)
                    and isinstance(each.value, ast.Constant)
                    and (isinstance(each.value.value, str) or each.value.value is ...)
                )
            ]
    return [
        (ast.dump(node), getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        for node in ast.walk(tree)
        if not isinstance(node, ast.Module)
    ]


@pytest.mark.slow
def test_every_line_of_code_is_where_it_was(complete: Path) -> None:
    for name, text in SOURCES.items():
        assert shape((complete / "cedar_engine" / name).read_text(encoding="utf-8")) == shape(text), name


def test_a_lost_line_or_another_statement_is_seen() -> None:
    text = SOURCES["response.py"]
    assert shape(text) == shape(text.replace("# ", "# more "))
    assert shape(text) != shape(text.replace("\n\n", "\n", 1))
    assert shape(text) != shape(text.replace("return ", "yield ", 1))


@pytest.mark.slow
def test_public_names_keep_their_documentation(complete: Path) -> None:
    ours: dict[str, Any] = {"package": production}
    exec(DOCUMENTED, ours)
    script = f"import cedar_engine as package\n{DOCUMENTED}\nprint(json.dumps(found))"
    theirs = json.loads(alone(complete, script).stdout)
    differing = {name for name, text in ours["found"].items() if text != theirs[name]}
    assert differing == set()


@pytest.mark.slow
def test_the_tests_of_the_engine_pass_on_what_was_built(complete: Path, tmp_path: Path) -> None:
    (tmp_path / "production").symlink_to(complete / "cedar_engine", target_is_directory=True)
    for name in ("reference", "generators", "tests"):
        (tmp_path / name).symlink_to(REPOSITORY / name, target_is_directory=True)
    files = [f"tests/production/test_{name}.py" for name in ("evaluation", "parser", "partial_evaluation")]
    (tmp_path / "first.py").write_text("import production\nprint(production.__file__)\n")
    options = [
        "-q",
        "-n",
        "0",
        "-p",
        "first",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
        "-c",
        "/dev/null",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"{tmp_path}{os.sep}production")


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_an_application_of_forty_lines_has_no_type_error(
    checker: str, installed: Path, tmp_path: Path
) -> None:
    command = shutil.which(checker, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if command is None:
        pytest.skip(f"{checker} is not installed")
    shutil.copy(APP, tmp_path / "app.py")
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "pyrightconfig.json").write_text(f'{{"extraPaths": ["{installed}"], "strict": ["**"]}}')
    options = ["--strict"] if checker == "mypy" else []
    for file, wrong in (("app.py", set()), ("wrong.py", {"1", "3", "4", "5"})):
        checked = subprocess.run(
            [command, *options, file if checker == "mypy" else "."],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "MYPYPATH": str(installed)},
        )
        assert set(re.findall(rf"{file}:(\d+):.*error:", checked.stdout)) == wrong, checked.stdout
    assert alone(installed, APP.read_text(encoding="utf-8")).returncode == 0
