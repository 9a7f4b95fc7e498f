"""Outcomes in words: lines of a name and a text, the same for every view and report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drt.model.outcome import (
    Accepted,
    Analyzed,
    Answered,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    PartialOutcome,
    Permitted,
    Reauthorized,
)

NOTHING = "·"
UNDECIDED = "undecided"
SAYS = "(says)"
"""Label of an engine's own message; messages are never compared, and come last."""


def rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Write an outcome as lines of a name and a text; lines of the same name are compared."""
    return _partial_rows(outcome) if isinstance(outcome, PartialOutcome) else _rows(outcome)


def _rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Write an outcome that is not of spec 09."""
    match outcome:
        case Authorized(decision, determining, erring):
            yield "answer", decision
            yield "reason", ", ".join(determining) or NOTHING
            yield "errors", ", ".join(f"{policy} ({kind})" for policy, kind in erring) or NOTHING
        case Evaluated(value):
            yield "answer", value
        case Failed(kind):
            yield "answer", f"fails: {kind}"
        case Validated(valid, policies, errors, warnings, detail):
            yield "answer", "valid" if valid else "invalid"
            for policy, verdict in policies:
                yield f"policy {policy}", "valid" if verdict else "invalid"
            if errors is not None:
                yield "errors", "; ".join(f"{policy}: {kind}" for policy, kind in errors) or NOTHING
            if warnings is not None:
                yield "warnings", "; ".join(map(warning_text, warnings)) or NOTHING
            yield from _detail(detail)
        case Accepted(canonical, _, detail):
            yield "answer", "accepted"
            if canonical:
                yield "document", canonical
            yield from _detail(detail)
        case Unwritable(part, _, detail):
            yield "answer", f"reads the {part} and cannot write it"
            yield from _detail(detail)
        case Printed(text) | Answered(text):
            yield "answer", text
        case Rejected(part, detail):
            yield "answer", f"rejects the {part}"
            yield from _detail(detail)
        case Unlinkable(kind, detail):
            yield "answer", f"does not link the schemas ({kind})"
            yield from _detail(detail)
        case Analyzed(holds):
            yield "answer", "holds for all inputs" if holds else "does not hold"
        case Unsupported(feature):
            yield "answer", f"does not do this ({feature})"
        case ExceededBudget(resource):
            yield "answer", f"runs out of {resource}"
        case Crashed(error, where, detail):
            yield "answer", f"breaks: {error}"
            yield "frames", " > ".join(where) or NOTHING
            yield from _detail(detail)


def _partial_rows(outcome: PartialOutcome) -> Iterator[tuple[str, str]]:
    """Write an outcome of spec 09."""
    match outcome:
        case PartialError(stage, kind, detail):
            yield "answer", f"refuses the {stage}: {kind}"
            yield from _detail(detail)
        case PartiallyAuthorized(decision, reason, classes, residuals):
            yield "answer", decision or UNDECIDED
            yield "reason", NOTHING if reason is None else ", ".join(reason) or NOTHING
            for policy, residual_class in classes:
                yield f"class of {policy}", residual_class
            for policy, residual in residuals:
                yield f"residual of {policy}", residual
        case Reauthorized(decision, determining, erring):
            yield "answer", decision
            yield "reason", ", ".join(determining) or NOTHING
            yield "errors", ", ".join(erring) or NOTHING
        case Permitted(allowed, undecided):
            yield "answer", ", ".join(allowed) or NOTHING
            yield "undecided", ", ".join(undecided) or NOTHING
        case BatchAuthorized(decision, error, loads, detail):
            yield "answer", decision or f"no decision: {error}"
            yield "loads", "; ".join(", ".join(load) for load in loads) or NOTHING
            yield from _detail(detail)


def warning_text(warning: tuple[str, ...]) -> str:
    """Write a warning in a few words: `policy0: mixed_script_string "say һello"`."""
    policy, kind, *texts = warning
    return " ".join([f"{policy}: {kind}", *(json.dumps(text, ensure_ascii=False) for text in texts)])


def _detail(detail: str) -> Iterator[tuple[str, str]]:
    if detail:
        yield SAYS, detail


@dataclass(frozen=True, slots=True)
class Row:
    """One part of several answers: a text an engine, empty where its answer has no such part."""

    name: str
    texts: tuple[str, ...]
    differ: bool


def side_by_side(answers: Sequence[tuple[str, Outcome]]) -> list[Row]:
    """Align the parts of several engines' answers; messages come last and never differ."""
    parts = [dict(rows(outcome)) for _, outcome in answers]
    names = sorted(dict.fromkeys(name for part in parts for name in part), key=lambda name: name == SAYS)
    table = [(name, tuple(part.get(name, "") for part in parts)) for name in names]
    return [Row(name, texts, name != SAYS and len(set(texts)) > 1) for name, texts in table]


def in_a_line(outcome: Outcome) -> str:
    """Write an outcome on one line: the answer, then its other parts by name; without words for people."""
    shown = [(name, text) for name, text in rows(outcome) if name != SAYS and text != NOTHING]
    return "; ".join(text if name == "answer" else f"{name} {text}" for name, text in shown)
