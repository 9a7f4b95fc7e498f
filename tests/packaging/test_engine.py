"""The engine by itself: built from a checkout, installed without anything else, used as its README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "packaging" / "engine"
APP = Path(__file__).with_name("engine_app.py")
MOST_BYTES = 305_000
"""What the wheel may weigh: 202 KB of code, 67 KB of docstrings and comments, 34 KB of names and checksums."""
ALONE = """
import sys
sys.path = [sys.argv[1], *(path for path in sys.path if "site-packages" not in path)]
exec(sys.argv[2])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the distribution."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-index", "--no-deps"]
    subprocess.run([*pip, "-w", folder, PACKAGE], check=True, timeout=120, capture_output=True, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the distribution into a folder of its own, with all that it requires: nothing."""
    folder = tmp_path_factory.mktemp("engine")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--target", folder, wheel]
    subprocess.run(pip, check=True, timeout=120, capture_output=True, cwd=folder)
    return folder


def alone(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code that can import what is in the folder and the standard library."""
    command = [sys.executable, "-I", "-c", ALONE, folder, code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)


@pytest.mark.slow
def test_its_readme_runs_without_any_other_package(installed: Path) -> None:
    [code] = re.findall(
        r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    done = alone(installed, code)
    assert (done.returncode, done.stderr) == (0, "")
    assert alone(installed, "import click").returncode == 1


@pytest.mark.slow
def test_it_is_typed_and_holds_every_module_of_the_engine(installed: Path) -> None:
    ours = {path.relative_to(REPOSITORY / "production") for path in (REPOSITORY / "production").rglob("*.py")}
    theirs = {
        path.relative_to(installed / "cedar_engine") for path in (installed / "cedar_engine").rglob("*.py")
    }
    assert ours == theirs
    assert (installed / "cedar_engine" / "py.typed").is_file()
    assert {path.name for path in installed.iterdir() if "dist-info" not in path.name} == {"cedar_engine"}


@pytest.mark.slow
def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_an_application_of_forty_lines_has_no_type_error(
    checker: str, installed: Path, tmp_path: Path
) -> None:
    command = shutil.which(checker, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if command is None:
        pytest.skip(f"{checker} is not installed")
    shutil.copy(APP, tmp_path / "app.py")
    (tmp_path / "wrong.py").write_text("from cedar_engine import Schema, Unknown\n\nSchema.from_cedar(1)\n")
    (tmp_path / "pyrightconfig.json").write_text(f'{{"extraPaths": ["{installed}"], "strict": ["**"]}}')
    options = ["--strict"] if checker == "mypy" else []
    for file, wrong in (("app.py", False), ("wrong.py", True)):
        checked = subprocess.run(
            [command, *options, file if checker == "mypy" else "."],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "MYPYPATH": str(installed)},
        )
        found = [line for line in checked.stdout.splitlines() if "error:" in line and f"{file}:" in line]
        assert bool(found) is wrong, checked.stdout + checked.stderr
    assert alone(installed, APP.read_text(encoding="utf-8")).returncode == 0
