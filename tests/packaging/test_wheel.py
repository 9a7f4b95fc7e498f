"""The wheel: built from a checkout, installed into a fresh environment, used away from any checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = ("reference", "production", "generators", "drt", "cedar_drt_py", "_cedar_drt_py", "__editable__")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel, and with links to the packages of others that are installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, REPOSITORY]
    subprocess.run(build, check=True, timeout=120, capture_output=True, cwd=folder)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=True)
    [packages] = folder.glob("env/lib/python*/site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(OURS):
            (packages / path.name).symlink_to(path)
    install = [*pip, "--python", folder / "env/bin/python", "install", "--no-index", "--no-deps", wheel]
    subprocess.run(install, check=True, timeout=120, capture_output=True, cwd=folder)
    return folder / "env" / "bin"


def ran(program: Path, arguments: str, folder: Path) -> str:
    """Run a program of the environment that must end well, and return its output."""
    done = subprocess.run(
        [program, *arguments.split()],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        cwd=folder,
        env={"PATH": str(program.parent), "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_the_code_is_that_of_the_wheel(environment: Path, tmp_path: Path) -> None:
    code = "import drt, generators, production, reference as r; print(drt.__file__, r.__file__)"
    (tmp_path / "where.py").write_text(code)
    for path in ran(environment / "python", "where.py", tmp_path).split():
        assert Path(path).is_relative_to(environment.parent)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "arguments", "printed"),
    [
        ("drt", "run --for 20s --seed 1 --quiet", "no divergence"),
        ("drt", "mutants --only Gr*", "90% named: 100%"),
        ("python", "-m pytest -q -p no:cacheprovider --drt-engine production", " passed"),
        ("cedar-drt", "--version", "cedar-policy-cli"),
    ],
)
def test_it_works_away_from_a_checkout(
    environment: Path, tmp_path: Path, program: str, arguments: str, printed: str
) -> None:
    assert printed in ran(environment / program, arguments, tmp_path)
