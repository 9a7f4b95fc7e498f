"""Random expressions and policy sets over the small world of `asking`, as text."""

from __future__ import annotations

from random import Random

_LEAF_TEXT = (
    'true false 0 1 -1 2 9223372036854775807 -9223372036854775808 "" "a" "bob" "w" principal resource action '
    "context context.yes context.one context.word context.set context.record context.none principal.n principal.name "
    'principal.u principal.r principal.s principal.nope principal.u.n resource.x User::"zz" Group::"g1" Group::"g2" '
    '[] [1] [1,true] {} {a:1} [Group::"g2"] [principal,1] decimal("1.5") decimal("x") ip("10.0.0.1/24") '
    'ip("::1") datetime("2024-01-01") duration("1h") duration("-1s")'
)
_LEAVES = _LEAF_TEXT.split()
_FORM_TEXT = (
    "({} && {}) ({} || {}) (!({})) (-({})) ({} == {}) ({} != {}) ({} < {}) ({} <= {}) ({} > {}) ({} >= {}) ({} in {}) "
    '({} + {}) ({} - {}) ({} * {}) (if_{}_then_{}_else_{}) ({}).a ({})["b"] ({}_has_a) ({}_has_a.b) ({}_like_"*o*") '
    '({}_like_"b*") ({}_like_"*b") ({}_like_"bob") ({}_is_User) ({}_is_User_in_{}) ({}).contains({}) '
    "({}).containsAll({}) ({}).containsAny({}) ({}).isEmpty() ({}).getTag({}) ({}).hasTag({}) [{},{}] {{a:{},b:{}}} "
    "({}).lessThan({}) ({}).isInRange({}) ({}).offset({}) ({}).durationSince({}) ({}).toDate() ({}).toHours() "
    "ip({}) decimal({}) ({}).isIpv4() ({}).toTime()"
)


def _forms() -> list[str]:
    whole: list[str] = []
    for piece in _FORM_TEXT.split(" "):
        if whole and whole[-1].count("(") > whole[-1].count(")"):
            whole[-1] += " " + piece
        else:
            whole.append(piece)
    return [form.replace("_", " ") for form in whole]


FORMS = _forms()


_FITTING = (
    (
        ("contains", "isEmpty"),
        "[] [1] [1,true] [1,2] [2] context.set principal.s [context.one,2] [principal,1]",
    ),
    (
        (" in ", " is ", "Tag(", " has ", ").a", '["b"]'),
        'principal resource User::"zz" Group::"g2" {a:1} context.record',
    ),
    (("&&", "||", "if ", "(!"), "true false context.yes 1"),
    (("+", "*", "-", "<", ">"), "1 2 -1 context.one principal.n 9223372036854775807 -9223372036854775808"),
    (("like", "ip(", "decimal("), '"bob" "w" "b" context.word principal.name "1.5" "::1" 1'),
    (("lessThan",), 'decimal("1.5") decimal("-0.5")'),
    (("isInRange", "isIpv4"), 'ip("10.0.0.1/24") ip("::1") ip("10.0.0.0/8")'),
    (
        ("offset", "durationSince", "toDate", "toTime", "toHours"),
        'datetime("2024-01-01") duration("1h") duration("-1s")',
    ),
)
"""Operands that a form is likely to take, by what the form contains."""


def _fitting(form: str) -> list[str]:
    for marks, operands in _FITTING:
        if any(mark in form for mark in marks):
            return operands.split()
    return list(_LEAVES)


def expression(random: Random, depth: int) -> str:
    """An expression of at most this depth; about half of the operands are of a kind that fits."""
    if depth == 0 or random.random() < 0.1:
        return random.choice(_LEAVES)
    form = random.choice(FORMS)
    fitting = _fitting(form)
    operands = (
        random.choice(fitting) if random.random() < 0.5 else expression(random, depth - 1)
        for _ in range(form.count("{}"))
    )
    return form.format(*operands)


def _constraint(random: Random, variable: str, kinds: tuple[str, str]) -> str:
    entity = f'{random.choice(kinds)}::"{random.choice("abcdefgh")}"'
    return random.choice(
        (
            variable,
            f"{variable} == {entity}",
            f"{variable} in {entity}",
            f"{variable} is {kinds[0]}",
            f"{variable} is {kinds[0]} in {entity}",
        )
    )


def policy(random: Random) -> str:
    """A policy over users and groups, documents and folders, a few actions."""
    principal = _constraint(random, "principal", ("User", "Group"))
    resource = _constraint(random, "resource", ("Doc", "Folder"))
    action = random.choice(
        ("action", 'action == Action::"v"', 'action in Action::"all"', 'action in [Action::"v", Action::"w"]')
    )
    condition = "" if random.random() < 0.4 else f"when {{ {expression(random, 2)} }}"
    if random.random() < 0.2:
        condition += f" unless {{ {expression(random, 2)} }}"
    return f"{random.choice(('permit', 'forbid'))}({principal}, {action}, {resource}) {condition};"
