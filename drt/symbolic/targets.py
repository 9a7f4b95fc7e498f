"""The table of all targets: those of `drt.targets`, the seed cases, and three judged by the analyser.

The laws import the analyser, and that imports Z3, only when a case is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from drt.assess.seed_cases import SeedCases
from drt.corpus.folder import cases_under
from drt.corpus.store import shipped_corpus
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.reduce.order import weight
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


def _seed_cases() -> dict[str, Target]:
    """Return the target that walks the seed cases, small ones first; none where they are not installed."""
    try:
        places = cases_under(shipped_corpus().root / "seeds")
    except InputProblem:
        return {}

    @cache
    def read() -> tuple[SavedCase, ...]:
        return tuple(sorted(map(read_case, places), key=lambda saved: weight(saved.case)))

    law = SeedCases(read).law
    target = Target(
        "seed-cases",
        law.sentence,
        lambda source: source.choice(read()).case,
        law,
        weight=4,
        walk=len(places),
    )
    return {target.name: target}


TARGETS = {
    **DRAWN,
    **_seed_cases(),
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
