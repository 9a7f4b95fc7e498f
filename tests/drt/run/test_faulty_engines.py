"""Every planted fault is found, reduced to next to nothing, and bucketed once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from drt.assess.planted.faulty_engines import FAULTY
from drt.diagnosis import localise
from drt.diagnosis.signature import alike, signature
from drt.engines import build
from drt.engines.cpu_time import own_time
from drt.engines.guard import Guarded, deadline
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence
from drt.model.outcome import Accepted
from drt.model.question import ReadPolicies
from drt.reduce import reduce_case
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

REPOSITORY = Path(__file__).resolve().parents[3]
TRIED = ("authorize-untyped", "evaluate", "rbac")
MOST_CASES = 200

# The least case that shows each fault: policies and entities.
MINIMA = {
    "AlwaysAllow": (0, 0),
    "NoForbidsMeansAllow": (0, 0),
    "PermitBeatsForbid": (2, 0),
    "ErringPermitCounts": (1, 0),
    "SwappedLess": (1, 0),
    "OverflowWraps": (1, 1),
    "OneAncestorLevel": (1, 2),
    "ForgetsSecondParent": (1, 1),
    "OneEqualsTrue": (1, 0),
    "GreedyStar": (1, 0),
    "Raises": (1, 0),
    "Hangs": (1, 0),
    "HasOnMissingErrs": (1, 0),
    "AndIsEager": (1, 1),
    "UnlessIsWhen": (1, 0),
}
# What the search names for each fault; a crash is known by its frames, and a hang is not searched.
LOCATED = {
    "AlwaysAllow": "the decision",
    "NoForbidsMeansAllow": "the decision",
    "PermitBeatsForbid": "the decision",
    "ErringPermitCounts": "the decision",
    "SwappedLess": "`<`",
    "OverflowWraps": "arithmetic",
    "OneAncestorLevel": "`in`",
    "ForgetsSecondParent": "`in`",
    "OneEqualsTrue": "`==`",
    "GreedyStar": "`like`",
    "Raises": "`contains`",
    "HasOnMissingErrs": "`has`",
    "AndIsEager": "`&&`",
    "UnlessIsWhen": "the clause `unless`",
}


@dataclass(frozen=True)
class Find:
    case: Case
    divergence: Divergence
    judge: Callable[[Case], Checked]


def finds(name: str, wanted: int) -> list[Find]:
    """The first divergences of the reference and the faulty engine over generated cases."""
    engines = [Guarded(build("reference")), Guarded(FAULTY[name]())]
    found: list[Find] = []
    for random_seed in range(MOST_CASES):
        for target in TRIED:

            def judge(case: Case, target: str = target) -> Checked:
                with deadline(0.2) if name == "Hangs" else nullcontext():
                    return TARGETS[target].oracle(case, engines)

            case = TARGETS[target].draw(RecordingSource(random_seed))
            divergences = judge(case).divergences
            if divergences:
                found.append(Find(case, divergences[0], judge))
                break
        if len(found) == wanted:
            break
    return found


def reduced(find: Find) -> tuple[Case, Divergence]:
    same = alike(find.divergence)
    case = reduce_case(find.case, lambda tried: any(same(one) for one in find.judge(tried).divergences), 30.0)
    return case, next(one for one in find.judge(case).divergences if same(one))


def policies(case: Case) -> int:
    read = build("reference").ask(ReadPolicies(case.policies))
    assert isinstance(read, Accepted)
    document = json.loads(read.canonical)
    return len(document["staticPolicies"]) + len(document["templates"])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FAULTY))
def test_a_planted_fault_is_found_and_reduced_to_its_minimum(name: str) -> None:
    """At most one policy (two where the fault is between two), two entities, one request."""
    (find, *_) = finds(name, 1)
    started = own_time()
    case, divergence = reduced(find)

    most_policies, most_entities = MINIMA[name]
    assert policies(case) <= most_policies
    assert len(json.loads(case.entities)) <= most_entities
    assert len(case.requests) == 1
    assert len(case.policies.text) < 200
    assert divergence.answers[0][0] == "reference"
    assert own_time() - started < 60


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LOCATED))
def test_finds_of_one_fault_are_located_at_its_rule_and_fall_into_one_bucket(name: str) -> None:
    engines = [Guarded(build("reference")), Guarded(FAULTY[name]())]
    buckets = set()
    for find in finds(name, 3):
        case, divergence = reduced(find)
        found = localise(case, engines, divergence)
        assert found is not None
        buckets.add(signature(divergence, case, found))
        family = {"`>`": "`<`", "`>=`": "`<`", "`<=`": "`<`", "`!=`": "`==`"}
        arithmetic = LOCATED[name] == "arithmetic" and found.rule in (
            "`+`",
            "`-`",
            "`*`",
            "negation",
        )
        assert arithmetic or family.get(found.rule, found.rule).startswith(LOCATED[name])

    assert len(buckets) == 1


def test_two_sound_engines_have_no_finds() -> None:
    """The judge that condemns every faulty engine acquits the two real ones."""
    engines = [Guarded(build("reference")), Guarded(build("production"))]
    for random_seed in range(30):
        for target in TRIED:
            case = TARGETS[target].draw(RecordingSource(random_seed))
            assert TARGETS[target].oracle(case, engines).divergences == ()


@pytest.mark.slow
def test_a_run_saves_the_finding_and_prints_the_line_that_replays_it(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    arguments = ["--engine", "reference", "--engine", "./tests/drt/faulty_engines.py:SwappedLess"]
    run = drt("run", "--cases", "60", "--jobs", "1", "--seed", "7", "--target", "authorize-untyped",
              "--corpus", str(tmp_path / "corpus"), "--log", str(tmp_path / "log"), *arguments)  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    (place, *_) = sorted(file.parent for file in (tmp_path / "corpus").rglob("case.json"))
    saved = json.loads((place / "case.json").read_text())
    assert len(saved["requests"]) == 1
    assert len(json.loads((place / "entities.json").read_text())) <= 2

    [line] = [line for line in run.stdout.splitlines() if line.startswith("drt replay")]
    words = line[line.index("replay") :].split()
    replay = drt(*words)
    assert replay.returncode == 1
    assert "reference" in replay.stdout
    assert "SwappedLess" in replay.stdout


def drt(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments], capture_output=True, text=True, cwd=REPOSITORY
    )
