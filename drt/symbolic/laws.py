"""Laws of the analyser: terms against engines, encodings against terms, generated code against its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from drt.model.case import Case, Request, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import (
    Authorized,
    Decision,
    ErrorKind,
    Evaluated,
    Failed,
    Outcome,
    authorized,
)
from drt.model.question import Authorize
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.symbolic import inputs
from drt.symbolic.compiler import Compiled, Compiler
from drt.symbolic.confirm import Side, policies_text
from drt.symbolic.counterexample import Counterexample, concretize
from drt.symbolic.interpreter import Interpretation, values
from drt.symbolic.problems import Refused
from drt.symbolic.sampling import Sampler, constants_of
from drt.symbolic.solver import Attempt, Limits, Satisfiable, Unknown, solve
from drt.symbolic.store import Store
from drt.symbolic.strings import require_alphabet
from drt.symbolic.terms import Symbol, Term, below, const, eq, not_, or_
from drt.symbolic.translation import Equal, Translation, Unproved
from production.errors import ERROR_KINDS, FIRST_ERROR
from production.errors import TRUE as SATISFIED
from reference.schema.schema import Schema
from reference.validation.environments import Environment

ENVIRONMENTS, SAMPLES = 3, 3
"""Per case: request environments, and inputs for each of them."""

LIMITS = Limits((Attempt("bit-vectors", 1500),))


@law(Compares.DERIVED)
def terms_mean_what_engines_do(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """The terms of valid policies give the responses that engines give, and Z3 gives the terms' values.

    The inputs are drawn for the policies: they conform to the schema, and every entity is there.
    """
    read = _read(case, comparison)
    if read is None:
        return
    schema, side = read
    random = Random(case.policies.text)
    store = Store(schema)
    for environment in _some_environments(schema, random):
        compiled = _valid(store, side, environment)
        if not compiled:
            continue
        roots = [
            term
            for one in compiled.values()
            for term in (one.failure.any, one.failure.extension, one.matches)
        ]
        sampler = Sampler(store, environment, constants_of(roots), random)
        for _ in range(SAMPLES):
            found = sampler.sample()
            _compare_responses(
                case, engines, comparison, side, compiled, concretize(found, store, environment), found
            )
            _compare_encodings(comparison, roots, found)


@law(Compares.ITSELF)
def generated_code_is_equal_to_its_source(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """What production runs for a valid policy has the status of its source, for all inputs."""
    read = _read(case, comparison)
    if read is None or case.schema is None:
        return
    schema, side = read
    translation = Translation(case.schema, LIMITS)
    for environment in _some_environments(schema, Random(case.policies.text)):
        for found in translation.validate_in(side, environment):
            match found:
                case Equal():
                    comparison.comparisons += 1
                    comparison.events.append("translation proved")
                case Unproved(_, reason):
                    comparison.skip(f"translation: {reason}")
                case _:
                    answers = [
                        ("reference", _outcome(found.expected)),
                        (f"production, {found.way}", _outcome(found.got)),
                    ]
                    comparison.hold(f"translation of {found.policy}", answers)


def _read(case: Case, comparison: Comparison) -> tuple[Schema, Side] | None:
    """Read a case's schema and policies; one that has none, or that is refused, has nothing to compare."""
    if case.schema is None or case.fragments or case.links:
        comparison.skip("no single schema, or links")
        return None
    try:
        schema = inputs.schema_of(case.schema)
        inputs.require_complete(schema)
        return schema, inputs.policies_of(case.policies).plain()
    except Refused as refused:
        comparison.skip(f"refused: {refused.kind}")
        return None


def _some_environments(schema: Schema, random: Random) -> Sequence[Environment]:
    found = list(inputs.environments_of(schema))
    return random.sample(found, min(ENVIRONMENTS, len(found)))


def _valid(store: Store, side: Side, environment: Environment) -> dict[str, Compiled]:
    """Compile the policies that are valid in an environment."""
    compiler = Compiler(store, environment)
    return {
        name: compiler.policy(body)
        for name, body in side.items()
        if inputs.problem_of(body, store.schema, environment) is None
    }


def _compare_responses(
    case: Case,
    engines: Sequence[Engine],
    comparison: Comparison,
    side: Side,
    compiled: Mapping[str, Compiled],
    shown: Counterexample,
    found: Interpretation,
) -> None:
    valid = {name: side[name] for name in compiled}
    renamed = {f"policy{number}": one for number, one in enumerate(compiled.values())}
    derived = Case(Source(policies_text(valid)), shown.entities_json(), case.schema)
    inner = Comparison(comparison.law, engines)
    inner.names = (*inner.names, "symbolic")
    answers: list[Outcome] = []
    for engine in engines:
        loaded = engine.load(derived)
        answers.append(
            loaded if isinstance(loaded, NotLoaded) else loaded.ask(Authorize(Request(shown.request_json())))
        )
    inner.compare("drawn input", [*answers, predicted(renamed, found)])
    comparison.add(inner)


def predicted(compiled: Mapping[str, Compiled], found: Interpretation) -> Authorized:
    """Return the response that the terms give (spec 04)."""
    held = values(
        [term for one in compiled.values() for term in (one.failure.any, one.failure.extension, one.matches)],
        found,
    )
    erring: dict[str, ErrorKind] = {
        name: "extension" if held[one.failure.extension] else "overflow"
        for name, one in compiled.items()
        if held[one.failure.any]
    }
    matching = {name for name, one in compiled.items() if held[one.matches]}
    forbids = {name for name in matching if compiled[name].effect == "forbid"}
    permits = matching - forbids
    decision: Decision = "allow" if permits and not forbids else "deny"
    return authorized(decision, forbids or permits, erring)


def _compare_encodings(comparison: Comparison, roots: Sequence[Term], found: Interpretation) -> None:
    """Check that Z3 gives every term the value that the interpreter gives it."""
    try:
        require_alphabet(roots)
    except Refused as refused:
        comparison.skip(f"encoding: {refused.kind}")
        return
    held = values(roots, found)
    wrong = or_(*(not_(eq(term, const(term.sort, held[term]))) for term in roots))
    answer: object
    try:
        answer = solve([*pinned(roots, found), wrong], found.members, LIMITS)
    except Refused as refused:  # a model in which the interpreter finds something false
        answer = refused
    match answer:
        case Unknown(reason):
            comparison.skip(f"encoding: {reason}")
        case Satisfiable() | Refused():
            answers = [("symbolic, interpreted", Evaluated("same")), ("symbolic, Z3", Evaluated("another"))]
            comparison.hold("encoding", answers)
        case _:
            comparison.comparisons += 1


def pinned(roots: Sequence[Term], found: Interpretation) -> Iterator[Term]:
    """State the value of every function at every argument that terms mention."""
    held = values(roots, found)
    for term in below(roots):
        if isinstance(term.payload, Symbol):
            yield eq(term, const(term.sort, held[term]))
            yield from (eq(arg, const(arg.sort, held[arg])) for arg in term.args)


def _outcome(status: int) -> Outcome:
    if status >= FIRST_ERROR:
        return Failed(ERROR_KINDS[status - FIRST_ERROR])
    return Evaluated("true" if status == SATISFIED else "false")
