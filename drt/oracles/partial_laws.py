"""Laws of partial evaluation that each engine keeps or breaks alone (spec 09 §4.5 to §9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import get_args

from drt.model.case import Case, PartialInput, Request
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Authorized, Outcome, Validated, canonical_entity
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialDecision,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
    ResidualClass,
)
from drt.model.question import (
    Authorize,
    Batched,
    FilterLayout,
    FilterRows,
    PartiallyAuthorize,
    Query,
    Validate,
)
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.partial_inputs import (
    ENOUGH_ROUNDS,
    action_queries,
    batches,
    completions,
    concrete,
    inner,
    queries,
)
from drt.oracles.texts import NotPlainJson, plain_json

HIGHEST_LEVEL = 4


def sessions(case: Case, engines: Sequence[Engine], comparison: Comparison) -> Iterator[tuple[str, Session]]:
    """Load the case by each engine; those that refuse it are counted."""
    for engine in engines:
        loaded = engine.load(case)
        if isinstance(loaded, NotLoaded):
            comparison.skip("case not loaded")
        else:
            yield engine.name, loaded


@law(Compares.ITSELF)
def reauthorizing_is_authorizing(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Residual policies respond to a consistent completion as the policies do (spec 09 §4.5, §7).

    A partial decision is that of every consistent completion, and its reasons are among those of the
    completion (spec 09 §6).
    """
    for name, session in sessions(case, engines, comparison):
        for partial in case.partials:
            found = session.ask(PartiallyAuthorize(partial.request, partial.entities))
            for index, question in completions(case, partial):
                response = session.ask(question)
                if not isinstance(response, Reauthorized):
                    continue
                whole = as_reauthorized(session.ask(Authorize(case.requests[index])))
                variants = [(f"{name}, authorized", whole), (f"{name}, reauthorized", response)]
                comparison.hold(f"request {index}", variants, request=index, asked=question)
                if isinstance(found, PartiallyAuthorized) and isinstance(whole, Reauthorized):
                    variants = [(f"{name}, authorized", whole), (f"{name}, partial", foretold(found, whole))]
                    comparison.hold(f"partial decision on {index}", variants, request=index)


def as_reauthorized(answer: Outcome) -> Outcome:
    """Drop the kinds of errors, which residuals do not keep."""
    if not isinstance(answer, Authorized):
        return answer
    return Reauthorized(answer.decision, answer.determining, tuple(sorted({id_ for id_, _ in answer.erring})))


def foretold(partial: PartiallyAuthorized, whole: Reauthorized) -> Reauthorized:
    """Return the response nearest to `whole` that a partial response admits.

    Certain reasons are reasons, if the decision comes out as foretold; policies of class error err, and no
    decided policy of another class does.
    """
    classes = dict(partial.classes)
    must_err = {policy for policy, one in classes.items() if one.startswith("error_")}
    may_err = must_err | {policy for policy, one in classes.items() if one.startswith("residual_")}
    decision = partial.decision or whole.decision
    reasons = {*whole.determining, *(partial.reason or ())}
    erring = (set(whole.erring) & may_err) | must_err
    return Reauthorized(decision, tuple(sorted(reasons)), tuple(sorted(erring)))


