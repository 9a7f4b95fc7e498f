"""Laws of validation: engines agree on verdicts, and a verdict keeps its promise (spec 08, 11 §7).

Owns the parity of validators and what validity guarantees: no type errors, the same on a slice of the store,
permissive at least as generous as strict.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from drt.model.case import Case, Request
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.json_outline import members
from drt.model.outcome import Accepted, Authorized, ErrorKind, Outcome, Rejected, Validated
from drt.model.question import Authorize, ReadEntities, ReadPolicies, Validate, ValidationMode
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.slices import slice_of
from drt.oracles.texts import NotPlainJson
from drt.oracles.variants import Policies

PROMISED: frozenset[ErrorKind] = frozenset(["overflow", "extension", "entity-missing"])
"""The only kinds of error that a valid policy may have (spec 08 §7)."""

LEVELS = (0, 1, 2, 3)
READ = Accepted()


@law(Compares.ENGINES)
def validators_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give the same verdict in each mode, with the same kinds of errors and the same warnings.

    The verdict is one on every policy, template and link.
    """
    loaded = all_loaded(case, engines, comparison)
    if loaded is None:
        return
    for question, mode in _MODES:
        verdicts = [one.ask(Validate(mode)) for one in loaded]
        comparison.compare(question, verdicts, asked=Validate(mode))
        comparison.events += _events(case, mode, verdicts)


_MODES: tuple[tuple[str, ValidationMode], ...] = (
    ("validation", "strict"),
    ("permissive validation", "permissive"),
)


def _events(case: Case, mode: str, verdicts: Sequence[Outcome]) -> Iterator[str]:
    """Countable facts of the first verdict that reports errors and warnings.

    `mode` is `strict`, `permissive`, or `level` for a verdict at a level.
    """
    judged = (
        verdict
        for verdict in verdicts
        if isinstance(verdict, Validated) and verdict.errors is not None and verdict.warnings is not None
    )
    verdict = next(judged, None)
    if verdict is None or verdict.errors is None or verdict.warnings is None:
        return
    yield from (f"validation error {kind}" for _, kind in verdict.errors)
    yield from (f"validation warning {warning[1]}" for warning in verdict.warnings)
    wrong = {policy for policy, _ in verdict.errors}
    links = {new_id for _, new_id, _ in case.links}
    templates = {template for template, _, _ in case.links}
    for policy in (warning[0] for warning in verdict.warnings if warning[1] == "no_applicable_action"):
        yield f"no applicable action: {'with errors' if policy in wrong else 'alone'}"
        if mode != "strict":
            yield f"no applicable action: {mode}"
        if policy in links:
            yield "no applicable action: link"
        elif policy in templates:
            yield "no applicable action: template"


def all_loaded(case: Case, engines: Sequence[Engine], comparison: Comparison) -> list[Session] | None:
    """Load the case in all engines; None, and compared, where some refuse it."""
    answers = [engine.load(case) for engine in engines]
    refusals = [answer if isinstance(answer, NotLoaded) else READ for answer in answers]
    comparison.compare("loading", refusals)
    loaded = [answer for answer in answers if not isinstance(answer, NotLoaded)]
    return loaded if len(loaded) == len(engines) else None


