"""The only notion of "same bug".

Owns two keys. The signature names a bucket: the classes of the engines' answers, and the language
features that are left in the reduced case. The coarse key, without the features, keeps a reduction on the
bug that it started from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import get_args

from drt.diagnosis import Located
from drt.diagnosis.features import case_features, policy_count
from drt.diagnosis.located import PolicyStatus
from drt.diagnosis.rule import Aspect, Form, Rule
from drt.model.case import Case
from drt.model.divergence import Checked, Divergence
from drt.model.outcome import (
    Authorized,
    Crashed,
    ErrorKind,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Rejected,
    Unwritable,
    Validated,
)
from drt.oracles.agreement import engines_agree
from drt.oracles.law import Compares
from drt.oracles.table import LAWS
from drt.scan.vocabulary import EXTENSION_METHODS, FUNCTIONS

ANSWER = "answer"
AND = " and "
LOADING = "loading"
"""The question that precedes every law: what engines make of the case itself."""

ERROR_KINDS = frozenset(get_args(ErrorKind))
FEATURES_SHOWN = 12

HANGING_SECONDS = 0.3
"""Seconds for a candidate while a hang is reduced: every interesting one costs all of them."""


def signature(divergence: Divergence, case: Case, located: Located | None = None) -> str:
    """Name the bucket of a divergence on a reduced case.

    A crash is known by the engine's own frames. A divergence that has been located is known by the rule and
    what each engine makes of it; any other by the law, the outcome classes and the features left. Ids,
    literals, the direction of a difference in value and the law that engines agree are not part of it.
    """
    if divergence.kind == "crash":
        return f"crash: {_classes(_crashes(divergence))}"
    if located is not None:
        return _located_signature(divergence, located, case)
    law = "" if divergence.law == engines_agree.name else f"{divergence.law}: "
    features = case_features(case)
    shown = list(features[:FEATURES_SHOWN])
    if len(features) > FEATURES_SHOWN:
        shown.append(f"+{len(features) - FEATURES_SHOWN}")
    return f"{law}{_difference(divergence, case)} | {', '.join(shown) or 'no features'}"


DESUGARED = {"`>`": "`<=`", "`>=`": "`<`", "`!=`": "`==`"}
"""Operators that the language defines by another (spec 01 §5)."""

ARITHMETIC = frozenset(map(Rule, ("`+`", "`-`", "`*`", Form.NEGATION)))
MEMBERSHIP = Rule("`in`")


def _desugared(rule: Rule) -> Rule:
    if rule.aspect is not Aspect.ITSELF:
        return rule
    return Rule(DESUGARED.get(rule.subject, rule.subject))


def _located_signature(divergence: Divergence, located: Located, case: Case) -> str:
    """Combine the rule and the engines' answers; an error that an operand already had is not the rule's."""
    rule = _desugared(located.identity)
    match located.kind:
        case "authorizer":
            return f"{_authorizer_difference(divergence)} at the authorizer | {_statuses(located.statuses)}"
        case "typing" if rule.aspect is Aspect.LEVEL:
            return "verdicts differ at a level"
        case "typing":
            return f"verdicts differ at typing {_disputed_kind(divergence) or _typing_row(rule)}"
        case "reading":
            readers = Divergence(engines_agree.name, divergence.kind, located.place, located.answers)
            read = divergence if located.answers == divergence.answers else readers
            return f"{_reading_difference(read, located.place)} at {_one_function(rule)}"
    operands = {outcome for _, answers in located.operands for _, outcome in answers}
    if _checks_kinds_first(located, operands):
        return (
            f"{_classes(sorted((name, _rule_class(one, operands)) for name, one in located.answers))} first"
        )
    classes = sorted((name, _rule_class(answer, operands)) for name, answer in located.answers)
    name = "arithmetic" if rule in ARITHMETIC and "overflow" in dict(classes).values() else str(rule)
    answered = "answers differ" if _only_answers(classes) else _classes(classes)
    several_kinds = answered == "answers differ" and rule not in EXTENSION_FUNCTIONS
    kinds = [_kind_of(answers) for _, answers in located.operands] if several_kinds else []
    above = _hierarchy(case) if rule == MEMBERSHIP else []
    beside = ", ".join([*sorted(set(filter(None, kinds))), *above])
    return f"{answered} at {name}{f' of {beside}' if beside else ''}"


EXTENSION_FUNCTIONS = frozenset(Rule(f"`{name}`") for name in FUNCTIONS | EXTENSION_METHODS)
"""Their operands are of one kind each; called in an expression or in a document, they are the same."""

CONSTRUCTORS = frozenset(Rule(f"`{name}`") for name in FUNCTIONS)


def _typing_row(rule: Rule) -> str:
    """Name the row of the type checker: one for arithmetic, one for the constructors of extension types."""
    if rule in ARITHMETIC:
        return "arithmetic"
    return "a constructor of an extension type" if rule in CONSTRUCTORS else str(rule)


SCOPES = {
    "no_applicable_action": "a scope that no action fits",
    "invalid_enum_entity": "an id outside its enumeration",
    "unrecognized_entity_type": "an entity type that is not declared",
    "unrecognized_action": "an action that is not declared",
}
"""Kinds of errors and warnings that name the rule at issue better than the place where it shows."""


def _disputed_kind(divergence: Divergence) -> str | None:
    """Name the rule by the only error or the warning that one engine reports and another does not."""
    verdicts = [answer for _, answer in divergence.answers if isinstance(answer, Validated)]
    if len({verdict.valid for verdict in verdicts}) < 2:
        return None
    errors = {kind for verdict in verdicts for _, kind in verdict.errors or ()}
    warnings = {warning[1] for verdict in verdicts if verdict.valid for warning in verdict.warnings or ()}
    if errors:
        return SCOPES.get(next(iter(errors))) if len(errors) == 1 else None
    return next((words for kind, words in SCOPES.items() if kind in warnings), None)


def _one_function(rule: Rule) -> str:
    """Name a function alike whether it is called or read."""
    called = Rule(rule.subject)
    return str(called if rule.aspect is Aspect.READING and called in EXTENSION_FUNCTIONS else rule)


def _statuses(statuses: Collection[PolicyStatus]) -> str:
    """List the policies by status and effect, whatever the errors are."""
    met = {f"{'erring' if status in ERROR_KINDS else status} {effect}" for status, effect in statuses}
    return ", ".join(sorted(met)) or "no policies"


VALUE_KINDS = {
    "true": "bool", "false": "bool", '"': "string", "[": "set", "{": "record", "decimal(": "decimal",
    "ip(": "ipaddr", "datetime(": "datetime", "duration(": "duration",
}  # fmt: skip
"""Kinds of values by the start of their canonical text (`drt.model.outcome`), numbers and uids apart."""


def _kind_of(answers: Sequence[tuple[str, Outcome]]) -> str | None:
    """Find the kind of the value on which the engines agree for an operand."""
    value = next((outcome.value for _, outcome in answers if isinstance(outcome, Evaluated)), None)
    if value is None:
        return None
    if value.lstrip("-").isdigit():
        return "long"
    return next((kind for start, kind in VALUE_KINDS.items() if value.startswith(start)), "entity")


def _hierarchy(case: Case) -> list[str]:
    """List what is left of the hierarchy that membership depends on."""
    return [feature for feature in case_features(case) if feature in ("entity parents", "two parents")]


def _reading_difference(divergence: Divergence, part: str) -> str:
    """Name a difference in reading a part: between engines it is just that, whichever text it shows in.

    An engine that refuses another part has accepted this one.
    """
    law = LAWS.get(divergence.law)
    if divergence.question == LOADING or (law is not None and law.compares is Compares.ENGINES):
        answers = outcome_classes(divergence)
        parts = {f"rejected {one.part}" for _, one in divergence.answers if isinstance(one, Rejected)}
        others = parts - {f"rejected {part}"} if len(parts) > 1 else set()
        classes = [
            (name, "accepted" if found in others else found.partition(" ")[0]) for name, found in answers
        ]
        return "answers differ" if _only_answers(classes) else _classes(classes)
    refused = any(isinstance(answer, Rejected) for _, answer in divergence.answers)
    return f"{divergence.law}, refused" if refused else divergence.law


def _checks_kinds_first(located: Located, operands: Collection[Outcome]) -> bool:
    """Whether one engine reports an operand's error where another checks the kind of an operand first."""
    failures = [answer for _, answer in located.answers if isinstance(answer, Failed)]
    kinds = {"an operand's error" if one in operands else one.kind for one in failures}
    return len(failures) == len(located.answers) and kinds == {"an operand's error", "type"}


