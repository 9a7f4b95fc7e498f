"""Analysers to plug in: ours as an engine, and one with a defect."""

from __future__ import annotations

from collections.abc import Sequence

from drt.engines.base import BaseEngine
from drt.model.case import Source
from drt.model.outcome import Analyzed, ExceededBudget, Rejected
from drt.model.question import PropertyName
from drt.symbolic.analyzer import Analyzer, Fails, Holds
from drt.symbolic.compiler import Compiler
from drt.symbolic.inputs import policies_of
from drt.symbolic.problems import Refused
from drt.symbolic.solver import solve
from drt.symbolic.store import Store
from drt.symbolic.terms import Term, eq
from reference.validation.environments import Environment


class Ours(BaseEngine):
    name = "ours"
    compiler: type[Compiler] = Compiler

    def analyze(
        self,
        query: PropertyName,
        schema: Source,
        policies: Sequence[Source],
        principal_type: str,
        action: str,
        resource_type: str,
    ) -> Analyzed | Rejected | ExceededBudget:
        try:
            analyzer = Analyzer(schema, solve=solve, compiler=self.compiler)
            environment = analyzer.environment(principal_type, action, resource_type)
            verdict = analyzer.ask(query, [policies_of(one) for one in policies], environment)
        except Refused as refused:
            return Rejected("policies", str(refused))
        if isinstance(verdict, Holds | Fails):
            return Analyzed(isinstance(verdict, Holds))
        # A wrong analyser claims what it cannot confirm.
        return Analyzed(holds=False)


class _EqualOnly(Store):
    def is_in(self, entity: Term, group: Term) -> Term:
        return eq(entity, group)


class WithoutAncestors(Ours):
    """`in` is read as `==`."""

    name = "without ancestors"

    class compiler(Compiler):  # overrides an attribute
        def __init__(self, store: Store, environment: Environment) -> None:
            super().__init__(_EqualOnly(store.schema), environment)
