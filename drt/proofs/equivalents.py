"""Mutants that mean the same as the shipped code, each with the reason."""

from __future__ import annotations

import re

_SPLIT = "production.language.durations._split"
_CLOSE = "production.language.hierarchy.Ancestors._close"
_MISSING = "production.language.hierarchy.Ancestors.__missing__"
_PIECES = "`start == middle or middle == at or len(terms) == len(_UNITS)` -> "
_REFUSED_LATER = "what the test refuses here, the caller refuses as no quantity or no unit"

_EQUAL = "production.language.values.equal"
_DICTS = "`isinstance(left, dict) and isinstance(right, dict)` -> "
_ONE_CLASS = "both are of one class at this place"
_SHORTCUT = "an object has its own canonical text"
_DIGITS = "production.language.integers.digits_value"
_READ = "reference.integers.from_digits"
_GREAT = "a number of so many digits is out of every range"
_NEGATIVE = "callers ask whether the number is negative"
_IP = "production.language.ipaddrs"
_LONGER = "a number of one digit more is too great"
_FIXED = "production.language.integers.fixed_digits"
_PREPARE = "production.language.wildcard.prepare"
_INDEX = "production.serving.index.build_index"
_PAIR = "`len(each) == 2 and each[0][1].is_equal and each[1][1].is_equal` -> "
_EITHER_SIDE = "a rule is found under either side; which one is a matter of speed"

_CONDITIONS = "production.validation.control.conjunction"
_ONLY_FALSE = "of the type of all conditions, the caller reads only whether it is False, and no grants"
_ROPE = "a rope has the same capabilities in either order"

_ORDER = "production.execution.generated_support.order_status"
_KINDS = "`isinstance(left, {0}) and isinstance(right, {0})` -> "
_GET = "production.execution.codegen_operators.write_get"
_SPEED = "where no type is known, the value is tested: a matter of speed"
_WORDS = "the words of a message, which no row reads"
_LAST = "the last line of the function raises the same kind of error"
_COUNTED = "the operands are counted before"
_EITHER_ORDER = "two types have the same bound in either order"
_TAGS = "tags have a rule of their own, so that none comes here"
_BINARY = "reference.validation.operators.binary_type"
_AT_IMPORT = "runs when the module is imported, before a mutant is planted"

_DECIMALS = "return lambda left, right: compare(left.units, right.units)"
_WHOLE = "return lambda duration: duration.truncated(unit)"
_TABLED = "if self.is_tabled: return self.tables.find(uid, above)"
_TRUNCATED = "production.language.durations.Duration.truncated"
_ZERO = "a duration of zero has no units, of either sign"
_ORDERABLE = "production.execution.operations._orderable"