def _rule_class(answer: Outcome, operands: Collection[Outcome]) -> str:
    if isinstance(answer, Failed) and answer in operands:
        return "an operand's error"
    return _class(answer, set())


def _authorizer_difference(divergence: Divergence) -> str:
    responses = [(name, answer) for name, answer in divergence.answers if isinstance(answer, Authorized)]
    if divergence.kind == "decision":
        return _classes(sorted((name, answer.decision) for name, answer in responses))
    return divergence.kind


def coarse_key(divergence: Divergence) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Pair the law with each engine's outcome classes (several where an answer holds several errors)."""
    if divergence.kind == "crash":
        return divergence.law, tuple((name, (found,)) for name, found in _crashes(divergence))
    classes = outcome_classes(divergence)
    return divergence.law, tuple((name, tuple(found.split(AND))) for name, found in classes)


def alike(divergence: Divergence) -> Callable[[Divergence], bool]:
    """Make a predicate for divergences: the other is like this one.

    The law stays and each engine stays in its classes, but for errors: an answer that held several may lose
    some of them, and where an error only hid a difference in value it may lose all.
    """
    law, wanted = coarse_key(divergence)

    def is_alike(found: Divergence) -> bool:
        its_law, its_classes = coarse_key(found)
        return (
            its_law == law
            and len(its_classes) == len(wanted)
            and all(
                name == its_name and (set(classes) <= set(allowed) or _lost_errors(allowed, classes))
                for (name, allowed), (its_name, classes) in zip(wanted, its_classes, strict=True)
            )
        )

    return is_alike


