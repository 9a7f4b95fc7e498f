"""The reference, production's stack machine and its generated code are one evaluator, form by form.

Numbers, and what is made of numbers (decimals, datetimes, durations), are symbols, except in the rows that hash
their operands; of every other kind a few values stand.
"""

from __future__ import annotations

from drt.proofs import forms
from drt.proofs.agreement import agreement, disagreement
from drt.proofs.defects import Defect
from drt.proofs.operands import TEXTS
from drt.proofs.theorem import Theorem

ANCHOR = "ours: production operator = reference operator"
BECAUSE = "one proof per form and kinds of operands; of kinds without numbers a few values stand for all"
AT_ENDS = "operands are hashed, so numbers are tried at their ends; strings, entities, sets and records by a few values"
TRUTHS = ("true", "false")
ENTITIES = ('U::"a"', 'U::"b"')
STRINGS = ('"a"', '"b"')
REFERENCE = ("reference.evaluator.unary", "reference.evaluator.binary", "reference.values.boolean")
MACHINE = ("production.execution.operations.truth", "production.execution.operations.long")
EVALUATORS = (
    "reference.evaluator.Evaluator.value",
    "production.execution.interpreter.run",
    "production.execution.interpreter._control",
    "production.execution.interpreter._gather",
)

COMPARISONS = (
    forms.COMPARISONS,
    ("true", "{}", "decimal {}", "datetime {}", "duration {}", *STRINGS, 'U::"a"', "[1]", "record"),
)
ARITHMETIC = (forms.ARITHMETIC, ("true", "{}", "duration {}", '"a"', "[1]"))
CONTROL = (forms.CONTROL, (*TRUTHS, "{}", '"a"'))
METHODS = (forms.METHODS, ("true", "{}", "decimal {}", "datetime {}", "duration {}", '"a"', *forms.ADDRESSES))
"""The forms of rows with symbols, and the kinds of their operands."""
DECIMAL_ORDERS = ("less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal")
UNITS = ("milliseconds", "seconds", "minutes", "hours", "days")

RANGED = "    if MIN_LONG <= value <= MAX_LONG:\n"
LOST_MINIMUM = Defect(
    "the least number counts as overflow",
    "production.execution.operations",
    RANGED,
    RANGED.replace("<= value", "< value", 1),
)
ONE_TOO_FAR = Defect(
    "one number too many fits",
    "production.execution.operations",
    RANGED,
    RANGED.replace("value <= MAX_LONG", "value <= MAX_LONG + 1"),
)
WRAPS = Defect(
    "arithmetic goes round at 64 bits",
    "production.execution.operations",
    '    raise EvaluationError("overflow", "the result does not fit in 64 bits")',
    "    return value - 2 * (MAX_LONG + 1) if value > MAX_LONG else value + 2 * (MAX_LONG + 1)",
)

