"""The broken law of revisions: the operation at fault, on a policy set or a store, or the authorizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import get_args

from drt.diagnosis.located import Located
from drt.diagnosis.rule import Aspect, Rule, Step, Whole
from drt.model.case import StepKind
from drt.model.divergence import Divergence
from drt.model.outcome import Accepted
from drt.oracles.comparing import difference
from drt.oracles.revisions import DEFINITION, EXPLAINED, NEWLY_MADE, REVISED

OPERATIONS: Mapping[str, tuple[str, str]] = {
    "add": ("adding", "spec 04 §1"),
    "link": ("linking", "spec 04 §1.1"),
    "unlink": ("`unlink`", "spec 04 §1.2"),
    "remove-static": ("removing a static policy", "spec 04 §1.2"),
    "remove-template": ("removing a template", "spec 04 §1.2"),
    "merge": ("merging", "spec 04 §1.2"),
    "merge-renaming": ("merging with renaming", "spec 04 §1.2"),
    "add-entities": ("adding entities", "spec 05 §5"),
    "put-entities": ("replacing entities", "spec 05 §5"),
    "remove-entities": ("removing entities", "spec 05 §5"),
}
"""Operations by the kinds of steps, with their sections."""

assert set(OPERATIONS) == set(get_args(StepKind))


def in_revision(divergence: Divergence) -> Located:
    """Locate the operation after which an engine answers wrongly, from the names of the answers."""
    step, _, rest = divergence.question.partition(", ")
    operation = rest.partition(",")[0]
    if operation not in OPERATIONS:
        return _located(divergence, Rule(Whole.REVISION), "spec 04 §1.2")
    name, source = OPERATIONS[operation]
    rule = Rule(name, Aspect.REVISION)
    answers = {called.rpartition(", ")[2]: (called, one) for called, one in divergence.answers}
    if DEFINITION in answers:
        engine, said = divergence.answers[-1]
        remark = _against_definition(answers[DEFINITION][1], said, engine)
        return _located(divergence, rule, source, f"{step}: {remark}" if remark else "", engine)
    if EXPLAINED not in answers:
        return _located(divergence, Rule(Whole.REVISED_STORE), "spec 05 §5")
    (maker, fresh), (engine, revised), (_, explained) = (
        answers[one] for one in (NEWLY_MADE, REVISED, EXPLAINED)
    )
    if difference(revised, explained) is not None:
        return _located(divergence, Rule(Whole.EXPLANATION), "spec 04 §2")
    if maker.removesuffix(NEWLY_MADE) != engine.removesuffix(REVISED):
        _, words, section = Step.of(difference(fresh, revised)).value
        return _located(divergence, Rule(words), section)
    return _located(divergence, rule, source)


def _against_definition(defined: object, said: object, engine: str) -> str:
    """Say how a set differs from what the definition of the operation makes of it."""
    if not isinstance(defined, Accepted) or not isinstance(said, Accepted):
        return ""
    expected, done = json.loads(defined.canonical)[0], json.loads(said.canonical)[0]
    if expected == done:
        return f"{engine} makes another policy set of it than its definition"
    return f"{engine} {'does' if done else 'refuses'} what its definition {'refuses' if done else 'does'}"


def _located(divergence: Divergence, rule: Rule, source: str, said: str = "", engine: str = "") -> Located:
    deviating = (engine,) if said else ()
    return Located(
        "policy", rule, source, divergence.question, "", divergence.answers, said=said, deviating=deviating
    )
