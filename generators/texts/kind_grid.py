"""The grid of kinds: every operator on operands of every kind, which grammar-driven drawing leaves thin.

Owns expression texts that are one operator deep, on literals and on attributes of the context.
"""

from __future__ import annotations

from generators.choice.sources import Source
from generators.language import KINDS, LANGUAGE, Operator

SAME_NUMBERS = (
    '[datetime("1970-01-01")]', '[duration("0ms")]', '[decimal("0.0")]', "[0]", "[false]",
)  # fmt: skip
"""Sets of values that differ in their kind alone."""
OPERANDS = {
    "bool": ("true", "false", "context.bool"),
    "long": ("0", "1", "-1", "9223372036854775807", "-9223372036854775808", "context.long"),
    "string": ('""', '"a"', '"10.0.0.1"', '"1d"', '"2024-01-01"', '"1.5"', "context.string"),
    "entity": ("principal", 'U::"a"', 'G::"top"', 'Gone::"x"', "context.entity"),
    "set": (
        "[]",
        "[1]",
        '[U::"a", G::"top"]',
        '[U::"a", 1]',
        "[[], {}]",
        "context.set",
        "[context.long, principal]",
        *SAME_NUMBERS,
        f"[{', '.join(SAME_NUMBERS)}]",
    ),
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
ERRING = (
    "(1 + true)", "(9223372036854775807 + 1)", "principal.nope", 'Gone::"x".a', 'principal.getTag("nope")',
    'ip("x")',    'ip("::1", "")', "!1",
)  # fmt: skip
"""Expressions without a value, one per kind of error: of several, the order of evaluation decides."""

GRID = tuple(row for row in LANGUAGE if row.takes)
CALLS = tuple(row for row in GRID if row.extension)

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
    """Draw one operator with operands of kinds drawn evenly; one time in three, of those that it takes.

    Rarely their number is wrong.
    """
    wrong_number = source.boolean(0.05)
    row = source.choice(CALLS if wrong_number else GRID)
    form = _miscalled(row) if wrong_number else row.form
    fitting = source.integer(0, 2) == 2 and not wrong_number
    kinds = row.preferred if fitting else ()
    erring = 0.7 if source.boolean(0.1) else 0.0
    operands = [
        source.choice(ERRING)
        if source.boolean(erring)
        else source.choice(OPERANDS[kinds[place] if place < len(kinds) else source.choice(KINDS)])
        for place in range(3)
    ]
    if form[0] == "{":
        operands = [f"({operand})" for operand in operands]
    return form.format(*operands)


def _miscalled(row: Operator) -> str:
    """Return the form with an argument too many, or with none."""
    called = row.form[: row.form.rindex("(")]
    if not row.surplus:
        return f"{called}()"
    return f"{called}({{1}})" if row.arity == 1 and row.notation == "method" else f"{called}({{0}}, {{1}})"
