"""Types of extension functions and methods (spec 08 §6.9, §12.2, §13; the table of spec 03)."""

from __future__ import annotations

from collections.abc import Sequence

from reference.errors import EvaluationError
from reference.extension_functions import CONSTRUCTORS, FUNCTIONS, METHODS, call
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IPADDR,
    LONG,
    STRING,
    Type,
    describe,
)
from reference.syntax import Call, Lit
from reference.validation.judgement import Checker, Sort, Typed
from reference.values import String, Value

RESULTS: dict[str, Type] = {
    "decimal": DECIMAL,
    "ip": IPADDR,
    "datetime": DATETIME,
    "duration": DURATION,
    **dict.fromkeys(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"), BOOL),
    **dict.fromkeys(("isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange"), BOOL),
    "offset": DATETIME,
    "durationSince": DURATION,
    "toDate": DATETIME,
    "toTime": DURATION,
    **dict.fromkeys(("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"), LONG),
}

TYPE_OF_KIND: dict[type[Value], Type] = {
    String: STRING,
    Decimal: DECIMAL,
    IpAddr: IPADDR,
    Datetime: DATETIME,
    Duration: DURATION,
}


def parameter_types(function: str) -> tuple[Type, ...]:
    """Return the types that a function takes; the receiver of a method first."""
    return tuple(TYPE_OF_KIND[kind] for kind in FUNCTIONS[function].kinds)


def call_type(expr: Call, arguments: Sequence[Typed], check: Checker) -> Type:
    """Type a call: exact number and types of arguments; constructors only of text that they accept.

    Arguments of the wrong number, and computed ones of a constructor, are not compared with the parameters.
    """
    parameters = parameter_types(expr.function)
    literal, complete = _check_literals(expr, check), _check_arity(expr, check)
    if literal and complete:
        for argument, parameter in zip(arguments, parameters, strict=True):
            check.expect(argument, _exactly(parameter))
        if expr.function in CONSTRUCTORS:
            _check_text(expr, check)
    return RESULTS[expr.function]


def _exactly(parameter: Type) -> Sort:
    return Sort(describe(parameter), lambda t: t == parameter)


def _check_literals(expr: Call, check: Checker) -> bool:
    """Check that the arguments of a constructor are literals, in strict mode."""
    literal = all(isinstance(argument, Lit) for argument in expr.arguments)
    if literal or expr.function not in CONSTRUCTORS or check.permissive:
        return True
    check.report("non_literal_constructor", f"`{expr.function}` takes a string literal only", expr)
    return False


def _check_arity(expr: Call, check: Checker) -> bool:
    """Return whether there are as many arguments as parameters."""
    expected, found = len(parameter_types(expr.function)), len(expr.arguments)
    if found != expected:
        receiver = ", the receiver included" if expr.function in METHODS else ""
        message = f"`{expr.function}` takes {expected} operands{receiver}, found {found}"
        check.report("wrong_number_of_arguments", message, expr)
    return found == expected


def _check_text(expr: Call, check: Checker) -> None:
    """Check that a literal text is be one that the constructor accepts."""
    match expr.arguments:
        case (Lit(String() as text),):
            try:
                call(expr.function, [text])
            except EvaluationError:
                message = f"`{expr.function}` does not accept the text {text.value!r}"
                check.report("function_argument", message, expr)
