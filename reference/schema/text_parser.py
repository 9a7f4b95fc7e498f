"""Schema text to declarations (spec 07 §2): the grammar `cedarschema.lark`, whose rules build as they end.

The parser keeps its own stack, so nesting costs no Python frames.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from reference.errors import InputError
from reference.schema.syntax import Fragment, refusal
from reference.schema.text_builder import Builder
from reference.text.positions import refuse_surrogates

GRAMMAR = Path(__file__).with_name("cedarschema.lark")

MEANT = {
    "WORD": "a name",
    "RESERVED": "a reserved word",
    "STRING": "a string",
    "OPTIONAL": "`?`",
    "$END": "the end of the text",
}
"""What people call the tokens that are not spelled as in the text."""

KEYWORDS = {
    "EXTERNAL", "NAMESPACE", "ENTITY", "ACTION", "TYPE", "TAGS", "ENUM", "APPLIES_TO", "ATTRIBUTES",
    "PRINCIPAL", "RESOURCE", "CONTEXT", "SET",
}  # fmt: skip
"""Words that are names wherever a name may stand."""


def parse_schema(text: str) -> tuple[Fragment, ...]:
    """Parse the fragments of a schema text, the empty namespace first; raises `InputError`."""
    refuse_surrogates(text, "schema")
    try:
        fragments: tuple[Fragment, ...] = _parser().parse(text)  # type: ignore[assignment]  # built by Builder
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    return fragments


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR.read_text("utf-8"), parser="lalr", lexer="basic", start="schema", transformer=Builder()
    )


def _explain(error: UnexpectedInput, text: str) -> InputError:
    if not isinstance(error, UnexpectedToken):
        found = repr(text[error.pos_in_stream or 0])
        return refusal((error.line, error.column), f"{found} begins no token of the schema language")
    names = {terminal.name: terminal.pattern.value for terminal in _parser().terminals}
    wanted = error.expected - KEYWORDS if "WORD" in error.expected else error.expected
    expected = " or ".join(sorted(MEANT.get(name) or f"`{names[name]}`" for name in wanted))
    if error.token.type == "$END":
        lines = text.split("\n")
        return refusal((len(lines), len(lines[-1]) + 1), f"the text ends, expected {expected}")
    return refusal((error.line, error.column), f"found `{error.token}`, expected {expected}")
