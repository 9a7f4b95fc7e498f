"""Engines from outside: named by an entry point or by a folder, and the examples that plug one in."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.assess.conformance import run_with
from drt.cli.main import main
from drt.engines import UnknownEngine, build
from drt.engines.manifest import Manifest, read_manifest
from drt.engines.process_engine import ProcessEngine, ProcessSession
from drt.engines.rust_messages import _KINDS
from drt.model.case import Case, Request, Source
from drt.model.errors import InputProblem
from drt.model.outcome import Authorized, Evaluated, Failed, Rejected, Unsupported, Validated
from drt.model.question import Authorize, Evaluate, Validate
from tests.drt.engines.smoke import ANYONE, FORBID, PERMIT

ROOT = Path(__file__).resolve().parents[3]
FORTY_LINES = ROOT / "examples" / "forty_lines"
CEDAR_WASM = ROOT / "examples" / "cedar_wasm"
DOCUMENT = ROOT / "docs" / "plug-in-an-engine.md"

PLUGIN = """
from drt.engines.base import BaseEngine
from drt.model.outcome import Unsupported

class Acme(BaseEngine):
    name = "acme"
    version = "3.1"

    def read_policies(self, policies):
        return Unsupported("all")
"""


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution as an installer leaves it, with three engines, of which one is whole."""
    (tmp_path / "acme_cedar.py").write_text(PLUGIN)
    about = tmp_path / "acme_cedar-3.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-cedar\nVersion: 3.1\n")
    (about / "entry_points.txt").write_text(
        "[drt.engines]\nacme = acme_cedar:Acme\nacme-old = acme_cedar:Old\nacme-lost = acme_lost:Acme\n"
        "reference = acme_cedar:Acme\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return about


def test_an_installed_distribution_plugs_in_engines_by_name(distribution: Path) -> None:
    engine = build("acme")

    assert (engine.name, engine.version) == ("acme", "3.1")
    assert build("reference").name == "reference", "our own names stay ours"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("acme-old", r"the engine 'acme-old' of acme-cedar 3.1 cannot be loaded: .* no attribute 'Old'"),
        (
            "acme-lost",
            r"the engine 'acme-lost' of acme-cedar 3.1 cannot be loaded: No module named 'acme_lost'",
        ),
        (
            "acme-new",
            r"known engines are acme, acme-lost, acme-old, cedarpy, production, reference, a folder",
        ),
    ],
)
def test_an_engine_that_cannot_be_plugged_in_is_one_sentence(
    distribution: Path, name: str, complaint: str
) -> None:
    with pytest.raises(UnknownEngine, match=complaint):
        build(name)


def folder(tmp_path: Path, manifest: str, program: str = "") -> Path:
    (tmp_path / "engine.toml").write_text(manifest)
    (tmp_path / "engine.py").write_text(program)
    return tmp_path


def test_a_folder_names_an_engine_that_runs_in_it(tmp_path: Path) -> None:
    here = folder(tmp_path, f"command = [{sys.executable!r}, 'engine.py']\ndeadline = 5\nmemory = 500")
    shutil.copy(FORTY_LINES / "engine.py", here)

    assert build(str(here)).name == "forty-lines"
    assert read_manifest(here) == Manifest((sys.executable, "engine.py"), deadline=5, memory=500)


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (
            "command = ['no-such-program']\nneeds = 'a miracle'",
            "not started: no-such-program: .*; it needs a miracle",
        ),
        (f"command = [{sys.executable!r}, '-c', 'exit(\"no luck\")']", "cannot be started: exit 1: no luck$"),
        (f"command = [{sys.executable!r}, '-c', 'pass']", "cannot be started: exit 0$"),
        (
            f"command = [{sys.executable!r}, '-c', 'import time; held = [7] * (99 << 20); time.sleep(60)']\nmemory = 99",
            "cannot be started: it holds more memory than it may$",
        ),
        ("command = 'engine'", "'command' is to be a list of words"),
        ("command = []", "'command' is to be a list of words"),
        ("commands = ['x']", "unknown member 'commands'; known are command, needs, deadline, memory"),
        ("command = ['x']\ndeadline = 'soon'", "'deadline' is to be a positive number"),
        ("command = ['x']\nmemory = 0", "'memory' is to be a positive number"),
        ("command = ['x']\nneeds = 1", "'needs' is to be a text"),
        ("command", "not TOML"),
    ],
)
def test_a_folder_that_cannot_be_started_is_one_sentence(
    tmp_path: Path, manifest: str, complaint: str
) -> None:
    with pytest.raises(UnknownEngine, match=complaint):
        build(str(folder(tmp_path, manifest)))


