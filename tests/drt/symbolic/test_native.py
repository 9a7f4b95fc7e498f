"""Other analysers are asked in the protocol, and their wrong verdicts are found."""

from __future__ import annotations

import io
import json
from pathlib import Path

from click.testing import CliRunner

from drt.cli.main import main
from drt.engines.serve import serve
from drt.engines.wire import members_of
from drt.model.case import Source
from drt.model.question import Analyze
from drt.symbolic.native import tally
from tests.drt.symbolic.analysers import Ours, WithoutAncestors
from tests.drt.symbolic.questions import ENVIRONMENT, SCHEMA

ANALYSERS = Path(__file__).parent / "analysers.py"


def test_the_same_analyser_gives_the_same_verdicts() -> None:
    found = tally(Ours(), 1, 12)

    assert (found.same, found.different, found.without_verdict) == (12, [], 0)
    assert len(found.seconds) == 12
    assert found.times.startswith("time of a verdict, median: ")


def test_a_wrong_analyser_is_found() -> None:
    found = tally(WithoutAncestors(), 3, 4)

    assert found.different
    assert found.without_verdict == 0


def test_an_engine_that_does_not_analyse_has_no_verdict() -> None:
    done = CliRunner().invoke(main, ["analyze", "engine", "reference", "--queries", "3"])

    assert done.exit_code == 5
    assert done.stdout == "0 verdicts are the same, 0 differ, 3 queries have no verdict\n"


def test_a_wrong_verdict_comes_with_a_counterexample() -> None:
    engine = f"{ANALYSERS}:WithoutAncestors"
    done = CliRunner().invoke(main, ["analyze", "engine", engine, "--queries", "4", "--seed", "3"])
    as_json = CliRunner().invoke(
        main, ["analyze", "engine", engine, "--queries", "4", "--seed", "3", "--json"]
    )

    assert (done.exit_code, as_json.exit_code) == (1, 1)
    assert "it fails for\nprincipal: " in done.stdout
    assert {"property", "policies", "drt", "engine"} <= json.loads(as_json.stdout)["different"][0].keys()


def test_the_question_goes_over_the_wire() -> None:
    policies = (Source("permit(principal, action, resource) when { context.a > 3 };"),)
    principal, action, resource = ENVIRONMENT
    question = Analyze("always-matches", Source(SCHEMA), policies, principal, action, resource)
    message = {"seq": 1, "ask": "analyze", **members_of(question)}
    answers = io.BytesIO()
    serve(Ours(), io.BytesIO(json.dumps(message).encode() + b"\n"), answers)

    *_, last = answers.getvalue().splitlines()  # after signs of life, if it takes long
    assert json.loads(last) == {"seq": 1, "outcome": "Analyzed", "holds": False}
