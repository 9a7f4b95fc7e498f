"""Rules by which forms of expressions are evaluated and typed, with their sections.

Owns the way from a scanned expression to the row of the language table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drt.diagnosis.rule import Form
from drt.scan.expressions import Node
from drt.scan.tokens import Token
from generators.language import FUNCTIONS, LANGUAGE, METHODS, OPERATORS, Operator

EVALUATION = "spec 02 §"
CALL = EVALUATION + "4.10"
NAMES: Mapping[str, str] = {"neg": Form.NEGATION, ".": Form.ATTRIBUTE_ACCESS}
"""Operators whose rules are not called by their spelling."""

TYPING = {NAMES.get(row.name, row.name): row.typing for row in LANGUAGE} | {Form.LEAF: "spec 08 §6.1"}


def rule_of(node: Node, tokens: Sequence[Token], operator: int | None = None) -> tuple[str, str]:
    """Name the rule and its chapter; `operator` is the token at issue in a chain of several."""
    match node.shape:
        case "prefix" if tokens[node.start].text == "-":
            return Form.NEGATION, EVALUATION + "4.2"
        case "chain" | "prefix" | "relation":
            word = tokens[_operator(node) if operator is None else operator].text
            return f"`{word}`", _section(OPERATORS, word, EVALUATION + "4")
        case "if":
            return "`if`", EVALUATION + "4.1"
        case "list":
            return Form.SET, EVALUATION + "4.3"
        case "record":
            return Form.RECORD, EVALUATION + "4.9"
        case "access":
            return Form.ATTRIBUTE_ACCESS, EVALUATION + "4.6"
        case "method":
            word = tokens[node.parts[0].end + 1].text
            return f"`{word}`", _section(METHODS, word, CALL)
        case "call":
            word = tokens[node.start].text
            return f"`{word}`", _section(FUNCTIONS, word, CALL)
        case "group":
            return Form.PARENTHESES, "spec 01 §4"
        case _:
            return Form.LEAF, EVALUATION + "4.1"


def typing_rule_of(node: Node, tokens: Sequence[Token], operator: int | None = None) -> tuple[str, str]:
    """Name the rule by which an expression is typed, and its chapter."""
    name, _ = rule_of(node, tokens, operator)
    return name, TYPING.get(name.strip("`"), "spec 08 §6.9")


def _section(table: Mapping[str, Operator], name: str, otherwise: str) -> str:
    row = table.get(name)
    return otherwise if row is None else row.section


def _operator(node: Node) -> int:
    """Find the token that makes the node what it is."""
    return node.start if node.shape == "prefix" else node.parts[0].end