def _lost_errors(before: Sequence[str], after: Sequence[str]) -> bool:
    return list(after) == [ANSWER] and ERROR_KINDS.issuperset(before)


def outcome_classes(divergence: Divergence) -> tuple[tuple[str, str], ...]:
    """Pair each engine's name with the class of its answer, sorted by name.

    A value is a value whichever it is; a response differs from another by the kinds of errors that the
    engines do not share. Beside an engine that rejects, a document that was read but cannot be written counts
    as accepted.
    """
    responses = [answer for _, answer in divergence.answers if isinstance(answer, Authorized)]
    shared = (
        set(responses[0].erring).intersection(*(answer.erring for answer in responses))
        if responses
        else set()
    )
    verdicts = [set(answer.policies) for _, answer in divergence.answers if isinstance(answer, Validated)]
    if len(verdicts) == len(divergence.answers) and all(verdicts):
        pairs = [pair for verdict in verdicts for pair in verdict]
        disputed = {pair for pair in pairs if pairs.count(pair) < len(verdicts)}
        return tuple(sorted((name, _verdict_class(answer, disputed)) for name, answer in divergence.answers))
    rejected = any(isinstance(answer, Rejected) for _, answer in divergence.answers)
    return tuple(
        (name, "accepted" if rejected and isinstance(answer, Unwritable) else _class(answer, shared))
        for name, answer in sorted(divergence.answers, key=itemgetter(0))
    )


def _verdict_class(answer: Outcome, disputed: Collection[tuple[str, bool]]) -> str:
    """Classify the answer by the policies on which the verdicts differ."""
    assert isinstance(answer, Validated)
    found = {valid for policy, valid in answer.policies if (policy, valid) in disputed} or {answer.valid}
    return AND.join(sorted("valid" if valid else "invalid" for valid in found))


def _class(answer: Outcome, shared: set[tuple[str, ErrorKind]]) -> str:
    match answer:
        case Authorized(_, _, erring):
            kinds = sorted({kind for policy, kind in erring if (policy, kind) not in shared})
            return AND.join(kinds) or ANSWER
        case Evaluated():
            return ANSWER
        case Failed(kind):
            return kind
        case Rejected(part):
            return f"rejected {part}"
        case ExceededBudget(resource):
            return f"out of {resource}"
        case Crashed(error, where):
            return f"{error} at {' > '.join(where)}" if where else error
        case Validated(valid):
            return "valid" if valid else "invalid"
        case _:
            return type(answer).__name__.lower()


def _difference(divergence: Divergence, case: Case) -> str:
    """Name the outcome classes, or, where they are the same, what differs.

    With one policy a wrong decision is a wrong value of that policy. Only where there is none or several is
    it the authorizer's, and then the decisions say more.
    """
    classes = outcome_classes(divergence)
    if not _only_answers(classes):
        return _classes(classes)
    responses = [(name, answer) for name, answer in divergence.answers if isinstance(answer, Authorized)]
    if not responses or policy_count(case) == 1:
        return divergence.kind if divergence.kind == "document" else "answers differ"
    if divergence.kind == "decision":
        return _classes(sorted((name, answer.decision) for name, answer in responses))
    return divergence.kind


def _only_answers(classes: Sequence[tuple[str, str]]) -> bool:
    return len({found for _, found in classes}) == 1


def _crashes(divergence: Divergence) -> Sequence[tuple[str, str]]:
    return sorted(
        (name, _class(answer, set())) for name, answer in divergence.answers if isinstance(answer, Crashed)
    )


def _classes(classes: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {found}" for name, found in classes)


def key_text(divergence: Divergence) -> str:
    """Write the coarse key as a text."""
    return repr(coarse_key(divergence))


def first_alike(divergence: Divergence, checked: Checked) -> Divergence | None:
    """Find the first divergence that is the same bug as the given one, on whatever case it was seen."""
    return next(filter(alike(divergence), checked.divergences), None)
