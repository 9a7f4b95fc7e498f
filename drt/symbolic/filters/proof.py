"""Proofs that a condition on the resource is what residual policies decide, in every store with its row.

Trusted: partial evaluation by the reference, the compiler of `drt.symbolic` and the solver. Nothing of the
engine that wrote the filter is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from drt.symbolic import inputs
from drt.symbolic.counterexample import to_value
from drt.symbolic.filters.stores import ResidualCompiler, RowStore, plain
from drt.symbolic.hierarchy import facts
from drt.symbolic.interpreter import Interpretation, values
from drt.symbolic.solver import LIMITS, Limits, Satisfiable, Unknown, Unsatisfiable, solve_apart
from drt.symbolic.sorts import EntitySort, SetSort
from drt.symbolic.strings import require_alphabet
from drt.symbolic.terms import Symbol, Term, and_, below, const, eq, not_, or_
from reference.desugar import core
from reference.partial.response import PartialResponse, ResidualPolicy
from reference.partial.store import PartialEntities
from reference.partial.values import value_expression
from reference.policies import Anything, Body, Clause
from reference.support.recursion import deep_recursion
from reference.syntax import Expr
from reference.text.expression_printer import print_expression
from reference.validation.environments import Environment
from reference.values import EntityUid


@dataclass(frozen=True, slots=True)
class Proved:
    """The condition never errs, and is true exactly where the policies allow; `how` names the proof."""

    how: str


@dataclass(frozen=True, slots=True)
class Refuted:
    """The condition differs from the policies; `facts` describe a store in which it does."""

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """The solver gave up; `reason` names the limit."""

    reason: str


Verdict = Proved | Refuted | Undecided


def prove(
    condition: Expr,
    response: PartialResponse,
    integer_keys: Collection[str] = (),
    limits: Limits = LIMITS,
) -> Verdict:
    """Prove that a condition is what residual policies decide; raises `Refused`.

    References to the types of `integer_keys` are integers, so that no other id is referred to.
    """
    request, schema = response.request, response.schema
    store = RowStore(schema)
    environment = Environment(
        request.principal.type, request.action, request.resource.type, schema.actions[request.action].context
    )
    compiler = ResidualCompiler(store, environment)
    body = Body("permit", (), Anything(), Anything(), Anything(), (Clause("when", condition),))
    inputs.require_valid("the filter", body, schema, environment)
    with deep_recursion():
        found = compiler.condition("permit", core(condition))
        footprint = set(found.footprint)
        allowed = _allowed(compiler, response.policies, footprint)
        wrong = or_(found.failure.any, not_(eq(found.matches, allowed)))
        resource = compiler.variable("resource")
        assumed = [store.exists(resource), *known_ancestors(footprint, store, response.entities)]
        assumed += [*facts(footprint, store), *integers(footprint, integer_keys)]
        assertions = [wrong, *assumed]
        require_alphabet(assertions)
        match solve_apart(assertions, store.members, replace(limits, smallest=True)):
            case Unsatisfiable(how):
                return Proved(how)
            case Satisfiable(interpretation, _):
                return Refuted(tuple(sorted(_shown(assertions, interpretation, found.matches, allowed))))
            case Unknown(reason):
                return Undecided(reason)


def _allowed(
    compiler: ResidualCompiler, policies: Mapping[str, ResidualPolicy], footprint: set[Term]
) -> Term:
    """Return whether some permit is true and no forbid is; one that errs is neither (spec 04 §3)."""
    true: dict[str, list[Term]] = {"permit": [], "forbid": []}
    for policy in policies.values():
        outcome, terms = compiler.residual(policy.residual)
        footprint |= terms
        true[policy.effect].append(and_(not_(outcome.failure.any), outcome.value))
    return and_(or_(*true["permit"]), not_(or_(*true["forbid"])))


def known_ancestors(
    footprint: Collection[Term], store: RowStore, entities: PartialEntities
) -> Iterator[Term]:
    """State what is known of the entities that are mentioned: they exist, and have these ancestors."""
    for term in footprint:
        uid = term.payload
        if not isinstance(uid, EntityUid) or uid not in entities.by_uid or uid.type in store.action_types:
            continue
        yield store.exists(term)
        ancestors = entities.ancestors(uid)
        if ancestors is not None:
            for name in store.ancestor_types(uid.type):
                of_type = frozenset(one for one in ancestors if one.type == name)
                yield eq(store.ancestors(term, name), const(SetSort(EntitySort(name)), plain_set(of_type)))


def plain_set(uids: frozenset[EntityUid]) -> frozenset[object]:
    """Return uids as a set of constants."""
    return frozenset(plain(uid) for uid in uids)


def integers(footprint: Collection[Term], integer_keys: Collection[str]) -> Iterator[Term]:
    """State that no reference to a type with integer keys has another id than an integer's own spelling."""
    mentioned = [term for term in footprint if isinstance(term.payload, EntityUid)]
    for odd in mentioned:
        assert isinstance(odd.payload, EntityUid)
        if odd.payload.type in integer_keys and not is_integer(odd.payload.id):
            yield from (
                not_(eq(term, odd)) for term in footprint if term.sort == odd.sort and term.op != "const"
            )


def is_integer(text: str) -> bool:
    """Return whether a text is the spelling of a 64-bit integer that a database gives back."""
    try:
        return text.isascii() and len(text) <= 20 and str(int(text)) == text and -(2**63) <= int(text) < 2**63
    except ValueError:
        return False


def _shown(assertions: list[Term], found: Interpretation, *sides: Term) -> Iterator[str]:
    """Describe a store by what its entities have, as far as it matters."""
    held = values([*assertions, *sides], found)
    condition, allowed = (held[side] for side in sides)
    yield f"  the filter says {str(condition).lower()}, the policies {str(allowed).lower()}"
    for term in below(assertions):
        if term.op == "apply" and isinstance(term.payload, Symbol):
            arguments = [_written(argument, held[argument]) for argument in term.args]
            yield f"{_fact(term.payload, arguments)} = {_written(term, held[term])}"


def _fact(symbol: Symbol, arguments: Sequence[str]) -> str:
    match symbol.kind, arguments:
        case "exists", [entity]:
            return f"{entity} exists"
        case "ancestors", [entity]:
            return f"{entity}, ancestors of type {symbol.ancestor}"
        case "has-tag" | "tag", [entity, tag]:
            has = symbol.presence or symbol.kind == "has-tag"
            return f"{entity}.{'hasTag' if has else 'getTag'}({tag})"
        case "attribute", [entity]:
            *path, last = symbol.path
            return (
                f"{'.'.join((entity, *path))} has {last}"
                if symbol.presence
                else ".".join((entity, *symbol.path))
            )
        case _:
            return ".".join((symbol.owner, *symbol.path))


def _written(term: Term, value: object) -> str:
    return print_expression(value_expression(to_value(term.sort, value)))
