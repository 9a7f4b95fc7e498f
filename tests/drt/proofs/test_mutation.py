"""Systematic mutants: what is changed, what is killed, and what is listed as the same."""

from __future__ import annotations

import pytest

from drt.proofs.equivalents import ALWAYS, EQUIVALENT
from drt.proofs.live import NotPlanted
from drt.proofs.mutation import mutants
from drt.proofs.survivors import Mutation, functions_of, mutations_of, tallies, tally
from drt.proofs.table import THEOREMS


@pytest.mark.slow
def test_every_function_that_a_theorem_names_has_mutants() -> None:
    assert all(any(True for _ in mutants(name)) for name in functions_of(THEOREMS))
    with pytest.raises(NotPlanted, match="there is no function nobody"):
        next(mutants("reference.integers.nobody"))


def test_operators_branches_constants_and_statements_are_changed() -> None:
    changes = {one.change for one in mutants("reference.integers.checked")}
    assert "`number < MIN_LONG` -> `number <= MIN_LONG`" in changes
    assert "`number < MIN_LONG or number > MAX_LONG` -> `number > MAX_LONG`" in changes
    assert "`raise EvaluationError(kind)` -> `pass`" in changes
    assert "`return number` -> `return None`" in changes


def test_operands_that_are_alike_are_not_exchanged() -> None:
    changes = [
        one.change.split(" -> ") for one in mutants("production.serving.compiled_shapes.fused_program")
    ]
    assert ["`looked_up('m', 'm')`"] * 2 not in changes


def test_what_is_listed_as_the_same_is_a_mutant_of_today() -> None:
    changes = {(name, one.change) for name in {name for name, _ in EQUIVALENT} for one in mutants(name)}
    assert set(EQUIVALENT) <= changes
    examples = ("production.execution.operations.long", "reference.validation.operators.comparison")
    some = [one.change for name in examples for one in mutants(name)]
    assert all(any(pattern.fullmatch(each) for each in some) for pattern, _ in ALWAYS)


def test_a_mutant_survives_where_no_theorem_looks() -> None:
    [weak] = [one for one in THEOREMS if one.name == "The empty set denies"]
    fates = {one.fate for one in mutations_of("reference.policies.Policies.ids", [weak])}
    assert fates == {"survived"}


def test_one_survivor_of_twenty_is_enough_and_no_more() -> None:
    killed, survived = Mutation("f", "one", "killed", ""), Mutation("g", "another", "survived", "")
    same = Mutation("f", "a third", "equivalent", "")
    assert tally([*[killed] * 19, survived, *[same] * 9]).is_enough
    assert not tally([*[killed] * 18, survived, *[same] * 9]).is_enough
    assert list(tallies([killed, same, survived])) == ["g", "f"]
