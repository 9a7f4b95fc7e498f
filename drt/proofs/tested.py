"""Statements that are not proved but tested: each says by what, so that the table hides nothing."""

from __future__ import annotations

from drt.proofs.theorem import Goal, Theorem


def nothing() -> tuple[Goal, ...]:
    """No obligations: there is nothing to prove."""
    return ()


THEOREMS = (
    Theorem(
        "Validation is sound",
        "A valid policy, on conforming entities and a checked request, errs only by overflow, a missing entity or an extension function.",
        "article: soundness of the validator; paper: validation soundness",
        "T",
        nothing,
        because="the steps of the control forms are proved (S); the whole is tested by the target `valid-sound`, which catches fifteen planted validators",
    ),
    Theorem(
        "Validation ends",
        "Every policy is validated in time linear in its size.",
        "paper: termination",
        "T",
        nothing,
        because="Python has no termination checker; evaluation has a row of kind S, and `drt hostile` measures the growth of both up to 100,000 levels",
    ),
    Theorem(
        "A slice of a policy's level is enough",
        "A policy valid at level n gives the same response on the slice of depth n.",
        "Lean Validation/Levels",
        "T",
        nothing,
        because="tested by the target `valid-levels`; `drt mutants` plants a defect for it",
    ),
    Theorem(
        "What conforms is an instance of the schema",
        "Entities and requests that the engines take under a schema are instances of it.",
        "Lean Request/entity validation",
        "T",
        nothing,
        because="tested by the targets `valid-entities`, `valid-implied` and `valid-requests`; `drt mutants` plants defects for them",
    ),
    Theorem(
        "Writing the action out changes nothing",
        "Replacing the action variable by the request's action preserves evaluation.",
        "Lean SubstituteAction",
        "T",
        nothing,
        because="tested by the target `valid-substitution`, whose tests plant a defect",
    ),
    Theorem(
        "Readers and writers of other documents are inverse",
        "What one engine writes of entities, requests and schemas, both read as the same.",
        "out of scope of the proofs",
        "T",
        nothing,
        because="readers of text and JSON work on strings, which the explorer does not follow; policies have a row of kind B; tested by nine targets, with the defects of `drt mutants`",
    ),
)
