"""Which rule of the language a form of expression is evaluated by, and where that rule is written.

Owns the table from operators, methods and functions to chapters of the specification.
"""

from __future__ import annotations

from collections.abc import Sequence

from drt.scan.expressions import Node
from drt.scan.tokens import Token

EVALUATION, EXTENSIONS = "spec 02 §", "spec 03 §"

OPERATORS = {
    "&&": "4.1", "||": "4.1", "!": "4.1",
    "+": "4.2", "-": "4.2", "*": "4.2", "<": "4.2", "<=": "4.2", ">": "4.2", ">=": "4.2",
    "==": "2", "!=": "2",
    "in": "4.4", "is": "4.5", "has": "4.6", "like": "4.8",
}  # fmt: skip

METHODS = {
    "contains": EVALUATION + "4.3", "containsAll": EVALUATION + "4.3", "containsAny": EVALUATION + "4.3",
    "isEmpty": EVALUATION + "4.3", "hasTag": EVALUATION + "4.7", "getTag": EVALUATION + "4.7",
    "lessThan": EXTENSIONS + "1", "lessThanOrEqual": EXTENSIONS + "1",
    "greaterThan": EXTENSIONS + "1", "greaterThanOrEqual": EXTENSIONS + "1",
    "isIpv4": EXTENSIONS + "2", "isIpv6": EXTENSIONS + "2", "isLoopback": EXTENSIONS + "2",
    "isMulticast": EXTENSIONS + "2", "isInRange": EXTENSIONS + "2.1",
    "offset": EXTENSIONS + "3", "durationSince": EXTENSIONS + "3", "toDate": EXTENSIONS + "3",
    "toTime": EXTENSIONS + "3",
    "toMilliseconds": EXTENSIONS + "4", "toSeconds": EXTENSIONS + "4", "toMinutes": EXTENSIONS + "4",
    "toHours": EXTENSIONS + "4", "toDays": EXTENSIONS + "4",
}  # fmt: skip

FUNCTIONS = {"decimal": "1", "ip": "2", "datetime": "3", "duration": "4"}

TYPING = {
    "&&": "6.2", "||": "6.2", "!": "6.2", "if": "6.2",
    "==": "6.3", "!=": "6.3", "<": "6.3", "<=": "6.3", ">": "6.3", ">=": "6.3",
    "+": "6.3", "-": "6.3", "*": "6.3", "negation": "6.3",
    "contains": "6.4", "containsAll": "6.4", "containsAny": "6.4", "isEmpty": "6.4", "set": "6.4",
    "in": "6.5", "is": "6.5", "like": "6.3", "has": "6.6", "attribute access": "6.6",
    "hasTag": "6.7", "getTag": "6.7", "record": "6.8", "literal or variable": "6.1",
}  # fmt: skip


def rule_of(node: Node, tokens: Sequence[Token], operator: int | None = None) -> tuple[str, str]:
    """The rule's name and chapter; `operator` is the token at issue in a chain of several."""
    match node.shape:
        case "prefix" if tokens[node.start].text == "-":
            return "negation", EVALUATION + "4.2"
        case "chain" | "prefix" | "relation":
            word = tokens[_operator(node) if operator is None else operator].text
            return f"`{word}`", EVALUATION + OPERATORS.get(word, "4")
        case "if":
            return "`if`", EVALUATION + "4.1"
        case "list":
            return "set", EVALUATION + "4.3"
        case "record":
            return "record", EVALUATION + "4.9"
        case "access":
            return "attribute access", EVALUATION + "4.6"
        case "method":
            word = tokens[node.parts[0].end + 1].text
            return f"`{word}`", METHODS.get(word, EVALUATION + "4.10")
        case "call":
            word = tokens[node.start].text
            return f"`{word}`", EXTENSIONS + FUNCTIONS[word] if word in FUNCTIONS else EVALUATION + "4.10"
        case "group":
            return "parentheses", "spec 01 §4"
        case _:
            return "literal or variable", EVALUATION + "4.1"


def typing_rule_of(node: Node, tokens: Sequence[Token], operator: int | None = None) -> tuple[str, str]:
    """The same for the rule by which an expression is typed."""
    name, _ = rule_of(node, tokens, operator)
    return name, f"spec 08 §{TYPING.get(name.strip('`'), '6.9')}"


def _operator(node: Node) -> int:
    """The token that makes the node what it is."""
    return node.start if node.shape == "prefix" else node.parts[0].end
