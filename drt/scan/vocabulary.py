"""The words of the language that a lexical scan must know: not names, but parts of Cedar itself."""

from __future__ import annotations

OPERATORS = frozenset(["&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"])
WORDS = frozenset(["if", "in", "has", "like", "is", "unless"])
RESERVED = frozenset(["true", "false", "if", "then", "else", "in", "is", "like", "has"])
"""The keywords that are never names (spec 01 §2.1)."""
VARIABLES = frozenset(["principal", "action", "resource", "context"])
FUNCTIONS = frozenset(["decimal", "ip", "datetime", "duration", "unknown"])
METHODS = frozenset(
    [
        "contains",
        "containsAll",
        "containsAny",
        "isEmpty",
        "getTag",
        "hasTag",
        "lessThan",
        "lessThanOrEqual",
        "greaterThan",
        "greaterThanOrEqual",
        "isIpv4",
        "isIpv6",
        "isLoopback",
        "isMulticast",
        "isInRange",
        "offset",
        "durationSince",
        "toDate",
        "toTime",
        "toMilliseconds",
        "toSeconds",
        "toMinutes",
        "toHours",
        "toDays",
    ]
)
