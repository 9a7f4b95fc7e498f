"""Policy tests as pytest items: ok, failed, in error, and policies that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]

REQUEST = {"principal": 'U::"a"', "action": 'Action::"a"', "resource": 'U::"a"', "context": {}}
POLICIES = '@id("all") permit(principal, action, resource);'


def policy_test(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "request": REQUEST,
        "entities": [],
        "decision": "allow",
        "reason": ["all"],
        "num_errors": 0,
        **changes,
    }


@pytest.fixture
def files(pytester: pytest.Pytester) -> Path:
    tests = [
        policy_test("is right"),
        policy_test("is wrong", decision="deny"),
        policy_test("is no test", decision="perhaps"),
    ]
    (pytester.path / "all.tests.json").write_text(json.dumps(tests))
    (pytester.path / "other.json").write_text("no tests")
    (pytester.path / "policies.cedar").write_text(POLICIES)
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "drt.pytest_drt.plugin", "-p", "no:cacheprovider", *arguments)


def test_each_test_is_an_item(pytester: pytest.Pytester, files: Path) -> None:
    done = run(pytester, "--drt-policies", "policies.cedar", "-v")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(["*all.tests.json::is right PASSED*"])
    done.stdout.fnmatch_lines(["fail: expected Deny, got Allow"])
    done.stdout.fnmatch_lines(["error: *decision*"])
    assert "Traceback" not in done.stdout.str()


def test_settings_name_the_policies_and_the_files(pytester: pytest.Pytester, files: Path) -> None:
    pytester.makeini("[pytest]\ndrt_policies = policies.cedar\ndrt_policy_tests = *.policies.json\n")
    (files / "all.tests.json").rename(files / "all.policies.json")
    run(pytester, "-k", "right").assert_outcomes(passed=1, deselected=2)


@pytest.mark.parametrize("wrong", ["policies", "tests"])
def test_what_cannot_be_read_is_a_sentence(pytester: pytest.Pytester, files: Path, wrong: str) -> None:
    (files / {"policies": "policies.cedar", "tests": "all.tests.json"}[wrong]).write_text("permit")
    done = run(pytester, "--drt-policies", "policies.cedar")
    done.assert_outcomes(**({"failed": 3} if wrong == "policies" else {"errors": 1}))
    assert "Traceback" not in done.stdout.str()


def test_a_schema_that_the_policies_break_is_an_error_of_each(pytester: pytest.Pytester, files: Path) -> None:
    (files / "s.cedarschema").write_text('entity U; action "a" appliesTo { principal: U, resource: U };')
    (files / "policies.cedar").write_text(
        '@id("all") permit(principal, action, resource) when { principal.x };'
    )
    done = run(pytester, "--drt-policies", "policies.cedar", "--drt-policy-schema", "s.cedarschema")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(["error: policy set validation failed*"])


def test_policies_that_are_not_there_are_a_usage_error(pytester: pytest.Pytester, files: Path) -> None:
    done = run(pytester, "--drt-policies", "nowhere.cedar")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*nowhere.cedar: no such file*"])