def test_a_folder_without_a_manifest_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match=r"it holds no engine\.toml"):
        build(str(tmp_path))
    with pytest.raises(InputProblem, match=r"it holds no engine\.toml"):
        read_manifest(tmp_path)


# Forty lines


def test_forty_lines_are_forty_lines_and_stand_in_the_document() -> None:
    program = (FORTY_LINES / "engine.py").read_text()

    assert len(program.splitlines()) <= 40
    assert "drt" not in re.findall(r"^(?:from|import) (\w+)", program, re.MULTILINE)
    assert f"```python\n{program}```" in DOCUMENT.read_text(), "copy the example into the document"


def test_the_engine_of_forty_lines_is_never_wrong_about_what_it_supports() -> None:
    report = run_with([ROOT / "corpus" / "seeds"], build(str(FORTY_LINES)))

    assert report.mismatches == ()
    assert report.checked >= 20
    assert dict(report.unsupported)["more than scopes"] > 100


def test_a_fault_in_the_engine_of_forty_lines_is_found(tmp_path: Path) -> None:
    program = (FORTY_LINES / "engine.py").read_text()
    planted = program.replace(' and not ids["forbid"]', "")
    assert planted != program
    faulty = build(str(folder(tmp_path, f"command = [{sys.executable!r}, 'engine.py']", planted)))

    assert run_with([ROOT / "corpus" / "seeds"], faulty).mismatches


def test_commands_of_the_document_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, ["conformance", "corpus/seeds", "--engine", "./examples/forty_lines"])

    assert "drt conformance corpus/seeds --engine ./examples/forty_lines" in DOCUMENT.read_text()
    assert result.exit_code == 0, result.output
    assert "0 mismatched" in result.output


# The Rust engine as WebAssembly


@pytest.fixture(scope="module")
def wasm() -> ProcessEngine:
    """cedar-wasm; skipped where there is no Node, or nobody has fetched the package."""
    if shutil.which("node") is None:
        pytest.skip("no node on the PATH")
    if not (CEDAR_WASM / "node_modules").is_dir():
        pytest.skip("examples/cedar_wasm has no node_modules: run `npm ci` there")
    engine = build(str(CEDAR_WASM))
    assert isinstance(engine, ProcessEngine)
    return engine


def authorized(engine: ProcessEngine, text: str, context: str = "{}", **more: object) -> object:
    loaded = engine.load(Case(Source(text), **more))  # type: ignore[arg-type]
    if not isinstance(loaded, ProcessSession):
        return loaded
    return loaded.ask(Authorize(Request(ANYONE.text.replace('"context": {}', f'"context": {context}'))))


def when(condition: str) -> str:
    return f"permit(principal, action, resource) when {{ {condition} }};"


def test_wasm_is_pinned_to_a_version(wasm: ProcessEngine) -> None:
    pinned = json.loads((CEDAR_WASM / "package.json").read_text())["dependencies"]["@cedar-policy/cedar-wasm"]

    assert wasm.version == pinned
    assert json.loads((CEDAR_WASM / "package-lock.json").read_text())["packages"][""]["dependencies"] == {
        "@cedar-policy/cedar-wasm": pinned
    }


def test_wasm_answers_numbers_that_javascript_does_not_have(wasm: ProcessEngine) -> None:
    most = "9223372036854775807"

    assert authorized(wasm, when(f"context.n == {most}"), f'{{"n": {most}}}') == Authorized(
        "allow", ("policy0",)
    )
    assert authorized(wasm, when(f"context.n == {most}"), f'{{"n": {most[:-1]}6}}') == Authorized("deny")


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("1 + true == 1", "type"),
        ("context.nope", "attr-missing"),
        ('User::"nobody".nope', "entity-missing"),
        ('User::"u".nope', "attr-missing"),
        ('User::"u".getTag("nope")', "tag-missing"),
        ("9223372036854775807 + 1 == 0", "overflow"),
        ('ip("nope").isIpv4()', "extension"),
    ],
)
def test_wasm_tells_kinds_of_errors(wasm: ProcessEngine, condition: str, kind: Failed) -> None:
    entities = '[{"uid": {"type": "User", "id": "u"}, "attrs": {}, "parents": []}]'

    assert authorized(wasm, when(condition), entities=entities) == Authorized(
        "deny", (), (("policy0", kind),)
    )


def test_wasm_knows_policies_by_their_places(wasm: ProcessEngine) -> None:
    """Texts, comments and annotations hold semicolons; templates count, and links have names of their own."""
    text = (
        f'@note("a;b") {PERMIT} // ;\n permit(principal == ?principal, action, resource);'
        f"{when('context like ' + chr(34) + '; ?principal' + chr(34))}{PERMIT}"
    )
    link = ("policy1", "linked", (("?principal", '{"type": "User", "id": "alice"}'),))

    assert authorized(wasm, text, links=(link,)) == Authorized(
        "allow", ("linked", "policy0", "policy3"), (("policy2", "type"),)
    )
    assert authorized(wasm, text, links=(("policy0", "linked", link[2]),)) == Rejected("link")
    assert authorized(wasm, text, links=(("policy1", "policy3", link[2]),)) == Rejected("link")


