"""Every operator on operands of every kind, drawn evenly: the grid that grammar-driven drawing leaves thin.

Owns expression texts that are one operator deep, on literals and on what the context holds.
"""

from __future__ import annotations

from generators.source import Source

OPERANDS = {
    "bool": ("true", "false", "context.bool"),
    "long": ("0", "1", "-1", "9223372036854775807", "-9223372036854775808", "context.long"),
    "string": ('""', '"a"', '"10.0.0.1"', '"1d"', '"2024-01-01"', '"1.5"', "context.string"),
    "entity": ("principal", 'U::"a"', 'G::"top"', 'Gone::"x"', "context.entity"),
    "set": ("[]", "[1]", '[U::"a", G::"top"]', '[U::"a", 1]', "[[], {}]", "context.set"),
    "record": ("{}", "{a: 1}", "{a: {b: 1}}", "context", "context.record"),
    "decimal": ('decimal("1.5")', 'decimal("-922337203685477.5808")', "context.decimal"),
    "ip": ('ip("10.0.0.1")', 'ip("::1/64")', 'ip("224.0.0.1")', "context.ip"),
    "datetime": (
        'datetime("2024-01-01")',
        'datetime("1969-12-31T23:59:59.999Z")',
        'datetime("0000-01-01").offset(duration("-106751991167d"))',
        'datetime("1970-01-01").offset(duration("-9223372036854775808ms"))',
        "context.datetime",
    ),
    "duration": (
        'duration("1d")',
        'duration("-1ms")',
        'duration("9223372036854775807ms")',
        "context.duration",
    ),
}
KINDS = tuple(OPERANDS)

FORMS: tuple[str, ...] = (
    "!{0}", "-{0}", "({0}).isEmpty()", '({0}) like "*a*"', "({0}) is U", "({0}) has a", "({0}) has a.b",
    "({0}).a", "if {0} then {1} else {2}", "{0} && {1}", "{0} || {1}", "({0}) is U in {1}",
    "{0} == {1}", "{0} != {1}", "{0} < {1}", "{0} <= {1}", "{0} > {1}", "{0} >= {1}", "{0} in {1}",
    "{0} + {1}", "{0} - {1}", "{0} * {1}",
    "({0}).contains({1})", "({0}).containsAll({1})", "({0}).containsAny({1})",
    "({0}).hasTag({1})", "({0}).getTag({1})",
    "decimal({0})", "ip({0})", "datetime({0})", "duration({0})",
    "({0}).lessThan({1})", "({0}).lessThanOrEqual({1})", "({0}).greaterThan({1})",
    "({0}).greaterThanOrEqual({1})",
    "({0}).isIpv4()", "({0}).isIpv6()", "({0}).isLoopback()", "({0}).isMulticast()", "({0}).isInRange({1})",
    "({0}).offset({1})", "({0}).durationSince({1})", "({0}).toDate()", "({0}).toTime()",
    "({0}).toMilliseconds()", "({0}).toSeconds()", "({0}).toMinutes()", "({0}).toHours()", "({0}).toDays()",
)  # fmt: skip

WRONG_NUMBER: tuple[str, ...] = (
    "decimal()", "ip({0}, {1})", "datetime()", "duration({0}, {1})",
    "({0}).lessThan()", "({0}).lessThanOrEqual({0}, {1})", "({0}).greaterThan()",
    "({0}).greaterThanOrEqual()",
    "({0}).isIpv4({1})", "({0}).isIpv6({1})", "({0}).isLoopback({1})", "({0}).isMulticast({1})",
    "({0}).isInRange()", "({0}).offset()", "({0}).durationSince({0}, {1})", "({0}).toDate({1})",
    "({0}).toTime({1})", "({0}).toMilliseconds({1})", "({0}).toSeconds({1})", "({0}).toMinutes({1})",
    "({0}).toHours({1})", "({0}).toDays({1})",
)  # fmt: skip

FITTING: dict[str, tuple[str, ...]] = {
    "-{0}": ("long",),
    **dict.fromkeys(("{0} && {1}", "{0} || {1}"), ("bool", "bool")),
    "{0} in {1}": ("entity", "set"),
    **dict.fromkeys(("{0} + {1}", "{0} - {1}", "{0} * {1}"), ("long", "long")),
    '({0}) like "*a*"': ("string",),
    **dict.fromkeys(
        ("({0}).contains({1})", "({0}).containsAll({1})", "({0}).containsAny({1})"), ("set", "set")
    ),
    "({0}).isEmpty()": ("set",),
    **dict.fromkeys(("({0}).hasTag({1})", "({0}).getTag({1})"), ("entity", "string")),
    **dict.fromkeys(("decimal({0})", "ip({0})", "datetime({0})", "duration({0})"), ("string",)),
    **{
        f"({{0}}).{name}({{1}})": ("decimal", "decimal")
        for name in ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")
    },
    **{f"({{0}}).{name}()": ("ip",) for name in ("isIpv4", "isIpv6", "isLoopback", "isMulticast")},
    "({0}).isInRange({1})": ("ip", "ip"),
    "({0}).offset({1})": ("datetime", "duration"),
    "({0}).durationSince({1})": ("datetime", "datetime"),
    **{f"({{0}}).{name}()": ("datetime",) for name in ("toDate", "toTime")},
    **{
        f"({{0}}).to{unit}()": ("duration",)
        for unit in ("Milliseconds", "Seconds", "Minutes", "Hours", "Days")
    },
}
"""The kinds of operands that an operator takes, where these are few."""

ENTITIES = """\
[{"uid": {"type": "U", "id": "a"}, "attrs": {"a": 1}, "parents": [{"type": "G", "id": "top"}],
  "tags": {"a": 1, "10.0.0.1": 2}},
 {"uid": {"type": "G", "id": "top"}, "attrs": {"a": {"b": 1}}, "parents": []}]"""
REQUEST = """\
{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},
 "resource": {"type": "G", "id": "top"},
 "context": {"bool": true, "long": 2, "string": "a", "set": [2, "a"], "record": {"a": {"b": 2}},
  "entity": {"__entity": {"type": "U", "id": "a"}},
  "decimal": {"__extn": {"fn": "decimal", "arg": "0.5"}}, "ip": {"__extn": {"fn": "ip", "arg": "127.0.0.1"}},
  "datetime": {"__extn": {"fn": "datetime", "arg": "1970-01-01"}},
  "duration": {"__extn": {"fn": "duration", "arg": "1h"}}}}"""


def grid_expression(source: Source) -> str:
    """One operator with operands of kinds drawn evenly or, one time in three, of those that it takes; rarely
    of the wrong number.
    """
    forms = WRONG_NUMBER if source.boolean(0.05) else FORMS
    form = source.choice(forms)
    kinds = FITTING.get(form, ()) if source.integer(0, 2) == 2 else ()
    operands = [
        source.choice(OPERANDS[kinds[place] if place < len(kinds) else source.choice(KINDS)])
        for place in range(3)
    ]
    if form[0] == "{":
        operands = [f"({operand})" for operand in operands]
    return form.format(*operands)
