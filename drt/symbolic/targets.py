"""The table of all targets: those of `drt.targets`, walks of saved cases, three judged by the analyser.

The laws import the analyser, and that imports Z3, only when a case is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from drt.assess.found_cases import law_of_found_cases
from drt.assess.seed_cases import SeedCases
from drt.corpus.folder import cases_under
from drt.corpus.store import shipped_corpus
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.oracles.law import Law
from drt.targets.loading import law_of
from drt.targets.table import TARGETS as DRAWN
from drt.targets.target import Target
from generators.choice.sources import Source


def _late(name: str, module: str = "laws") -> Callable[[Case, Sequence[Engine]], Checked]:
    def oracle(case: Case, engines: Sequence[Engine]) -> Checked:
        checked: Checked = getattr(import_module(f"drt.symbolic.{module}"), name)(case, engines)
        return checked

    return oracle


FITTING = ("valid-typed", "typing", "valid-one-error", "valid-near-miss", "valid-loose", "valid-untyped")
"""The targets that draw policies which fit a schema, or almost."""


def _fitting(choices: Source) -> Case:
    return DRAWN[choices.choice(FITTING)].draw(choices)


def _walked(name: str, read: Callable[[], Sequence[SavedCase]], law: Law, weight: int, walk: int) -> Target:
    return Target(name, law.sentence, lambda choices: choices.choice(read()).case, law, weight, walk=walk)


def _saved_cases() -> Iterator[Target]:
    """List the targets that walk saved cases, small ones first; none where these are not installed."""
    try:
        corpus = shipped_corpus()
    except InputProblem:
        return
    seeds, found = (_places(corpus.root / folder) for folder in ("seeds", "found"))
    read_seeds, read_found = _reader(seeds), _reader(found)
    yield _walked("seed-cases", read_seeds, SeedCases(read_seeds).law, 4, len(seeds))

    @cache
    def laws() -> Mapping[Case, Law]:
        return {saved.case: _law_of(saved) for saved in read_found()}

    if found:
        yield _walked("found-cases", read_found, law_of_found_cases(laws), 2, len(found))


MOST_BYTES = 60_000
"""Size of a saved case beyond which a run leaves it to `drt conformance`: its reduction would not end."""


COST_OF_SCHEMA = 8
"""What the bytes of a case with a schema count for: it is asked for verdicts and translations, too."""


def _places(folder: Path) -> Sequence[Path]:
    """List the cases under a folder, those first that cost little: small ones, and such without a schema."""
    sizes = {place: sum(one.stat().st_size for one in place.iterdir()) for place in cases_under(folder)}
    costs = {
        place: size * (COST_OF_SCHEMA if any(place.glob("schema.*")) else 1)
        for place, size in sizes.items()
        if size <= MOST_BYTES
    }
    return sorted(costs, key=costs.__getitem__)


def _reader(places: Sequence[Path]) -> Callable[[], Sequence[SavedCase]]:
    """Return what reads saved cases when they are asked for first."""
    return cache(lambda: tuple(map(read_case, places)))


def _law_of(saved: SavedCase) -> Law:
    oracle = law_of(saved, DRAWN)
    assert isinstance(oracle, Law)
    return oracle


TARGETS = {
    **DRAWN,
    **{target.name: target for target in _saved_cases()},
    "symbolic": Target(
        "symbolic",
        "Engines respond to inputs drawn for valid policies as the policies' formulas say.",
        DRAWN["valid-typed"].draw,
        _late("terms_mean_what_engines_do"),
        extra="proofs",
    ),
    "translation": Target(
        "translation",
        "What production runs for valid policies is proved equal to its source, for all inputs.",
        DRAWN["valid-typed"].draw,
        _late("generated_code_is_equal_to_its_source"),
        extra="proofs",
    ),
    "soundness": Target(
        "soundness",
        "Policies that a validator takes are proved to raise no type, attribute, tag or arity error.",
        _fitting,
        _late("verdicts_are_backed", "verdicts"),
        extra="proofs",
    ),
}
