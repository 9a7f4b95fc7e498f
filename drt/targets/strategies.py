"""Every target as a Hypothesis strategy: the cases of a run, for property tests of engines and laws.

A strategy draws what the target draws in a run, and shrinks. It composes like any other strategy:

>>> from hypothesis import given, settings
>>> from drt.engines import build
>>> from drt.targets.table import TARGETS
>>> engines = [build("reference"), build("production")]

>>> @settings(max_examples=3, database=None, deadline=None)
... @given(cases("kinds"))
... def test_every_operator_gives_the_same_value(case):
...     assert not TARGETS["kinds"].oracle(case, engines).divergences
>>> test_every_operator_gives_the_same_value()

>>> pairs = cases("valid-typed").map(lambda case: (case.policies.text, case.schema.text))
>>> everything = any_case()
"""

from __future__ import annotations

from drt.model.case import Case
from drt.model.errors import InputProblem
from drt.targets.loading import TARGETS, target_table
from drt.targets.target import Target
from generators.choice.hypothesis_source import SearchStrategy, drawn_by


def cases(target: str | Target, targets_from: str = TARGETS) -> SearchStrategy[Case]:
    """Return a strategy of the cases of a target, by name or as it is.

    Raises `InputProblem` for a name that no target has.
    """
    if isinstance(target, Target):
        return drawn_by(target.draw)
    table = target_table(targets_from)
    if target not in table:
        raise InputProblem(f"unknown target {target!r}; known targets are {', '.join(sorted(table))}")
    return drawn_by(table[target].draw)


def any_case(targets_from: str = TARGETS) -> SearchStrategy[Case]:
    """Return a strategy of the cases of all targets, each as often as any other."""
    targets = tuple(target_table(targets_from).values())
    return drawn_by(lambda source: source.choice(targets).draw(source))