@law(Compares.ITSELF)
def permissive_accepts_what_strict_accepts(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """A policy that is valid in strict mode is valid in permissive mode (spec 08 §12)."""
    for engine, loaded in _loaded(case, engines, comparison):
        strict, permissive = loaded.ask(Validate("strict")), loaded.ask(Validate("permissive"))
        variants = [(f"{engine.name}, strict", strict), (f"{engine.name}, permissive", permissive)]
        comparison.hold("validation", variants, no_less)


def no_less(strict: Validated, permissive: Validated) -> bool:
    """Whether the second verdict accepts every policy that the first does."""
    return accepted(strict) <= accepted(permissive)


def accepted(verdict: Validated) -> set[str]:
    """Return the policies that a verdict accepts."""
    return {policy for policy, valid in verdict.policies if valid}


def promising(case: Case, verdict: Validated) -> set[str]:
    """List valid policies and the valid links of valid templates; no link is type-checked (spec 08 §1)."""
    valid = accepted(verdict)
    templates = {new_id: template for template, new_id, _ in case.links}
    if case.policies.format == "json":
        templates |= _links_in(case.policies.text)
    return {policy for policy in valid if templates.get(policy, policy) in valid}


def _links_in(policies: str) -> dict[str, str]:
    """Find the template of each link that policy JSON holds."""
    links = json.loads(members(policies).get("templateLinks", "[]"))
    return {link["newId"]: link["templateId"] for link in links}


def _loaded(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> Iterator[tuple[Engine, Session]]:
    """Each engine that can load the case."""
    for engine in engines:
        loaded = engine.load(case)
        if isinstance(loaded, NotLoaded):
            comparison.skip("case not read")
        else:
            yield engine, loaded


@law(Compares.ITSELF)
def validated_policies_keep_their_promise(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """A policy valid in either mode errs only by overflow, a missing entity or an extension (spec 08 §7).

    Entities conform to the schema and requests are checked, since the case is loaded with its schema.
    """
    for engine, loaded in _loaded(case, engines, comparison):
        strict, permissive = loaded.ask(Validate("strict")), loaded.ask(Validate("permissive"))
        if not isinstance(strict, Validated):
            comparison.skip("not validated")
            continue
        valid = promising(case, strict)
        valid |= promising(case, permissive) if isinstance(permissive, Validated) else set()
        for index, request in enumerate(case.requests):
            response = loaded.ask(Authorize(replace(request, validate=True)))
            hold_promise(comparison, engine.name, response, index, valid)


def hold_promise(comparison: Comparison, name: str, response: Outcome, index: int, valid: set[str]) -> None:
    """Hold the response to a request that was checked against what valid policies promise (spec 08 §7)."""
    if not isinstance(response, Authorized):
        comparison.skip("request not answered")
        return
    comparison.events += ["validated policy evaluated"] * len(valid)
    kept = tuple(each for each in response.erring if each[0] not in valid or each[1] in PROMISED)
    lawful = Authorized(response.decision, response.determining, kept)
    variants: list[tuple[str, Outcome]] = [(name, response), (f"{name}, as promised", lawful)]
    comparison.hold(f"request {index}", variants, request=index)


@law(Compares.DERIVED)
def levels_are_enough(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Verdicts at a level agree; and the policies valid at it get by with the slice of its depth (§9)."""
    loaded = all_loaded(case, engines, comparison)
    if loaded is None:
        return
    sliced = [_Sliced(engine, one, case) for engine, one in zip(engines, loaded, strict=True)]
    for level in LEVELS:
        verdicts = [one.ask(Validate("strict", level)) for one in loaded]
        comparison.compare(f"validation at level {level}", verdicts, asked=Validate("strict", level))
        comparison.events += _events(case, "level", verdicts)
        for one, verdict in zip(sliced, verdicts, strict=True):
            if isinstance(verdict, Validated) and (valid := promising(case, verdict)):
                one.hold(comparison, level, valid)


class _Sliced:
    """An engine's responses to a case on its store and on slices of it; each of them is loaded once.

    Both stores are documents of the engine's own writing and are read without the schema, since a slice has
    lost the parents between an entity and its ancestors.
    """

    def __init__(self, engine: Engine, session: Session, case: Case) -> None:
        self._engine, self._session, self._case = engine, session, case
        self._loaded: dict[Case, Session | NotLoaded] = {}

    def hold(self, comparison: Comparison, level: int, valid: set[str]) -> None:
        """Check that valid policies give the same response to a valid request on the store and its slice."""
        if self._stored is None or self._policies is None:
            comparison.skip("case not read")
            return
        source = self._policies.without(self._policies.ids() - valid).source()
        asked = Validate("strict", level)
        for index, request in enumerate(self._case.requests[:REQUESTS_SLICED]):
            if isinstance(self._session.ask(Authorize(replace(request, validate=True))), Rejected):
                comparison.skip("request not valid for the schema")
                continue
            try:
                part = slice_of(self._stored, request.text, level)
            except NotPlainJson:
                comparison.skip("not plain JSON")
                return
            responses = [self._response(Case(source, entities), request) for entities in (self._stored, part)]
            name = self._engine.name
            variants = [(name, responses[0]), (f"{name}, on the slice", responses[1])]
            comparison.hold(f"request {index} at level {level}", variants, _same_response, index, asked)

    @cached_property
    def _stored(self) -> str | None:
        stored = self._engine.ask(ReadEntities(self._case.entities, self._case.schema))
        return stored.canonical or None if isinstance(stored, Accepted) else None

    @cached_property
    def _policies(self) -> Policies | None:
        read = self._engine.ask(ReadPolicies(self._case.policies))
        try:
            return Policies.read(read.canonical, self._case) if isinstance(read, Accepted) else None
        except NotPlainJson:
            return None

    def _response(self, case: Case, request: Request) -> Outcome:
        if case not in self._loaded:
            self._loaded[case] = self._engine.load(case)
        loaded = self._loaded[case]
        return loaded if isinstance(loaded, NotLoaded) else loaded.ask(Authorize(request))


REQUESTS_SLICED = 4


def _same_response(whole: Authorized, part: Authorized) -> bool:
    """Decision, reasons and who errs; which of two errors comes first may depend on what is there."""
    return (whole.decision, whole.determining, [policy for policy, _ in whole.erring]) == (
        part.decision,
        part.determining,
        [policy for policy, _ in part.erring],
    )