@law(Compares.ITSELF)
def decisions_follow_from_classes(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """The class of each policy follows from its residual; the decision and reason from the classes (§6)."""
    for name, session in sessions(case, engines, comparison):
        for number, partial in enumerate(case.partials):
            question = PartiallyAuthorize(partial.request, partial.entities)
            found = session.ask(question)
            if isinstance(found, PartiallyAuthorized):
                variants = [(name, found), (f"{name}, by definition", lawful_response(found))]
                comparison.hold(f"partial input {number}", variants, asked=question)


def lawful_response(found: PartiallyAuthorized) -> PartiallyAuthorized:
    """Rebuild classes, decision and reason from the residuals."""
    classes = tuple((policy, class_of(residual)) for policy, residual in found.residuals)
    decision = decision_of({one for _, one in classes})
    certain = {"allow": "true_permits", "deny": "true_forbids"}.get(decision or "")
    reason = None if decision is None else tuple(policy for policy, one in classes if one == certain)
    return PartiallyAuthorized(decision, reason, classes, found.residuals)


def class_of(residual: str) -> ResidualClass:
    """Classify a residual policy in JSON."""
    policy = json.loads(residual)
    match [condition["body"] for condition in policy["conditions"]]:
        case [{"Value": True}]:
            kind = "true"
        case [{"Value": False}]:
            kind = "false"
        case [{"error": []}]:
            kind = "error"
        case _:
            kind = "residual"
    return f"{kind}_{policy['effect']}s"  # type: ignore[return-value]  # the eight names are made so


def decision_of(classes: set[ResidualClass]) -> PartialDecision:
    """Decide by the table of spec 09 §6."""
    if "true_forbids" in classes or not classes & {"true_permits", "residual_permits"}:
        return "deny"
    if "residual_forbids" in classes or "true_permits" not in classes:
        return None
    return "allow"


@law(Compares.ITSELF)
def queries_are_brute_force(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A query returns the entities in the store for which the request is allowed (spec 09 §8).

    A query of actions leaves out none with which a completion is allowed, and allows none that is denied.
    """
    for name, session in sessions(case, engines, comparison):
        for index, query in queries(case):
            answer = session.ask(query)
            if isinstance(answer, Permitted):
                brute = permitted_one_by_one(case, session, query)
                variants = [(name, answer), (f"{name}, one by one", brute)]
                comparison.hold(f"{query.kind} query {index}", variants, request=index, asked=query)
        for asked in action_queries(case):
            answer = session.ask(asked[1])
            if isinstance(answer, Permitted):
                _hold_actions(case, session, name, asked, answer, comparison)


LAYOUTS: tuple[FilterLayout, ...] = get_args(FilterLayout)


@law(Compares.ITSELF)
def filters_are_queries(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A database filter selects the resources that a query returns, in every layout of tables."""
    for name, session in sessions(case, engines, comparison):
        for index, query in queries(case):
            if query.kind != "resource":
                continue
            answer = session.ask(query)
            for layout in LAYOUTS if isinstance(answer, Permitted) else ():
                asked = FilterRows(query.request, query.entities, layout)
                rows = session.ask(asked)
                variants = [(f"{name}, queried", answer), (f"{name}, {layout}", rows)]
                comparison.hold(f"filter {index}, {layout}", variants, request=index, asked=asked)


def permitted_one_by_one(case: Case, session: Session, query: Query) -> Permitted:
    """Authorize each entity of the type in the store."""
    request = json.loads(query.request)
    wanted = request[query.kind]["type"]
    allowed: list[str] = []
    for entity in json.loads(case.entities):
        uid = inner(entity["uid"])
        if uid["type"] == wanted:
            answer = session.ask(Authorize(Request(json.dumps({**request, query.kind: uid}))))
            if isinstance(answer, Authorized) and answer.decision == "allow":
                allowed.append(canonical_entity(uid["type"], uid["id"]))
    return Permitted(tuple(sorted(set(allowed))))


def _hold_actions(
    case: Case,
    session: Session,
    name: str,
    asked: tuple[PartialInput, Query],
    answer: Permitted,
    comparison: Comparison,
) -> None:
    """Compare the actions with the responses to the requests that complete the partial input."""
    partial, query = asked
    for index, question in completions(case, partial):
        response = session.ask(question)
        if isinstance(response, Reauthorized):
            uid = inner(json.loads(case.requests[index].text)["action"])
            action = canonical_entity(uid["type"], uid["id"])
            lawful = _lawful_actions(answer, action, response.decision == "allow")
            variants = [(name, answer), (f"{name}, authorized", lawful)]
            comparison.hold(f"action query {index}", variants, request=index, asked=query)


def _lawful_actions(answer: Permitted, action: str, is_allowed: bool) -> Permitted:
    if is_allowed and action not in (*answer.allowed, *answer.undecided):
        return Permitted(answer.allowed, tuple(sorted((*answer.undecided, action))))
    if not is_allowed:
        return Permitted(tuple(uid for uid in answer.allowed if uid != action), answer.undecided)
    return answer


@law(Compares.ITSELF)
def batched_is_in_memory(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A batched request is decided as in memory, and within n rounds at level n (spec 09 §9).

    A loader is asked at most `max_iters` times, for nothing that it has answered, and the same again if it
    returns more than it is asked for.
    """
    for name, session in sessions(case, engines, comparison):
        level = level_of(session)
        rounds = (ENOUGH_ROUNDS,) if level is None else (ENOUGH_ROUNDS, level)
        for index, batch in batches(case, rounds):
            answer = session.ask(batch)
            if isinstance(answer, BatchAuthorized) and answer.error in (None, "insufficient_iterations"):
                whole = session.ask(Authorize(case.requests[index]))
                if isinstance(whole, Authorized):
                    lawful = lawful_batch(answer, whole, batch, level, session)
                    variants = [(name, answer), (f"{name}, in memory", lawful)]
                    comparison.hold(
                        f"{batch.loader} loader, request {index}", variants, request=index, asked=batch
                    )


def level_of(session: Session) -> int | None:
    """Return the least level at which the policies are valid; None above `HIGHEST_LEVEL`."""
    for level in range(HIGHEST_LEVEL + 1):
        verdict = session.ask(Validate("strict", level))
        if isinstance(verdict, Validated) and verdict.valid:
            return level
    return None


def lawful_batch(
    answer: BatchAuthorized, whole: Authorized, batch: Batched, level: int | None, session: Session
) -> BatchAuthorized:
    """Return the result nearest to `answer` that the law admits."""
    decision: PartialDecision = whole.decision
    enough = level is not None and level <= batch.max_iters and batch.loader != "less"
    if answer.decision is None and not enough:
        decision = None
    loads = answer.loads[: batch.max_iters]
    if batch.loader == "more":
        exact = session.ask(replace(batch, loader="exact"))
        if isinstance(exact, BatchAuthorized):
            loads = loads[: len(exact.loads)]
    elif batch.loader == "exact":
        loads = without_repetition(loads)
    return BatchAuthorized(decision, None if decision else "insufficient_iterations", loads)


def without_repetition(loads: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Drop the uids that an earlier call asked for."""
    seen: set[str] = set()
    kept: list[tuple[str, ...]] = []
    for load in loads:
        kept.append(tuple(uid for uid in load if uid not in seen))
        seen |= set(load)
    return tuple(kept)


@law(Compares.ITSELF)
def more_known_keeps_decisions(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A decision stays, and decided policies keep their classes, as more is known (spec 09 §4.5)."""
    for name, session in sessions(case, engines, comparison):
        for partial in case.partials:
            before = session.ask(PartiallyAuthorize(partial.request, partial.entities))
            if not isinstance(before, PartiallyAuthorized):
                continue
            for index, question in completions(case, partial):
                if not isinstance(session.ask(question), Reauthorized):
                    continue
                for step, more in enumerate(_more_known(case, partial, index)):
                    after = session.ask(PartiallyAuthorize(more.request, more.entities))
                    if isinstance(after, PartiallyAuthorized):
                        variants = [(name, after), (f"{name}, known less", kept_from(before, after))]
                        comparison.hold(f"request {index}, step {step}", variants, request=index)


def _more_known(case: Case, partial: PartialInput, index: int) -> Iterator[PartialInput]:
    """All of the request, all of the entities, and both."""
    try:
        members = plain_json(case.requests[index].text)
    except NotPlainJson:
        return
    known = {role: inner(members[role]) for role in ("principal", "action", "resource")}
    request = json.dumps({**known, "context": members.get("context", {})})
    yield replace(partial, request=request)
    yield replace(partial, entities=concrete(case))
    yield PartialInput(request, concrete(case))


def kept_from(before: PartiallyAuthorized, after: PartiallyAuthorized) -> PartiallyAuthorized:
    """Return the response nearest to `after` that keeps what was decided before."""
    old = dict(before.classes)
    classes = tuple(
        (policy, one if old[policy].startswith("residual_") else old[policy]) for policy, one in after.classes
    )
    decision = before.decision or after.decision
    return replace(after, decision=decision, classes=classes)
