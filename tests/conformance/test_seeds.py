"""Every seed case, put to each engine alone: the expected outcome is the guide's, not another engine's."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from drt.assess.conformance import Report, run_with
from drt.corpus.store import Corpus
from drt.engines import build
from drt.model.engine import Engine

CORPUS = Corpus(Path(__file__).resolve().parents[2] / "corpus")
SEEDS = CORPUS.seeds()
NAMES = [f"{path.parent.name}/{path.name}" for path in SEEDS]


@cache
def engine(name: str) -> Engine:
    return build(name)


def put(name: str, seed: Path) -> Report:
    if name == "cedarpy" and find_spec("cedarpy") is None:
        pytest.skip("the extra 'oracles' is not installed")
    return run_with([seed / "case.json"], engine(name))


@pytest.mark.parametrize("name", ["reference", "production", "cedarpy"])
@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_seed_case(seed: Path, name: str) -> None:
    report = put(name, seed)

    assert report.mismatches == (), report.text()
    assert report.checked + len(report.unsupported) > 0, "the case expects nothing"


@pytest.mark.parametrize("name", ["reference", "production"])
def test_our_engines_support_everything_the_seed_cases_ask(name: str) -> None:
    assert run_with([CORPUS.root / "seeds"], engine(name)).unsupported == ()


def test_there_are_seed_cases_of_every_topic() -> None:
    assert len(SEEDS) > 200
    assert {path.parent.name for path in SEEDS} >= {
        "arithmetic", "attributes", "authorizer", "datetime", "decimal", "duration", "entities", "evaluation",
        "hierarchy", "ip", "like", "linking", "parsing", "partial", "requests", "sets", "tags", "templates", "tinytodo", "conformance", "schema", "validation",
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_a_seed_case_says_what_it_shows_and_where_that_is_written(seed: Path) -> None:
    known = CORPUS.load(seed)

    assert known.name == seed.name
    assert known.description
    assert known.source.startswith("spec ")
    assert seed.parent.name in known.tags
    assert known.expected
