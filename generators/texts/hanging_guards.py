"""Policies over the `typing_world` that are well typed exactly if a test guards a use (spec 08 §5.2).

The test stands anywhere in a tree of `&&`, `||`, `!` and `if`; what is tested is what is used, or nearly.
"""

from __future__ import annotations

from generators.choice.sources import Source

_CHOICES = (
    ("principal is User", "principal is N::Mate", "resource is User", "principal is Group"),
    ('principal is User in Group::"g"', 'principal is User in Group::"h"', 'principal in Group::"g"'),
    ("context.n == 1", "context.n != 1", "context.n == 2", "!(context.n == 1)", '"1" == context.s'),
    ("context.n < 1", "context.n > 1", "context.n >= 1", "context.n <= 1", "!(context.n < 1)"),
    ("context.n + 1 == 1", "context.n - 1 == 1", "context.n * 1 == 1", "-context.n == 1"),
    ('context.s like "a*"', 'context.s like "a\\*"', 'context.s like "a**"', 'context.s like "*a"'),
    ("context.longs.contains(1)", "context.longs.containsAll([1])", "context.longs.containsAny([1])"),
    ("context.longs.isEmpty()", "context.longs == [1]", "[1].contains(context.n)"),
    ("[1, 2].contains(context.n)", "[2, 1].contains(context.n)", "[1].contains(context.n)"),
    ("principal has name", "principal has peer", "principal.boss has name", "principal has rec.f"),
    ("principal has rec.deep.x", "principal has rec.deep", "principal has rec.u.name"),
    ('principal.hasTag("t")', 'principal.hasTag("u")', "principal.hasTag(context.s)", 'resource.hasTag("t")'),
    ("context.c && principal.ok", "principal.ok && context.c", "context.c || principal.ok", "context.c"),
    ("if context.c then true else principal.ok", "if principal.ok then true else context.c"),
    ("{x: 1, y: context.n} == {x: 1, y: 2}", "{x: 1, z: context.n} == {x: 1, z: 2}"),
    ("{x: context.n, y: 1} == {x: 1, y: 1}", "{y: context.n, x: 1} == {y: 1, x: 1}"),
    ('ip("::1").isIpv4()', 'ip("::1").isIpv6()', 'ip("::2").isIpv4()', 'ip("::1").isLoopback()'),
    ('ip("::1").isInRange(ip("::/9"))', 'ip("::1").isInRange(ip("::/8"))', 'ip("::1").isMulticast()'),
    (
        'decimal("1.0").lessThan(decimal("2.0"))', 'decimal("1.0").greaterThan(decimal("2.0"))',
        'decimal("2.0").lessThan(decimal("1.0"))', 'decimal("1.0") == decimal("2.0")',
    ),
    (
        'duration("1h").toHours() == 1', 'duration("1h").toDays() == 1', 'duration("2h").toHours() == 1',
        'duration("1h") < duration("1d")',
    ),
    (
        'datetime("2024-01-01").toDate() < datetime("2024-01-02")',
        'datetime("2024-01-01").offset(duration("1h")) < datetime("2024-01-02")',
        'datetime("2024-01-01").toTime() < duration("1h")',
    ),
    ("principal in resource", "principal.boss in resource", "principal in [resource]"),
)  # fmt: skip
"""Conditions by groups of those that differ a little."""
_RECORDS = (
    ("context.a", "context.b"),
    ("principal.rec", "principal.twin", "principal.boss.rec", "principal.boss.boss.rec"),
    (
        "{a: context.a, b: context.b}.a", "{a: context.a, z: context.b}.a", "{a: context.b, b: context.a}.a",
    ),
    ("{a: context.a, b: 1}.a", "{b: 1, a: context.a}.a", "{a: context.a, b: 2}.a"),
    ('{"": context.a}[""]', '{"a": context.a}["a"]', "{a: context.a}.a", '{"a b": context.a}["a b"]'),
)  # fmt: skip
_ENTITIES = (("principal", "principal.boss", "principal.boss.boss", 'User::"u"', 'User::"v"'),)
_KEYS = ('"t"', '"u"', "context.s", '"t"')
_USES = (
    "({guard} && {use})",
    "({guard} && {use})",
    "(if {guard} then {use} else true)",
    "(!{guard} || {use})",
)
_BESIDE = ("context.c", "principal.ok", "context.n == 1", "true", "false")


def hanging(source: Source) -> str:
    """Draw a use of an optional attribute or a tag behind a tree of conditions with its test."""
    test, use = _test_and_use(source)
    guard = _guard(source, test, source.choice((0, 0, 1, 1, 2)))
    return source.choice(_USES).format(guard=f"({guard})", use=use)


def _test_and_use(source: Source) -> tuple[str, str]:
    match source.integer(0, 5):
        case 0 | 1 | 2:
            tested, used = _nearly(source, _chosen(source, _RECORDS))
            return f"{tested} has f", f"{used}.f == 1"
        case 3:
            tested, used = _nearly(source, _chosen(source, _ENTITIES))
            key, other = _nearly(source, _KEYS)
            return f"{tested}.hasTag({key})", f"{used}.getTag({other}) == 1"
        case 4:
            tested, used = _nearly(source, _chosen(source, _ENTITIES))
            path = source.choice(("rec.f", "rec.deep.x", "rec.u.peer.rec.f", "peer.rec.f", "boss.rec.f"))
            return f"{tested} has {path}", f"{used}.{path} == 1"
        case _:
            tested, used = _nearly(source, _chosen(source, _ENTITIES))
            return f"{tested} has name", f'{used}.name == "v"'


def _chosen(source: Source, groups: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Draw expressions of one type that differ a little: a group, or its first two by a condition."""
    first, second, *_ = group = source.choice(groups)
    if source.boolean():
        return group
    return tuple(f"(if {condition} then {first} else {second})" for condition in source.choice(_CHOICES))


def _nearly(source: Source, group: tuple[str, ...]) -> tuple[str, str]:
    """Draw the same twice, or two of a group."""
    first = source.choice(group)
    return first, first if source.boolean(0.6) else source.choice(group)


def _guard(source: Source, test: str, depth: int) -> str:
    """Draw a tree of conditions with a test in some of its places."""
    if depth == 0:
        return test
    inner = _guard(source, test, depth - 1)
    other = source.choice((test, *_BESIDE))
    first, second = (inner, other) if source.boolean() else (other, inner)
    match source.integer(0, 8):
        case 0 | 1:
            return f"({first} && {second})"
        case 2 | 3:
            return f"({first} || {second})"
        case 4:
            return f"({first} || {source.choice((test, *_BESIDE))} || {second})"
        case 5 | 6:
            return f"(if {source.choice((test, *_BESIDE))} then {first} else {second})"
        case 7:
            return f"!(!({inner}))"
        case _:
            return source.choice(("(({0}) == true)", "(if {0} then true else {0})", "!({0})")).format(inner)


def policies(source: Source, count: int) -> str:
    """Draw policies for one environment, each with one such condition."""
    scope = 'principal is User, action == Action::"view", resource is Group'
    return "\n".join(
        f"{source.choice(('permit', 'forbid'))}({scope}) "
        f"{source.choice(('when', 'unless'))} {{ {hanging(source)} }};"
        for _ in range(count)
    )
