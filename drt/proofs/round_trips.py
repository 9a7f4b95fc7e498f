"""What either engine writes of a policy, both read as the same: every form in every operand of every form.

Owns the syntax trees: each form over leaves of every kind, each form in each place of another, scopes, annotations
and clauses. Both read what both write, as text and as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Literal

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.policy_set import PolicySet
from reference import policies as scope
from reference import syntax as ast
from reference.json.policies import parse_policy_set
from reference.json.policy_writer import policy_set_to_json
from reference.json.writer import write_json
from reference.policy_set import PolicySet as Policies
from reference.policy_set import from_bodies
from reference.text.parser import parse_policies
from reference.text.printer import print_policies_and_templates
from reference.values import FALSE, TRUE, EntityUid, Long, String, Value

ANY = scope.Anything()
STRANGE = "a\"'\\\n\r\t\0*\x7f\u00e9\u200b\U0001f600 }//"
UIDS = EntityUid("U", "a"), EntityUid("N::M::U", STRANGE), EntityUid("if_", "")
VALUES: tuple[Value, ...] = (
    TRUE, FALSE, Long(0), Long(7), Long(-7), Long(2**63 - 1), Long(-(2**63)), String(""), String(STRANGE), *UIDS,
)  # fmt: skip
LEAVES: tuple[ast.Expr, ...] = (
    ast.Var("principal"), ast.Var("action"), ast.Var("resource"), ast.Var("context"),
    *(ast.Lit(each) for each in VALUES),
)  # fmt: skip
ATTRIBUTES = ("a", "if", "has", "_", "", "a b", STRANGE, "__entity", "principal", "isEmpty")
PATTERNS = (
    (),
    (ast.Star(),),
    (ast.Star(), ast.Star()),
    ("*",),
    ("\\", "*", ast.Star(), '"', "\0", "\u00e9"),
    (*tuple("a*b"), ast.Star()),
)


def _call(function: str) -> Callable[..., ast.Expr]:
    return lambda *arguments: ast.Call(function, arguments)


Form = tuple[int, Callable[..., ast.Expr]]
"""A number of operands, and what makes a tree of them."""

SYNTAX: tuple[Form, ...] = (
    (3, ast.If), (2, ast.And), (2, ast.Or), *((1, lambda x, op=op: ast.Unary(op, x)) for op in ("!", "neg")),
    *((2, lambda x, y, op=op: ast.Binary(op, x, y)) for op in ("==", "<", "+", "-", "*", "in", "!=", "contains")),
    (1, lambda x: ast.Like(x, (ast.Star(), "a"))), (1, lambda x: ast.Is(x, "U")), (2, lambda x, y: ast.IsIn(x, "N::U", y)),
    (1, lambda x: ast.HasAttr(x, "a")), (1, lambda x: ast.HasPath(x, ("a", "b"))), (1, lambda x: ast.GetAttr(x, "a")), (1, lambda x: ast.GetAttr(x, STRANGE)),
    (2, lambda x, y: ast.SetOf((x, y))), (2, lambda x, y: ast.RecordOf((("", x), (STRANGE, y)))), (1, _call("ip")), (2, _call("isInRange")),
)  # fmt: skip
"""A form of each kind: each is put into each place of each."""

OTHERS: tuple[Form, ...] = (
    (1, lambda x: ast.Unary("isEmpty", x)),
    *((2, lambda x, y, op=op: ast.Binary(op, x, y)) for op in ("<=", ">", ">=", "containsAll", "containsAny", "hasTag", "getTag")),
    *((1, lambda x, pattern=each: ast.Like(x, pattern)) for each in PATTERNS), (1, lambda x: ast.Is(x, "N::M::U")),
    *((1, lambda x, name=each: ast.HasAttr(x, name)) for each in ATTRIBUTES), *((1, lambda x, name=each: ast.GetAttr(x, name)) for each in ATTRIBUTES),
    (1, lambda x: ast.HasPath(x, ("a", "b", "c"))), (0, lambda: ast.SetOf(())), (1, lambda x: ast.SetOf((x,))), (0, lambda: ast.RecordOf(())),
    (1, lambda x: ast.SetOf((x,) * 5)), (1, lambda x: ast.RecordOf(tuple((name, x) for name in "abcde"))),
    *((1, _call(each)) for each in ("decimal", "datetime", "duration", "isIpv4", "toDate")), *((2, _call(each)) for each in ("lessThan", "offset")),
)  # fmt: skip
"""Forms that differ from those in a name or a pattern: each is put over leaves."""


SIGNS: tuple[ast.UnaryOp, ...] = ("!", "neg")
SIGNED: tuple[ast.Expr, ...] = (
    ast.Var("context"),
    ast.Lit(Long(7)),
    ast.Lit(Long(-7)),
    ast.Unary("!", ast.Var("action")),
)


def trees() -> Iterator[ast.Expr]:
    """Yield every form over leaves, each leaf in each place of each kind of form, and each kind in each place of each."""
    yield from LEAVES
    for arity, form in OTHERS:
        yield form(*[ast.Var("context")] * arity)
    for op, signs, leaf in product(SIGNS, range(2, 7), SIGNED):
        yield _signed(op, signs, leaf)
    inner = [form(*[ast.Var("context")] * arity) for arity, form in SYNTAX]
    for arity, form in SYNTAX:
        for place, each in product(range(arity), (*LEAVES, *inner)):
            yield _filled(form, arity, place, each)


def _signed(op: ast.UnaryOp, signs: int, operand: ast.Expr) -> ast.Expr:
    for _ in range(signs):
        operand = ast.Unary(op, operand)
    return operand


def _filled(form: Callable[..., ast.Expr], arity: int, place: int, one: ast.Expr) -> ast.Expr:
    operands: list[ast.Expr] = [ast.Var("resource")] * arity
    operands[place] = one
    return form(*operands)


def _scopes(variable: str) -> Iterator[scope.ScopeConstraint]:
    yield from (ANY, scope.OfType("U"), scope.OfType("N::M::U"))
    slot = ast.Slot("?principal" if variable == "principal" else "?resource")
    for target in (*UIDS, slot):
        yield from (scope.Equals(target), scope.Within(target), scope.OfTypeWithin("N::U", target))


ACTIONS: tuple[scope.ActionConstraint, ...] = (
    ANY, *map(scope.ActionEquals, (EntityUid("Action", "x"), EntityUid("N::Action", STRANGE))),
    *(scope.ActionIn(each) for each in ((), (EntityUid("Action", "x"),), (EntityUid("Action", "x"), EntityUid("N::Action", "y"), EntityUid("Action", "x")))),
)  # fmt: skip
ANNOTATIONS = ((), (("id", "x"),), (("a", "y"), ("b", STRANGE), ("c", None), ("if", "")))


def bodies() -> Iterator[scope.Body]:
    """Yield a policy per tree, and policies and templates of all scopes, annotations and clauses."""
    for tree in trees():
        yield scope.Body("permit", (), ANY, ANY, ANY, (scope.Clause("when", tree),))
    for principal, action in product(_scopes("principal"), ACTIONS):
        yield scope.Body("forbid", (), principal, action, ANY, ())
    for resource, noted in product(_scopes("resource"), ANNOTATIONS):
        yield scope.Body("permit", noted, ANY, ANY, resource, ())
    kinds: tuple[Literal["when", "unless"], ...] = ("when", "unless")
    for both in product(kinds, repeat=2):
        clauses = tuple(scope.Clause(kind, ast.Var("context")) for kind in both)
        yield scope.Body("permit", (), ANY, ANY, ANY, clauses)


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
    kinds = [
        [body for body in every if bool(scope.slots(body)) == is_template] for is_template in (False, True)
    ]
    for (way, read), held in product(WAYS, kinds):
        for body in _changed(held, read):
            yield f"{way}: it is another policy, or none, than {write_json(policy_set_to_json(from_bodies([body])))}"


def _changed(every: Sequence[scope.Body], read: Way) -> Iterator[scope.Body]:
    """Yield the policies that are read otherwise; sets are halved to find one that cannot be read."""
    held = from_bodies(every)
    try:
        again = read(held)
    except Exception:  # whatever goes wrong with many goes wrong with one of them
        again = Policies()
    if _meaning(again) == _meaning(held):
        return
    if len(every) == 1:
        yield every[0]
        return
    middle = len(every) // 2
    yield from _changed(every[:middle], read)
    yield from _changed(every[middle:], read)


def _meaning(held: Policies) -> list[dict[str, scope.Body]]:
    """Return the policies and templates with `""` for each annotation without a value (spec 06 §4)."""
    return [
        {
            id_: replace(body, annotations=tuple((key, value or "") for key, value in body.annotations))
            for id_, body in some.items()
        }
        for some in (held.static, held.templates)
    ]


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
