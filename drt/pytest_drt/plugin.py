"""Pytest plugin: saved cases as tests, of two engines or of a third-party engine alone.

Owns the options, and loads the rest only when one of them is used: a project that does not ask for it pays
for reading this file.

    pytest --drt-corpus corpus                       every case, the engines against each other
    pytest --drt-engine package.module:Engine        every case before one engine, as a conformance suite

    pytest --drt-policies policies.cedar             every policy test of `*.tests.json`

The settings `drt_corpus` and `drt_engines` of pytest's configuration do the same for good: cases are then
collected where `pytest` is sent to look, as by `pytest corpus/`. No assertions: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of the plugin."""
    group = parser.getgroup("drt", "saved cases of Cedar engines")
    group.addoption("--drt-corpus", metavar="FOLDER", help="collect the cases of this corpus")
    group.addoption(
        "--drt-engines",
        metavar="NAMES",
        help="the engines to put against each other, with commas between [default: reference,production]",
    )
    group.addoption(
        "--drt-engine",
        metavar="NAME",
        help="put every case to this engine alone: module:class, ./file.py:class or process:COMMAND",
    )
    group.addoption("--drt-policies", metavar="FILE", help="run the policy tests of these policies")
    group.addoption("--drt-policy-schema", metavar="FILE", help="validate them first, under this schema")
    parser.addini("drt_policies", "run the policy tests of these policies", default="")
    parser.addini("drt_policy_schema", "validate them first, under this schema", default="")
    parser.addini("drt_policy_tests", "names of files of policy tests", type="args", default=["*.tests.json"])
    parser.addini("drt_corpus", "collect the cases of this corpus", default="")
    parser.addini("drt_engines", "the engines to put against each other", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Activate the plugin if an option or setting names a corpus or an engine."""
    option = config.option
    if option.drt_policies or config.getini("drt_policies"):
        _collect_policy_tests(config)
    asked_for = option.drt_corpus or option.drt_engines or option.drt_engine
    if not asked_for and not config.getini("drt_corpus"):
        return
    from drt.pytest_drt.items import Cases, UsageProblem

    try:
        cases = Cases.of(config)
    except UsageProblem as problem:
        raise pytest.UsageError(str(problem)) from None
    config.pluginmanager.register(cases, "drt-cases")
    if asked_for:
        _send_to(config, cases.root)


def _collect_policy_tests(config: pytest.Config) -> None:
    from drt.model.errors import InputProblem
    from drt.pytest_drt.policy_tests import PolicyTests

    try:
        config.pluginmanager.register(PolicyTests.of(config), "drt-policy-tests")
    except InputProblem as problem:
        raise pytest.UsageError(str(problem)) from None


def _send_to(config: pytest.Config, corpus: Path) -> None:
    """Have pytest collect the corpus: only that, unless test paths were given."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(corpus)]
        return
    named = [
        (config.invocation_params.dir / argument.partition("::")[0]).resolve() for argument in config.args
    ]
    if not any(path.is_relative_to(corpus) or corpus.is_relative_to(path) for path in named):
        config.args.append(str(corpus))
