"""The folder of the engine works under any import name, and its rooms stand on each other as it says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import production

ROOT = Path(__file__).parents[2]
USE = """
import pickle, sys
from cedar_elsewhere import Authorizer, Entities, PolicySet, Request, Schema

policies = PolicySet.from_text('permit(principal == ?principal, action, resource) when { context.n < 1 };')
policies = policies.link("policy0", "one", {"?principal": Request.from_dict(QUESTION).principal})
schema = Schema.from_cedar('entity U; action "a" appliesTo { principal: U, resource: U, context: { n: Long } };')
assert schema.validate(policies).valid, schema.validate(policies).report()
read = PolicySet.from_json(policies.to_json())
for tier in ("machine", "generated"):
    authorizer = pickle.loads(pickle.dumps(Authorizer(read, Entities.from_json("[]"), tier=tier)))
    assert authorizer.authorize(Request.from_dict(QUESTION)).allowed
    assert schema.authorizer(policies, Entities(), tier=tier).authorize(schema.read_request(QUESTION)).allowed
ours = {name for name in sys.modules if name.partition(".")[0] in ("production", "reference", "generators", "drt")}
assert not ours, ours
"""
QUESTION = {
    "principal": {"type": "U", "id": "a"},
    "action": {"type": "Action", "id": "a"},
    "resource": {"type": "U", "id": "a"},
    "context": {"n": 0},
}


def test_the_folder_works_under_another_import_name(tmp_path: Path) -> None:
    (tmp_path / "cedar_elsewhere").symlink_to(ROOT / "production", target_is_directory=True)
    script = f"import sys; sys.path = [{str(tmp_path)!r}, *sys.path]\nQUESTION = {QUESTION!r}\n{USE}"
    ran = subprocess.run(
        [sys.executable, "-I", "-B", "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert ran.returncode == 0, ran.stderr


def test_each_room_imports_only_those_before_it() -> None:
    rooms = re.findall(r"^- `(\w+)`: ", production.__doc__ or "", re.MULTILINE)
    folder = ROOT / "production"
    assert sorted(rooms) == sorted(each.parent.name for each in folder.glob("*/__init__.py"))
    for path in folder.glob("*/*.py"):
        if path.parent.name == "filters":
            continue  # the one room with a package from outside, which nothing else imports
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                absolute = ast.unparse(node).removeprefix("from ").removeprefix("import ").split()[0]
                assert absolute.split(".")[0] in {"", *sys.stdlib_module_names}, (path, absolute)
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                other = (node.module or "").split(".")[0]
                assert other not in rooms or rooms.index(other) < rooms.index(path.parent.name), (path, other)


def test_an_application_that_only_authorizes_imports_no_more(tmp_path: Path) -> None:
    script = """
import sys
from production import Authorizer, Entities, PolicySet, Request
late = [name for name in sys.modules if name.startswith(("production.validation", "production.partial"))]
assert not late, late
assert not {"asyncio", "difflib", "hashlib", "production.schemas"} & sys.modules.keys()
from production import *
assert "production.schemas" in sys.modules and Schema.from_cedar("entity U;").validate(PolicySet()).valid
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert ran.returncode == 0, ran.stderr


def test_an_unknown_name_is_no_late_one() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Schemas'"):
        _ = production.Schemas
    assert set(production.__all__) <= set(dir(production))
