"""Types of extension functions and methods (spec 08 §6.9, §12.2; the table of spec 03)."""

from __future__ import annotations

from collections.abc import Sequence

from reference.errors import EvaluationError
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.functions import CONSTRUCTORS, FUNCTIONS, METHODS, call
from reference.extensions.ipaddr import IpAddr
from reference.suggest import did_you_mean
from reference.syntax import Lit
from reference.validation.judgement import IllTyped, Typed
from reference.validation.types import (
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
    """The types that a function takes; the receiver of a method first."""
    return tuple(TYPE_OF_KIND[kind] for kind in FUNCTIONS[function].kinds)


def call_type(function: str, arguments: Sequence[Typed], *, permissive: bool) -> Type:
    """The type of a call: exact number and types of arguments; constructors only of text that they accept."""
    if function not in RESULTS:
        raise IllTyped(f"there is no function `{function}`{did_you_mean(function, RESULTS)}")
    parameters = parameter_types(function)
    if len(arguments) != len(parameters):
        receiver = ", the receiver included" if function in METHODS else ""
        expected, found = len(parameters), len(arguments)
        raise IllTyped(f"`{function}` takes {expected} operands{receiver}, found {found}")
    for argument, parameter in zip(arguments, parameters, strict=True):
        if argument.type != parameter:
            raise IllTyped(f"`{function}` takes {describe(parameter)}, found {describe(argument.type)}")
    if function in CONSTRUCTORS:
        _check_text(function, arguments[0], permissive=permissive)
    return RESULTS[function]


def _check_text(function: str, argument: Typed, *, permissive: bool) -> None:
    match argument.expr:
        case Lit(String() as text):
            try:
                call(function, [text])
            except EvaluationError:
                raise IllTyped(f"`{function}` does not accept the text {text.value!r}") from None
        case _ if not permissive:
            raise IllTyped(f"`{function}` takes a string literal only")
