"""Sizes of the expressions of a case, in either syntax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drt.model.case import Case
from drt.reduce.documents import read
from drt.scan.expressions import Node, NotAnExpression, read_expression
from drt.scan.policies import condition_bodies
from drt.scan.tokens import Token, tokenize


def expression_nodes(case: Case) -> int:
    """Count operators, calls and operands of conditions and expressions; tokens where nothing parses."""
    count = sum(_nodes(tokens := tokenize(text), 0, len(tokens)) for text in case.expressions)
    if case.policies.format == "json":
        return count + sum(_json_nodes(body) for body in _bodies(read(case.policies.text)))
    tokens = tokenize(case.policies.text)
    return count + sum(_nodes(tokens, start, end) for start, end in condition_bodies(tokens))


def _nodes(tokens: list[Token], start: int, end: int) -> int:
    try:
        waiting = [read_expression(tokens, start, end)]
    except NotAnExpression:
        return end - start
    count = 0
    while waiting:
        node: Node = waiting.pop()
        count += {"group": 0, "chain": len(node.parts) - 1}.get(node.shape, 1)
        waiting += node.parts
    return count


def _bodies(document: Any) -> Iterator[Any]:
    """List the bodies of all conditions of a policy set in JSON."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case {"kind": _, "body": body}:
                yield body
            case dict() as members:
                waiting += members.values()
            case list() as elements:
                waiting += elements


def _json_nodes(body: Any) -> int:
    """Each object with one key is a form, but for what stands inside a literal."""
    count = 0
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            count += len(value) == 1
            waiting += [] if "Value" in value else value.values()
        elif isinstance(value, list):
            waiting += value
    return count