_GUARD = "production.execution.codegen_control.write_guard"
_FUSED = "production.serving.compiled_shapes.fused_program"
_PLANS = "production.serving.plans"
_KEPT = "`if len(self._made) >= _MOST_PLANS: self._made.clear()` -> "
_CROWDED = "`len(self._made) >= _MOST_PLANS` -> "
_SPEED_KEPT = "only what is kept differs: a matter of speed and memory"
_WITH_INDEX = "a plan with an index and one without serve the same; which is a matter of speed"
_IS_FEW = "`len(numbers) + len(self._any) <= _FEW` -> "
_HAS_ENTITY = "`rules[n].principal is not None or rules[n].resource is not None` -> "
_ASKED_ALWAYS = "a rule that is always asked has its whole scope checked: a matter of speed"

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "reference.authorizer.decide",
        "`p.effect == 'permit' and outcome_of(p).status == 'satisfied'` -> `outcome_of(p).status == 'satisfied'`",
    ): "the permits are read only where no forbid is satisfied",
    ("production.language.datetimes.parse_datetime", "`28` -> `29`"): "no datetime has 29 characters",
    (_SPLIT, "`terms or None` -> `terms`"): "the caller takes no terms for None",
    (_SPLIT, f"{_PIECES}`start == middle and middle == at and (len(terms) == len(_UNITS))`"): _REFUSED_LATER,
    (_SPLIT, f"{_PIECES}`middle == at or len(terms) == len(_UNITS)`"): _REFUSED_LATER,
    (_SPLIT, f"{_PIECES}`start == middle or len(terms) == len(_UNITS)`"): _REFUSED_LATER,
    (
        _SPLIT,
        f"{_PIECES}`start == middle or middle == at`",
    ): "six terms have a unit twice, which the caller refuses",
    (_EQUAL, f"{_DICTS}`isinstance(left, dict) or isinstance(right, dict)`"): _ONE_CLASS,
    (_EQUAL, f"{_DICTS}`isinstance(right, dict)`"): _ONE_CLASS,
    (_EQUAL, f"{_DICTS}`isinstance(left, dict)`"): _ONE_CLASS,
    (_EQUAL, "`_records_equal(left, right)` -> `_records_equal(right, left)`"): "equality is symmetric",
    (
        "production.language.values.key",
        "`_TRUE_KEY if value else _FALSE_KEY` -> `_FALSE_KEY if value else _TRUE_KEY`",
    ): ("which of the two keys stands for true does not matter"),
    ("reference.values.canonical", "`'true' if truth else 'false'` -> `'false' if truth else 'true'`"): (
        "which of the two texts stands for true does not matter"
    ),
    (
        "reference.values.Set.__eq__",
        "`self is other or _same(self, other)` -> `_same(self, other)`",
    ): _SHORTCUT,
    (
        "reference.values.Record.__eq__",
        "`self is other or _same(self, other)` -> `_same(self, other)`",
    ): _SHORTCUT,
    ("reference.values.Set.__eq__", "`_same(self, other)` -> `_same(other, self)`"): "equality is symmetric",
    (
        "reference.values.Record.__eq__",
        "`_same(self, other)` -> `_same(other, self)`",
    ): "equality is symmetric",
    (_INDEX, f"{_PAIR}`len(each) == 2 and each[1][1].is_equal`"): _EITHER_SIDE,
    (_INDEX, f"{_PAIR}`len(each) == 2 and each[0][1].is_equal`"): _EITHER_SIDE,
    (_INDEX, "`2` -> `3`"): _EITHER_SIDE,
    (_INDEX, "`0` -> `1`"): _EITHER_SIDE,
    (
        _INDEX,
        "`each[0] if is_pair else min(each, key=crowd.__getitem__)` -> "
        "`min(each, key=crowd.__getitem__) if is_pair else each[0]`",
    ): _EITHER_SIDE,
    (_INDEX, "`True` -> `False`"): "the two lists are of one length",
    (
        "reference.validation.control.conjunction",
        "`and_type(left.type, right.type)` -> `and_type(right.type, left.type)`",
    ): "the left type is not False at this place",
    (_CONDITIONS, "`type_ is BOOL` -> `type_ is not BOOL`"): _ONLY_FALSE,
    (_CONDITIONS, "`if type_ is BOOL: result = BOOL` -> `if not type_ is BOOL: result = BOOL`"): _ONLY_FALSE,
    (_CONDITIONS, "`both(grants, granted)` -> `both(granted, grants)`"): _ONLY_FALSE,
    ("production.validation.control.and_", "`both(grants, granted)` -> `both(granted, grants)`"): _ROPE,
    (
        "production.validation.control.if_",
        "`both(granted, then_granted)` -> `both(then_granted, granted)`",
    ): _ROPE,
    (
        _ORDER,
        "`kind is int and isinstance(left, int) and isinstance(right, int)` -> `kind is int and isinstance(left, int)`",
    ): _ONE_CLASS,
    (
        _ORDER,
        "`kind is int and isinstance(left, int) and isinstance(right, int)` -> `kind is int and isinstance(right, int)`",
    ): _ONE_CLASS,
    **{
        (_ORDER, _KINDS.format(kind) + f"`{one}`"): _ONE_CLASS
        for kind in ("Datetime", "Duration")
        for one in (
            f"isinstance(left, {kind})",
            f"isinstance(right, {kind})",
            f"isinstance(left, {kind}) or isinstance(right, {kind})",
        )
    },
    (
        "production.execution.codegen_operators.write_record",
        "`True` -> `False`",
    ): "the two lists are of one length",
    ("production.execution.codegen_operators.write_order", "`return write` -> `return None`"): _AT_IMPORT,
    (
        "production.execution.codegen_operators.write_arithmetic",
        "`return write` -> `return None`",
    ): _AT_IMPORT,
    (
        "production.serving.rules._fits",
        "`return False` -> `return None`",
    ): "the caller asks for its truth alone",
    (_CONDITIONS, "`machine.assumptions.take_back(added)` -> `pass`"): "each run has a machine of its own",
    (
        "production.execution.codegen_operators.write_has",
        "`known is False or (known and len(path) == 1)` -> `known and len(path) == 1`",
    ): _SPEED,
    (_GET, "`declared or (None, False)` -> `(None, False)`"): _SPEED,
    (_GET, "`out.types.attribute(target.type, name)` -> `out.types.attribute(name, target.type)`"): _SPEED,
    (_DIGITS, "`1` -> `2`"): _NEGATIVE,
    (_FIXED, "`1` -> `2`"): _NEGATIVE,
    (_READ, "`len(significant) > 40` -> `len(significant) >= 40`"): _GREAT,
    (_READ, "`40` -> `41`"): _GREAT,
    (_READ, "`10` -> `11`"): _GREAT,
    (
        "reference.extensions.decimal.parse",
        "`point and _is_digits(whole) and _is_digits(fraction) and (len(fraction) <= FRACTION_DIG…` -> "
        "`_is_digits(whole) and _is_digits(fraction) and (len(fraction) <= FRACTION_DIGITS)`",
    ): "without a point the fraction is empty, which is refused",
    (
        "reference.policies.scope_condition",
        "`And(Is(Var(variable), type_name), Binary('in', Var(variable), _operand(target)))` -> "
        "`And(Binary('in', Var(variable), _operand(target)), Is(Var(variable), type_name))`",
    ): "neither side errs: a variable of a scope is an entity",
    **{
        (
            "reference.validation.operators.comparison",
            "`not isinstance(t, UnknownType) and (not isinstance(u, UnknownType)) and (t != u)` -> "
            f"`not isinstance({known}, UnknownType) and t != u`",
        ): "a second message about a policy that is refused already"
        for known in "tu"
    },
    (f"{_IP}._small", "`1` -> `2`"): _NEGATIVE,
    (f"{_IP}._ipv4", "`1` -> `2`"): _NEGATIVE,
    (f"{_IP}._ipv6", "`1` -> `2`"): _NEGATIVE,
    (f"{_IP}._groups", "`1` -> `2`"): _NEGATIVE,
    (f"{_IP}._ipv4", "`3` -> `4`"): _LONGER,
    (
        "reference.extensions.ipaddr.parse",
        "`raise EvaluationError('extension')` -> `pass`",
    ): "no address is so long",
    (f"{_IP}.parse_ip", "`2` -> `3`"): _LONGER,
    (f"{_IP}.parse_ip", "`3` -> `4`"): _LONGER,
    (
        "production.language.decimals.parse_decimal",
        "`10000` -> `10001`",
    ): "the factor of no places, which are refused",
    ("production.language.decimals.parse_decimal", "`dot and 1 <= places <= 4` -> `1 <= places <= 4`"): (
        "without a dot there are no places"
    ),
    (_PREPARE, "`for element in pattern if element is not None` -> `for element in pattern`"): (
        "the pattern has no star at this place"
    ),
    (_PREPARE, "`0` -> `1`"): "the first element is a star, which is left out later",
    (_PREPARE, "`1` -> `2`"): "the second element is a star, which is left out later",
    (_CLOSE, "`continue` -> `pass`"): "what is closed already is added once more",
    (_CLOSE, "`len(reached) > len(parents)` -> `len(reached) >= len(parents)`"): "an equal set is made anew",
    (
        _MISSING,
        "`if parents is not None: self[uid] = NOBODY` -> `if not parents is not None: self[uid] = NOBODY`",
    ): "only what is kept differs",
    (_MISSING, "`parents is not None` -> `parents is None`"): "only what is kept differs",
    (
        _MISSING,
        "`self._held > self._limit` -> `self._held >= self._limit`",
    ): "the cache starts afresh one member earlier",
    ("production.language.extensions._decimal_order", f"`{_DECIMALS}` -> `return None`"): _AT_IMPORT,
    ("production.language.extensions._whole", f"`{_WHOLE}` -> `return None`"): _AT_IMPORT,
    (_GUARD, "`True` -> `False`"): "what comes after the end of a policy is never run",
    (
        "production.execution.codegen_control.write_right",
        "`branch.header + 1` -> `branch.header - 1`",
    ): "a statement in the place of an expression: a matter of speed",
    (
        "production.execution.codegen_operators.write_equals",
        "`_equality(left, right, out)` -> `_equality(right, left, out)`",
    ): "equality is symmetric, and operands are expressions without effects",
    ("production.partial.evaluator._branch", "`False` -> `True`"): "stands for the branch that is not taken",
    (_FUSED, "`return _compiled(out, 'p, a, r, c', tail, 0)` -> `return None`"): "the machine runs the rules",
    (_FUSED, "`2` -> `3`"): "wider indentation",
    (_FUSED, "`0` -> `1`"): "the line that begins with no status may come first",
    (f"{_PLANS}.Plans._plan", f"{_IS_FEW}`len(numbers) + len(self._any) < _FEW`"): _WITH_INDEX,
    (f"{_PLANS}.Plans._plan", f"{_IS_FEW}`len(numbers) + len(self._any) >= _FEW`"): _WITH_INDEX,
    (
        f"{_PLANS}.Plans._plan",
        "`if len(numbers) + len(self._any) <= _FEW: return Plan(rules, [rules[number] for number …` -> "
        "`if not len(numbers) + len(self._any) <= _FEW: return Plan(rules, [rules[number] for num…`",
    ): _WITH_INDEX,
    (
        f"{_PLANS}.Plans._plan",
        "`len(numbers) + len(self._any)` -> `len(numbers) - len(self._any)`",
    ): _WITH_INDEX,
    (
        f"{_PLANS}.Plans.plan",
        f"{_KEPT}`if not len(self._made) >= _MOST_PLANS: self._made.clear()`",
    ): _SPEED_KEPT,
    (f"{_PLANS}.Plans.plan", f"{_CROWDED}`len(self._made) > _MOST_PLANS`"): _SPEED_KEPT,
    (f"{_PLANS}.Plans.plan", f"{_CROWDED}`len(self._made) <= _MOST_PLANS`"): _SPEED_KEPT,
    (f"{_PLANS}.Plans.plan", "`self._made.clear()` -> `pass`"): _SPEED_KEPT,
    (
        f"{_PLANS}.split",
        f"{_HAS_ENTITY}`rules[n].principal is not None and rules[n].resource is not None`",
    ): _ASKED_ALWAYS,
    (f"{_PLANS}.split", f"{_HAS_ENTITY}`rules[n].resource is not None`"): _ASKED_ALWAYS,
    (f"{_PLANS}.split", f"{_HAS_ENTITY}`rules[n].principal is not None`"): _ASKED_ALWAYS,
    ("production.serving.index.Place.find", f"`{_TABLED}` -> `{_TABLED.replace('if ', 'if not ')}`"): (
        "tables and the entries one by one find the same; which is a matter of speed"
    ),
    ("reference.extensions.duration._toward_zero", "`number >= 0` -> `number > 0`"): _ZERO,
    ("reference.extensions.duration._toward_zero", "`0` -> `1`"): _ZERO,
    (_TRUNCATED, "`self.milliseconds < 0` -> `self.milliseconds <= 0`"): _ZERO,
    (_TRUNCATED, "`0` -> `1`"): _ZERO,
    (_ORDERABLE, "`wrong_kind('datetime', right)` -> `pass`"): _LAST,
    (_ORDERABLE, "`wrong_kind('duration', right)` -> `pass`"): _LAST,
    ("reference.validation.operators.related", "`join(t, u)` -> `join(u, t)`"): _EITHER_ORDER,
    (
        "reference.validation.control.conditional",
        "`join(then.type, otherwise.type, permissive=check.permissive)` -> "
        "`join(otherwise.type, then.type, permissive=check.permissive)`",
    ): _EITHER_ORDER,
    (_BINARY, "`comparison(left, right, check)` -> `comparison(right, left, check)`"): _WORDS,
    (_BINARY, "`raise AssertionError('tags have rules of their own')` -> `pass`"): _TAGS,
    (
        _BINARY,
        "`match expr.op: case '==': return equality(expr, left, right, check) case '!=': return n…` -> "
        "`match without 'hasTag' | 'getTag'`",
    ): _TAGS,
    ("reference.extension_functions.call", "`True` -> `False`"): _COUNTED,
    ("production.language.extensions.call", "`True` -> `False`"): _COUNTED,
    ("production.execution.interpreter._gather", "`True` -> `False`"): "as many operands as names were taken",
}
"""By function and change."""

ALWAYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"`check\.report\('\w+', f'.+` -> `check\.report\(f'.+`"), _WORDS),
    (re.compile(r"`wrong_kind\((.+), (.+)\)` -> `wrong_kind\(\2, \1\)`"), _WORDS),
    (
        re.compile(r"`isinstance\((\w+), int\) and \1\.__class__ is int` -> `\1\.__class__ is int`"),
        "what is of the class itself is an instance of it",
    ),
)
"""Changes that mean the same in every function."""


def same_because(function: str, change: str) -> str | None:
    """Return why a mutant means the same; None where it is not said to."""
    always = (reason for pattern, reason in ALWAYS if pattern.fullmatch(change))
    return EQUIVALENT.get((function, change)) or next(always, None)