def test_wasm_refuses_what_cannot_be_read_and_goes_on(wasm: ProcessEngine) -> None:
    schema = Source("entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};")

    assert authorized(wasm, "permit(") == Rejected("policies")
    assert authorized(wasm, "", entities="[") == Rejected("entities")
    assert authorized(wasm, "", entities="[1e999]") == Rejected("entities")
    assert authorized(wasm, "", schema=Source("nope")) == Rejected("schema")
    assert authorized(wasm, "", "[]") == Rejected("request")
    assert authorized(wasm, "", '{"more": 1}', schema=schema) == Rejected("request")
    assert authorized(wasm, "", entities='[{"uid": {}, "a": 1, "a": 2}]') == Unsupported("repeated-keys")
    assert authorized(wasm, "", '{"principal": {"a": 1, "a": 2}}') == Unsupported("repeated-keys")
    assert authorized(wasm, when("(" * 5000 + "true" + ")" * 5000)) == Unsupported("depth")
    assert authorized(wasm, "", entities="[" * 125 + "]" * 125) == Unsupported("depth")
    assert authorized(wasm, "", '{"a": ' + "[" * 125 + "]" * 125 + "}") == Unsupported("depth")
    assert authorized(wasm, PERMIT + FORBID, schema=schema) == Authorized("deny", ("policy1",))


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("1 < 2", Evaluated("true")),
        ("context.n == 1 || false // }", Evaluated("false")),
        ('"}" like "*"', Evaluated("true")),
        ("1 + true", Failed("type")),
        ("context.nope", Failed("attr-missing")),
        ("1 + 1", Unsupported("value")),
        ("1 +", Rejected("expression")),
        ("true) || (true", Rejected("expression")),
        ("true } when { true", Rejected("expression")),
        ("true }; permit(principal, action, resource) when { true", Rejected("expression")),
        ("principal == ?principal", Rejected("expression")),
        ("(" * 5000 + "1" + ")" * 5000, Unsupported("depth")),
    ],
)
def test_wasm_tells_what_a_policy_can_tell_of_an_expression(
    wasm: ProcessEngine, expression: str, outcome: object
) -> None:
    loaded = wasm.load(Case(Source("")))
    assert isinstance(loaded, ProcessSession)

    assert loaded.ask(Evaluate(expression, Request(ANYONE.text.replace("{}}", '{"n": 2}}')))) == outcome


def test_wasm_validates(wasm: ProcessEngine) -> None:
    schema = Source("entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};")
    loaded = wasm.load(Case(Source(PERMIT + when("principal.nope")), "[]", schema))
    assert isinstance(loaded, ProcessSession)

    assert loaded.ask(Validate()) == Validated(False, (("policy0", True), ("policy1", False)))
    assert loaded.ask(Validate("permissive")) == Unsupported("permissive-validation")


def test_wasm_tells_errors_by_the_sentences_that_the_other_adapter_knows() -> None:
    """The table in the example is the one of `rust_messages`, in another language."""
    program = (CEDAR_WASM / "engine.mjs").read_text()
    table = program[program.index("const KINDS") : program.index("].map(")]

    assert re.findall(r'", "([\w-]+)"\]|`, "([\w-]+)"\]', table) == [
        (kind, "") if "`" not in pattern or "\\w" in pattern else ("", kind) for pattern, kind in _KINDS
    ]


@pytest.mark.slow
def test_wasm_and_the_reference_agree_on_a_thousand_decisions(wasm: ProcessEngine, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(ROOT / "corpus" / "known.toml", tmp_path / "corpus")
    result = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "drt",
                "run",
                "--cases",
                "100",
                "--seed",
                "11",
                "--jobs",
                "1",
                "--json",
                "-q",
            ),
            *("--target", "authorize*", "--engine", "reference", "--engine", "./examples/cedar_wasm"),
            *("--corpus", str(tmp_path / "corpus"), "--log", str(tmp_path / "log")),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    footer = json.loads(result.stdout)

    assert result.returncode == 0, result.stdout
    assert footer["decisions"] >= 1000
    assert footer["divergences"] == 0


def test_a_file_in_this_folder_is_pointed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_beside.py").write_text("class Mine: ...")
    with pytest.raises(UnknownEngine, match=r"; the file in this folder is \./mine_beside\.py:Mine$"):
        build("mine_beside:Mine")