THEOREMS = (
    Theorem(
        "Production compares as the reference does",
        "Equality and order of values of all kinds give the same answer or error kind in the reference, the machine"
        " and the generated code.",
        ANCHOR,
        "S",
        agreement(*COMPARISONS),
        (
            Defect(
                "less is less or equal", "production.execution.operations", "return a < b", "return a <= b"
            ),
            Defect(
                "datetimes are compared by difference",
                "production.execution.operations",
                'return left.milliseconds, right.milliseconds\n        wrong_kind("datetime", right)',
                'return (left.milliseconds - right.milliseconds + 2**63) % 2**64 - 2**63, 0\n        wrong_kind("datetime", right)',
            ),
            Defect(
                "the reference takes 1 for true",
                "reference.evaluator",
                "return boolean(left == right)",
                "return Bool(left == right or (isinstance(left, Bool) and isinstance(right, Long)))",
            ),
            Defect(
                "any two strings are equal",
                "reference.evaluator",
                "return boolean(left == right)",
                "return boolean(left == right or (isinstance(left, String) and isinstance(right, String)))",
            ),
        ),
        BECAUSE,
        (
            *REFERENCE,
            "production.execution.operations._orderable",
            "production.execution.operations.less",
            "production.execution.operations.less_equal",
            "production.execution.generated_support.order_status",
            "production.execution.codegen_operators.write_order",
            "production.execution.codegen_operators.write_equals",
            "production.language.values.equal",
        ),
        search=disagreement(*COMPARISONS),
    ),
    Theorem(
        "Production calculates as the reference does",
        "`+`, `-`, `*`, negation and `!`, alone and nested, give the same number or fail alike, for all 64-bit"
        " numbers and all kinds.",
        ANCHOR,
        "S",
        agreement(*ARITHMETIC),
        (
            LOST_MINIMUM,
            ONE_TOO_FAR,
            WRAPS,
            Defect(
                "subtraction is turned round",
                "production.execution.interpreter",
                "op.SUB: lambda left, right, frame: ranged(long(left) - long(right)),",
                "op.SUB: lambda left, right, frame: ranged(long(right) - long(left)),",
            ),
        ),
        BECAUSE,
        (
            *REFERENCE,
            *MACHINE,
            "reference.integers.checked",
            "production.execution.operations.ranged",
            "production.execution.codegen_operators.write_arithmetic",
            "production.execution.codegen_operators.write_neg",
            "production.execution.codegen_operators.write_not",
        ),
        search=disagreement(*ARITHMETIC),
    ),
    Theorem(
        "Production branches as the reference does",
        "`&&`, `||`, `!` and `if`, alone and nested, evaluate the same operands and give the same result.",
        "Lean: and, or and if lemmas; paper: evaluation",
        "S",
        agreement(*CONTROL),
        (
            Defect(
                "`||` evaluates both sides",
                "reference.evaluator",
                "return boolean(truth(self.value(left)) or truth(self.value(right)))",
                "return boolean(truth(self.value(right)) or truth(self.value(left)))",
            ),
        ),
        BECAUSE,
        (
            *EVALUATORS,
            "reference.evaluator.truth",
            "production.execution.operations.truth",
            "production.execution.codegen_control.write_left",
            "production.execution.codegen_control.write_right",
            "production.execution.codegen_control.write_if",
            "production.execution.codegen_control.write_else",
            "production.execution.codegen_control.write_end_if",
            "production.language.lowering.lower_expression",
        ),
        search=disagreement(*CONTROL),
    ),
    Theorem(
        "Production's sets are the reference's",
        "`contains`, `containsAll`, `containsAny`, `isEmpty` and set literals give the same result.",
        ANCHOR,
        "B",
        agreement(
            forms.SETS,
            (*TRUTHS, "{}", "decimal {}", "datetime {}", '"a"', 'U::"a"', "[1]", "[]", '[U::"a"]', "record"),
            (1, -(2**63)),
        ),
        (
            Defect(
                "all is any",
                "production.execution.operations",
                "return as_set(right).keys <= whole.keys",
                "return not whole.keys.isdisjoint(as_set(right).keys)",
            ),
        ),
        AT_ENDS,
        (
            *REFERENCE,
            *EVALUATORS,
            "production.language.values.key",
            "production.execution.operations.as_set",
            "production.execution.operations.contains_all",
            "production.execution.operations.contains_any",
            "production.execution.codegen_operators.write_contains",
            "production.execution.codegen_operators.write_contains_many",
            "production.execution.codegen_operators.write_is_empty",
            "production.execution.codegen_operators.write_set",
        ),
    ),
    Theorem(
        "Production matches patterns as the reference does",
        "`like`, with stars in every place, has the same value or fails alike, for strings and operands of other kinds.",
        ANCHOR,
        "B",
        agreement(forms.TEXTS, ("true", "{}", '"a"', '"b"', *(f'"{text}"' for text in TEXTS), "[1]"), (1,)),
        (
            Defect(
                "a prefix is looked for at the end",
                "production.execution.codegen_operators",
                "not pattern.pieces and not pattern.suffix",
                "not pattern.pieces and not pattern.prefix",
            ),
            Defect(
                "what is no string matches nothing",
                "production.execution.interpreter",
                'return wrong_kind("String", value)',
                "return False",
            ),
        ),
        AT_ENDS,
        (
            *EVALUATORS,
            "reference.evaluator.like",
            "production.execution.interpreter._like",
            "production.execution.codegen_operators.write_like",
        ),
    ),
    Theorem(
        "Production finds entities as the reference does",
        "`in`, `is` and `is in` give the same result, with sets, missing entities and operands of other kinds.",
        ANCHOR,
        "B",
        agreement(forms.ENTITIES, ("true", "{}", '"a"', *ENTITIES, "[1]", "[]", '[U::"a"]', "record"), (1,)),
        (
            Defect(
                "anything may be in itself",
                "production.execution.operations",
                '    if not isinstance(left, Uid):\n        wrong_kind("Entity", left)\n    if isinstance(right, Uid):\n'
                "        return left is right",
                "    if left is right:\n        return True\n"
                '    if not isinstance(left, Uid):\n        wrong_kind("Entity", left)\n    if isinstance(right, Uid):\n'
                "        return False",
            ),
        ),
        AT_ENDS,
        (
            *EVALUATORS,
            "reference.evaluator.is_in_any",
            "reference.evaluator.is_type",
            "reference.entities.Entities.is_in",
            "production.execution.operations.is_in",
            "production.execution.operations.is_type",
            "production.execution.generated_support.in_status",
            "production.execution.codegen_operators.write_in",
            "production.execution.codegen_operators.write_is",
            "production.execution.codegen_control.write_is_left",
            "production.execution.codegen_control.write_is_right",
        ),
    ),
    Theorem(
        "Production reads attributes and tags as the reference does",
        "Access, `has` with paths of up to three names, tags and records give the same result, in stores that have the"
        " entity, the attribute or the tag, and in those that do not.",
        ANCHOR,
        "B",
        agreement(forms.FIELDS, ("true", "{}", '"a"', *ENTITIES, "[1]", "record", "record x"), (1,)),
        (
            Defect(
                "a missing entity has empty attributes",
                "production.execution.operations",
                'raise EvaluationError("entity-missing", f"{value!r} is not in the store")\n        record = found',
                "found = {}\n        record = found",
            ),
        ),
        AT_ENDS,
        (
            *EVALUATORS,
            "reference.evaluator.attributes",
            "reference.evaluator.has_attr",
            "reference.evaluator.get_attr",
            "reference.evaluator.find",
            "reference.evaluator.has_path",
            "reference.entities.Entities.attrs",
            "reference.entities.Entities.attrs_or_empty",
            "reference.entities.Entities.tags",
            "reference.entities.Entities.tags_or_empty",
            "reference.entities.Entities._existing",
            "production.execution.operations.get_attribute",
            "production.execution.operations.has_path",
            "production.execution.operations._tag_operands",
            "production.execution.operations.has_tag",
            "production.execution.operations.get_tag",
            "production.execution.generated_support.path_status",
            "production.execution.codegen_operators.write_get",
            "production.execution.codegen_operators.write_has",
            "production.execution.codegen_operators.write_has_tag",
            "production.execution.codegen_operators.write_get_tag",
            "production.execution.codegen_operators.write_record",
        ),
    ),
    Theorem(
        "Production's extension functions are the reference's",
        "Every method and constructor, of every kind of receiver and argument, gives the same value or fails alike.",
        "Lean Ext; ours",
        "S",
        agreement(*METHODS),
        (
            Defect(
                "the day is cut off toward zero",
                "production.language.extensions",
                "return datetime_of(_in_range(instant.milliseconds - instant.milliseconds % DAY))",
                "return datetime_of(_in_range(instant.milliseconds + (-instant.milliseconds) % DAY))",
            ),
            Defect(
                "offset does not overflow",
                "production.language.extensions",
                "return datetime_of(_in_range(start.milliseconds + by.milliseconds))",
                "return datetime_of(start.milliseconds + by.milliseconds)",
            ),
            Defect(
                "an instant before 1970 has a negative time",
                "production.language.extensions",
                "    return duration_of(instant.milliseconds % DAY)",
                "    return duration_of(instant.milliseconds % DAY - (DAY if instant.milliseconds < 0 else 0))",
            ),
        ),
        BECAUSE,
        (
            *EVALUATORS,
            "reference.extension_functions.call",
            "reference.extensions.datetime.offset",
            "reference.extensions.datetime.duration_since",
            "reference.extensions.datetime.to_date",
            "reference.extensions.datetime.to_time",
            "reference.extensions.ipaddr.is_ipv4",
            "reference.extensions.ipaddr.is_ipv6",
            "reference.extensions.ipaddr.is_loopback",
            "reference.extensions.ipaddr.is_multicast",
            *(f"reference.extensions.decimal.{each}" for each in DECIMAL_ORDERS),
            *(f"reference.extensions.duration.to_{each}" for each in UNITS),
            "reference.extensions.duration._toward_zero",
            "production.language.extensions.call",
            "production.language.extensions._in_range",
            "production.language.extensions._offset",
            "production.language.extensions._duration_since",
            "production.language.extensions._to_date",
            "production.language.extensions._to_time",
            "production.language.extensions._decimal_order",
            "production.language.extensions._whole",
            "production.language.durations.Duration.truncated",
            "production.execution.codegen_operators.write_call",
        ),
        search=disagreement(*METHODS),
    ),
)
