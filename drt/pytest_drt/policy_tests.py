"""Unit tests of policies as pytest items: one per test of a file that `drt run-tests` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from drt.assess.policy_tests.reading import read_tests
from drt.engines.processes import module, our_environment, run
from drt.model import json_text
from drt.model.errors import InputProblem

SECONDS = 300.0


class PolicyTestFailed(Exception):
    """A response is not the expected one, or there is none; its text is for people."""


@dataclass(frozen=True, slots=True)
class PolicyTests:
    """The policies under test, their schema if there is one, and the names of the files of tests."""

    policies: Path
    schema: Path | None
    patterns: tuple[str, ...]

    @classmethod
    def of(cls, config: pytest.Config) -> PolicyTests:
        """Build from the options and settings; raises `InputProblem` for a file that is not there."""
        ini = (config.inipath or config.rootpath / "x").parent

        def file(name: str) -> Path | None:
            given, setting = getattr(config.option, name), config.getini(name)
            path = config.invocation_params.dir / given if given else ini / setting if setting else None
            if path is not None and not path.is_file():
                raise InputProblem("no such file", path)
            return path

        policies = file("drt_policies")
        assert policies is not None, "the plugin is for those who name policies"
        return cls(policies, file("drt_policy_schema"), tuple(config.getini("drt_policy_tests")))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if not any(fnmatchcase(file_path.name, pattern) for pattern in self.patterns):
            return None
        file: PolicyTestFile = PolicyTestFile.from_parent(parent, path=file_path)
        file.tests = self
        return file


class PolicyTestFile(pytest.File):
    """A file of tests, which are run together when the first result is needed."""

    tests: PolicyTests

    def collect(self) -> Iterator[pytest.Item]:
        try:
            read = read_tests(json_text.read_text(self.path), self.path)
        except InputProblem as problem:
            raise self.CollectError(str(problem)) from None
        for number, test in enumerate(read):
            item: PolicyTestItem = PolicyTestItem.from_parent(self, name=test.name)
            item.number, item.file = number, self
            yield item

    @cached_property
    def results(self) -> list[Mapping[str, str]]:
        """What came of each test, in order; raises `PolicyTestFailed` if the policies cannot be used."""
        schema = [] if self.tests.schema is None else ["--schema", self.tests.schema]
        files = ["--policies", self.tests.policies, "--tests", self.path, *schema]
        command = module("drt", "run-tests", *files, "--json")
        ended = run(command, seconds=SECONDS, environment=our_environment())
        try:
            document = json.loads(ended.output)
        except ValueError:
            raise PolicyTestFailed(ended.last_words) from None
        if "tests" not in document:
            raise PolicyTestFailed(str(document.get("error", document)))
        found: list[Mapping[str, str]] = document["tests"]
        return found


class PolicyTestItem(pytest.Item):
    """One test: a request with the response that its author expects."""

    number: int
    file: PolicyTestFile

    def runtest(self) -> None:
        result = self.file.results[self.number]
        if result["status"] != "ok":
            raise PolicyTestFailed(f"{result['status']}: {result.get('detail', '')}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, PolicyTestFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"policy test {self.name}"
