"""`drt analyze` and `drt symcc`: reports, exit codes and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main

SCHEMA = """entity User in [Group] { age: Long }; entity Group; entity Doc;
action view, edit appliesTo { principal: User, resource: Doc, context: { s: String } };"""
STRICT = "permit(principal, action, resource) when { principal.age > 18 };"
LOOSE = "permit(principal, action, resource) when { principal.age > 17 };"
SAME = "permit(principal, action, resource) when { principal.age >= 19 };"
ENVIRONMENT = ["--principal-type", "User", "--action", 'Action::"view"', "--resource-type", "Doc"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.cedarschema").write_text(SCHEMA)
    for name, text in (("strict", STRICT), ("loose", LOOSE), ("same", SAME), ("both", STRICT + LOOSE)):
        Path(f"{name}.cedar").write_text(text)


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def symcc(*arguments: str) -> Result:
    return drt("symcc", *ENVIRONMENT, "-s", "s.cedarschema", *arguments)


@pytest.mark.parametrize(
    ("old", "new", "fail_on", "code", "said"),
    [
        ("strict", "same", "change", 0, "equivalent"),
        ("strict", "loose", "more-permissive", 1, "the new set is more permissive"),
        ("strict", "loose", "less-permissive", 0, "the new set is more permissive"),
        ("loose", "strict", "less-permissive", 1, "the new set is less permissive"),
        ("loose", "strict", "more-permissive", 0, "the new set is less permissive"),
    ],
)
def test_compare_fails_on_what_is_named(old: str, new: str, fail_on: str, code: int, said: str) -> None:
    done = drt("analyze", "compare", f"{old}.cedar", f"{new}.cedar", "s.cedarschema", "--fail-on", fail_on)

    assert done.exit_code == code, done.output
    assert done.output.count(said) == 2


def test_a_difference_has_an_example_in_every_form() -> None:
    arguments = ("analyze", "compare", "strict.cedar", "loose.cedar", "s.cedarschema", "-j", "2", "-f")

    for form in ("text", "markdown", "html"):
        assert "age: 18" in drt(*arguments, form).output
    row = json.loads(drt(*arguments, "json").output)["rows"][0]
    assert (row["relation"], row["forward"]["holds"]) == ("less", True)
    [user] = [one for one in row["backward"]["counterexample"]["entities"] if one["uid"]["type"] == "User"]
    assert user["attrs"] == {"age": 18}


def test_a_migration_lists_environments() -> None:
    Path("before.cedarschema").write_text(SCHEMA.replace("view, edit", "view, print"))

    done = drt(
        "analyze",
        "compare",
        "strict.cedar",
        "same.cedar",
        "s.cedarschema",
        "--old-schema",
        "before.cedarschema",
    )

    assert 'new in the schema: User, Action::"edit", Doc' in done.output
    assert 'no longer in the schema: User, Action::"print", Doc' in done.output


def test_findings_of_one_set() -> None:
    done = drt("analyze", "policies", "both.cedar", "s.cedarschema")

    assert done.exit_code == 0
    assert "Found 2 request environment specific warnings:" in done.output
    assert done.output.count("Policy `policy0` shadowed by `policy1`") == 2


def test_text_of_strangers_is_escaped_in_html() -> None:
    Path("a.cedar").write_text('@id("<script>") ' + STRICT)
    Path("a.cedar").write_text(Path("a.cedar").read_text() + LOOSE)

    assert "<script>" not in drt("analyze", "policies", "a.cedar", "s.cedarschema", "-f", "html").output


def test_symcc_prints_as_cedar_does() -> None:
    proved = symcc("always-denies", "-p", "none.cedar")
    assert (proved.exit_code, proved.stdout) == (1, "")

    proved = symcc("matches-implies", "--policy1", "strict.cedar", "--policy2", "loose.cedar")
    assert (proved.exit_code, proved.output) == (0, "✓ Policy1 match implies Policy2 match: VERIFIED\n")

    refuted = symcc("implies", "--policies1", "loose.cedar", "--policies2", "strict.cedar")
    assert refuted.exit_code == 0
    assert refuted.output.startswith("✗ Policy set 1 implies policy set 2: DOES NOT HOLD\n  Counterexample")


def test_symcc_prints_smtlib() -> None:
    done = drt(
        "symcc", *ENVIRONMENT, "-s", "s.cedarschema", "--smtlib", "always-denies", "-p", "strict.cedar"
    )

    assert done.exit_code == 0
    assert done.output.startswith("(set-logic ALL)")
    assert "bvsle" in done.output


def test_symcc_without_a_counterexample() -> None:
    refuted = drt("symcc", *ENVIRONMENT, "-s", "s.cedarschema", "--no-counterexample", "always-denies", "-p",
                  "strict.cedar")  # fmt: skip

    assert refuted.output == "✗ Policy set always denies: DOES NOT HOLD\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["-p", "both.cedar"], 1, "expected one policy, found 2"),
        (["-p", "none.cedar"], 1, "none.cedar: cannot be read: no such file or directory"),
        (["-p", "bad.cedar"], 1, "bad.cedar: policies at line 1"),
        (["-p", "ill.cedar"], 1, "the policy `policy0` is not valid"),
        (["-p", "far.cedar"], 1, "the character U+30000 is beyond U+2FFFF"),
    ],
)
def test_symcc_refuses_in_one_sentence(arguments: list[str], code: int, sentence: str) -> None:
    Path("bad.cedar").write_text("permit(")
    Path("ill.cedar").write_text("permit(principal, action, resource) when { principal.nope };")
    Path("far.cedar").write_text('permit(principal, action, resource) when { context.s == "\\u{30000}" };')

    done = symcc("always-matches", *arguments)

    assert done.exit_code == code
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_templates_are_left_out_with_a_warning() -> None:
    Path("t.cedar").write_text(STRICT + "permit(principal == ?principal, action, resource);")

    done = symcc("always-denies", "-p", "t.cedar")

    assert done.exit_code == 0
    assert "t.cedar: 1 template is left out of the analysis" in done.stderr


def test_a_schema_that_cannot_be_analysed() -> None:
    Path("bad.cedarschema").write_text("entity User")

    done = drt("analyze", "policies", "strict.cedar", "bad.cedarschema")

    assert done.exit_code == 2
    assert done.stderr.startswith("drt: bad.cedarschema: schema at line 1")


def test_the_number_of_policies_is_checked_before_the_environment() -> None:
    done = drt(
        "symcc", "--principal-type", "Nobody", "--action", 'Action::"x"', "--resource-type", "Doc",
        "-s", "s.cedarschema", "never-errors", "-p", "both.cedar",
    )  # fmt: skip

    assert "expected one policy, found 2" in done.stderr


def test_verdicts_of_a_validator() -> None:
    done = drt("analyze", "validator", "--policies", "20", "--seed", "3", "--json")

    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert sum(found["valid"].values()) + sum(found["rejected"].values()) == 20
    assert found["wrong"] == []


def test_a_validator_that_takes_too_much() -> None:
    engine = "drt.assess.planted.faulty_validators:IsIsFalse"
    done = drt("analyze", "validator", "--policies", "40", "--seed", "3", "--engine", engine)

    assert done.exit_code == 1
    assert "wrong (harmful), valid: permit" in done.stdout
