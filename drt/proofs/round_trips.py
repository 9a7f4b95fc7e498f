"""What either engine writes of a policy, both read as the same: every form in every operand of every form.

Owns the syntax trees: each form over leaves of every kind, each form in each place of another, scopes, annotations
and clauses. Both read what both write, as text and as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Literal

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.policy_set import PolicySet
from reference.json.policies import parse_policy_set
from reference.json.policy_writer import policy_set_to_json
from reference.json.writer import write_json
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Clause,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
    slots,
)
from reference.policy_set import PolicySet as Policies
from reference.policy_set import from_bodies
from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    RecordOf,
    SetOf,
    Slot,
    Star,
    Unary,
    UnaryOp,
    Var,
)
from reference.text.parser import parse_policies
from reference.text.printer import print_policies_and_templates
from reference.values import FALSE, TRUE, EntityUid, Long, String, Value

STRANGE = "a\"'\\\n\r\t\0*\x7f\u00e9\u200b\U0001f600 }//"
UIDS = EntityUid("U", "a"), EntityUid("N::M::U", STRANGE), EntityUid("if_", "")
VALUES: tuple[Value, ...] = (
    TRUE, FALSE, Long(0), Long(7), Long(-7), Long(2**63 - 1), Long(-(2**63)), String(""), String(STRANGE), *UIDS,
)  # fmt: skip
LEAVES: tuple[Expr, ...] = (
    Var("principal"), Var("action"), Var("resource"), Var("context"),
    *(Lit(each) for each in VALUES),
)  # fmt: skip
ATTRIBUTES = ("a", "if", "has", "_", "", "a b", STRANGE, "__entity", "principal", "isEmpty")
PATTERNS = (
    (),
    (Star(),),
    (Star(), Star()),
    ("*",),
    ("\\", "*", Star(), '"', "\0", "\u00e9"),
    (*tuple("a*b"), Star()),
)


def _call(function: str) -> Callable[..., Expr]:
    return lambda *arguments: Call(function, arguments)


Form = tuple[int, Callable[..., Expr]]
"""A number of operands, and what makes a tree of them."""

SYNTAX: tuple[Form, ...] = (
    (3, If), (2, And), (2, Or), *((1, lambda x, op=op: Unary(op, x)) for op in ("!", "neg")),
    *((2, lambda x, y, op=op: Binary(op, x, y)) for op in ("==", "<", "+", "-", "*", "in", "!=", "contains")),
    (1, lambda x: Like(x, (Star(), "a"))), (1, lambda x: Is(x, "U")), (2, lambda x, y: IsIn(x, "N::U", y)),
    (1, lambda x: HasAttr(x, "a")), (1, lambda x: HasPath(x, ("a", "b"))), (1, lambda x: GetAttr(x, "a")), (1, lambda x: GetAttr(x, STRANGE)),
    (2, lambda x, y: SetOf((x, y))), (2, lambda x, y: RecordOf((("", x), (STRANGE, y)))), (1, _call("ip")), (2, _call("isInRange")),
)  # fmt: skip
"""A form of each kind: each is put into each place of each."""

OTHERS: tuple[Form, ...] = (
    (1, lambda x: Unary("isEmpty", x)),
    *((2, lambda x, y, op=op: Binary(op, x, y)) for op in ("<=", ">", ">=", "containsAll", "containsAny", "hasTag", "getTag")),
    *((1, lambda x, pattern=each: Like(x, pattern)) for each in PATTERNS), (1, lambda x: Is(x, "N::M::U")),
    *((1, lambda x, name=each: HasAttr(x, name)) for each in ATTRIBUTES), *((1, lambda x, name=each: GetAttr(x, name)) for each in ATTRIBUTES),
    (1, lambda x: HasPath(x, ("a", "b", "c"))), (0, lambda: SetOf(())), (1, lambda x: SetOf((x,))), (0, lambda: RecordOf(())),
    *((1, _call(each)) for each in ("decimal", "datetime", "duration", "isIpv4", "toDate")), *((2, _call(each)) for each in ("lessThan", "offset")),
)  # fmt: skip
"""Forms that differ from those in a name or a pattern: each is put over leaves."""


SIGNS: tuple[UnaryOp, ...] = ("!", "neg")
SIGNED: tuple[Expr, ...] = (Var("context"), Lit(Long(7)), Lit(Long(-7)), Unary("!", Var("action")))


def trees() -> Iterator[Expr]:
    """Yield every form over leaves, each leaf in each place of each kind of form, and each kind in each place of each."""
    yield from LEAVES
    for arity, form in OTHERS:
        yield form(*[Var("context")] * arity)
    for op, signs, leaf in product(SIGNS, range(2, 7), SIGNED):
        yield _signed(op, signs, leaf)
    inner = [form(*[Var("context")] * arity) for arity, form in SYNTAX]
    for arity, form in SYNTAX:
        for place, each in product(range(arity), (*LEAVES, *inner)):
            yield _filled(form, arity, place, each)


def _signed(op: UnaryOp, signs: int, operand: Expr) -> Expr:
    for _ in range(signs):
        operand = Unary(op, operand)
    return operand


def _filled(form: Callable[..., Expr], arity: int, place: int, one: Expr) -> Expr:
    operands: list[Expr] = [Var("resource")] * arity
    operands[place] = one
    return form(*operands)


def _scopes(variable: str) -> Iterator[ScopeConstraint]:
    yield from (Anything(), OfType("U"), OfType("N::M::U"))
    targets: list[EntityUid | Slot] = [*UIDS, Slot("?principal" if variable == "principal" else "?resource")]
    for target in targets:
        yield from (Equals(target), Within(target), OfTypeWithin("N::U", target))


ACTIONS: tuple[ActionConstraint, ...] = (
    Anything(), *map(ActionEquals, (EntityUid("Action", "x"), EntityUid("N::Action", STRANGE))),
    *(ActionIn(each) for each in ((), (EntityUid("Action", "x"),), (EntityUid("Action", "x"), EntityUid("N::Action", "y"), EntityUid("Action", "x")))),
)  # fmt: skip
ANNOTATIONS = ((), (("id", "x"),), (("a", "y"), ("b", STRANGE), ("if", "")))


def bodies() -> Iterator[Body]:
    """Yield a policy per tree, and policies and templates of all scopes, annotations and clauses."""
    for tree in trees():
        yield Body("permit", (), Anything(), Anything(), Anything(), (Clause("when", tree),))
    for principal, action in product(_scopes("principal"), ACTIONS):
        yield Body("forbid", (), principal, action, Anything(), ())
    for resource, noted in product(_scopes("resource"), ANNOTATIONS):
        yield Body("permit", noted, Anything(), Anything(), resource, ())
    kinds: tuple[Literal["when", "unless"], ...] = ("when", "unless")
    for both in product(kinds, repeat=2):
        clauses = tuple(Clause(kind, Var("context")) for kind in both)
        yield Body("permit", (), Anything(), Anything(), Anything(), clauses)


Way = Callable[[Policies], Policies]


def _read_again(policies: PolicySet) -> Policies:
    """Read in the reference what production holds, by its JSON."""
    return parse_policy_set(policies.to_json())


WAYS: tuple[tuple[str, Way], ...] = (
    ("the reference's text, read by the reference", lambda held: from_bodies(parse_policies(print_policies_and_templates(held)))),
    ("the reference's JSON, read by the reference", lambda held: parse_policy_set(write_json(policy_set_to_json(held)))),
    ("the reference's text, read by production", lambda held: _read_again(PolicySet.from_text(print_policies_and_templates(held)))),
    ("production's JSON", lambda held: _read_again(_production(held))),
    ("production's text, read by the reference", lambda held: from_bodies(parse_policies(_production(held).to_text(templates=True)))),
    ("production's text, read by production", lambda held: _read_again(PolicySet.from_text(_production(held).to_text(templates=True)))),
)  # fmt: skip


def _production(held: Policies) -> PolicySet:
    return PolicySet.from_json(write_json(policy_set_to_json(held)))


def _wrong() -> Iterator[str]:
    every = list(bodies())
    kinds = [body for body in every if not any(slots(body))], [body for body in every if any(slots(body))]
    for (way, read), held in product(WAYS, kinds):
        for body in _changed(held, read):
            yield f"{way}: it is another policy, or none, than {write_json(policy_set_to_json(from_bodies([body])))}"


def _changed(every: Sequence[Body], read: Way) -> Iterator[Body]:
    """Yield the policies that are read otherwise; sets are halved to find one that cannot be read."""
    held = from_bodies(every)
    try:
        again = read(held)
    except Exception:  # whatever goes wrong with many goes wrong with one of them
        again = Policies()
    if (again.static, again.templates) == (held.static, held.templates):
        return
    if len(every) == 1:
        yield every[0]
        return
    middle = len(every) // 2
    yield from _changed(every[:middle], read)
    yield from _changed(every[middle:], read)


def _goals() -> Sequence[Goal]:
    return (tried("every tree", _wrong()),)


TEXT, OUR_TEXT = "production.text.printer", "reference.text.expression_printer"
THEOREMS = (
    Theorem(
        "Policies are read as they were written",
        "Every form over every kind of leaf, every kind of form in each place of each, every scope, annotation and clause:"
        " what either engine writes as text or JSON, both read as the same policy.",
        "ours: spec 06 §4",
        "B",
        _goals,
        (
            Defect("the right side of a difference is not put in parentheses", OUR_TEXT, "at(Level(level + 1), right)", "at(level, right)"),
            Defect(
                "production's are not either", TEXT,
                'f" {op} ", (right, level + 1)]', 'f" {op} ", (right, level)]',
            ),
            Defect("a minus joins a number", OUR_TEXT, 'not (number and sign == "-")', "True"),
            Defect("a star of a pattern is written as a wildcard", "reference.json.policy_writer", '"Wildcard" if isinstance(element, Star) else', '"Wildcard" if isinstance(element, Star) or element == "*" else'),
        ),
        "trees nest without end; the targets `trees`, `print-trees` and `trees-json` draw deeper ones",
        (
            "reference.text.expression_printer._rule", "reference.text.expression_printer._test", "reference.text.expression_printer._literal",
            "reference.text.expression_printer._binary", "reference.text.expression_printer._prefixed", "reference.text.expression_printer._call",
            "reference.text.printer.print_body", "reference.text.printer._annotation", "reference.text.printer._scope",
            "reference.text.printer._action", "reference.text.printer._target", "reference.text.printer._clause",
            "reference.json.policy_writer.body_to_json", "reference.json.policy_writer._scope", "reference.json.policy_writer._target",
            "reference.json.policy_writer._action", "reference.json.policy_writer._rule", "reference.json.policy_writer._test",
            "reference.json.policy_writer._binary", "reference.json.policy_writer._pattern",
            "production.text.printer._level", "production.text.printer._parts", "production.text.printer._constant",
            "production.text.printer._listed", "production.text.printer._binary", "production.text.printer._prefixed",
            "production.text.printer._scope_text", "production.text.printer._action_text", "production.text.printer.policy_text",
            "production.documents.policy_json_writer.policy_data", "production.documents.policy_json_writer._operand",
            "production.documents.policy_json_writer._scope", "production.documents.policy_json_writer._action_scope",
            "production.documents.policy_json_writer._form",
        ),
    ),
)  # fmt: skip
