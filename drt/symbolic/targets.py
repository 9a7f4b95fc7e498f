"""The table of all targets: those of `drt.targets`, and two that are judged by the analyser.

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


def _late(name: str) -> Callable[[Case, Sequence[Engine]], Checked]:
    def oracle(case: Case, engines: Sequence[Engine]) -> Checked:
        checked: Checked = getattr(import_module("drt.symbolic.laws"), name)(case, engines)
        return checked

    return oracle


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
        "Code that production generates for valid policies is proved equal to its source, for all inputs.",
        DRAWN["valid-typed"].draw,
        _late("generated_code_is_equal_to_its_source"),
        extra="proofs",
    ),
}
