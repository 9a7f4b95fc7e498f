"""The table of all targets: those of `drt.targets`, and three that are judged by the analyser.

The laws import the analyser, and that imports Z3, only when a case is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from drt.model.case import Case
from drt.model.divergence import Checked
from drt.model.engine import Engine
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


TARGETS = {
    **DRAWN,
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
