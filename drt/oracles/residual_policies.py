"""Residual policies as ordinary policies: read again from JSON and from text (spec 09 §5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Outcome, Printed
from drt.model.partial_outcome import PartiallyAuthorized, Reauthorized
from drt.model.question import Authorize, PartiallyAuthorize, PrintPolicies
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.partial_inputs import completions
from drt.oracles.partial_laws import as_reauthorized, sessions
from drt.oracles.texts import DEEPEST, nests_beyond

ALWAYS_ERRS = {".": {"left": {"Record": {}}, "attr": "a"}}
"""Stands for `error()`, which no reader of policies takes (spec 09 §5.1)."""


@law(Compares.ITSELF)
def residuals_are_policies(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Residuals, read again from JSON and from text, respond to completions as the policies do."""
    for name, session in sessions(case, engines, comparison):
        engine = next(one for one in engines if one.name == name)
        for partial in case.partials:
            found = session.ask(PartiallyAuthorize(partial.request, partial.entities))
            if not isinstance(found, PartiallyAuthorized):
                continue
            complete = [
                index
                for index, question in completions(case, partial)
                if isinstance(session.ask(question), Reauthorized)
            ]
            whole = {
                index: as_reauthorized(session.ask(Authorize(case.requests[index]))) for index in complete
            }
            _hold_read_again(case, engine, residual_set(found), whole, comparison)


def residual_set(found: PartiallyAuthorized) -> Source:
    """Write residual policies as a policy set in JSON."""
    policies = {policy: _with_errors(json.loads(residual)) for policy, residual in found.residuals}
    return Source(json.dumps({"staticPolicies": policies, "templates": {}, "templateLinks": []}), "json")


def _with_errors(document: Any) -> Any:
    match document:
        case {"error": []} if len(document) == 1:
            return ALWAYS_ERRS
        case dict():
            return {key: value if key == "Value" else _with_errors(value) for key, value in document.items()}
        case list():
            return [_with_errors(item) for item in document]
        case _:
            return document


def _hold_read_again(
    case: Case, engine: Engine, residuals: Source, whole: dict[int, Outcome], comparison: Comparison
) -> None:
    if nests_beyond(residuals.text, DEEPEST):
        comparison.skip("residuals too deep to be read")
        return
    for index, answer in _responses(case, engine, residuals, whole).items():
        variants = [(engine.name, whole[index]), (f"{engine.name}, residuals in JSON", answer)]
        comparison.hold(f"request {index}", variants, request=index)
    printed = engine.ask(PrintPolicies(residuals, templates=False))
    if not isinstance(printed, Printed):
        comparison.skip("residuals without a text")
        return
    for index, answer in _responses(case, engine, Source(printed.text), whole).items():
        variants = [
            (engine.name, _without_ids(whole[index])),
            (f"{engine.name}, residuals in text", _without_ids(answer)),
        ]
        comparison.hold(f"request {index}, text", variants, request=index)


def _responses(case: Case, engine: Engine, policies: Source, whole: dict[int, Outcome]) -> dict[int, Outcome]:
    loaded = engine.load(replace(case, policies=policies, links=()))
    if isinstance(loaded, NotLoaded):
        return dict.fromkeys(whole, loaded)
    return {index: as_reauthorized(loaded.ask(Authorize(case.requests[index]))) for index in whole}


def _without_ids(answer: Outcome) -> Outcome:
    """Count reasons and errors: printed policies get ids of their own."""
    if not isinstance(answer, Reauthorized):
        return answer
    return Reauthorized(answer.decision, ("",) * len(answer.determining), ("",) * len(answer.erring))
