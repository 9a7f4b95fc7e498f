"""Ids and names of every kind, those that are not allowed included."""

from __future__ import annotations

from generators.choice.sources import Source

VARIABLES = ("principal", "action", "resource", "context")
RESERVED = ("true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar")
WORDS = (
    *VARIABLES, "permit", "forbid", "when", "unless", "type",
    "entity", "tags",
    "namespace", "enum", "appliesTo", "Set", "Long", "String", "Bool", "Action", "decimal", "ip", "unknown",
    "isEmpty", "contains", "_", "a1", "A", "__entity", "__extn", "__expr", "id", "fn", "arg", "uid",
)  # fmt: skip
"""Words with a meaning somewhere, all of them identifiers."""

STRANGE = (
    "", " ", "a b", " a", "a ", "a.b", "a::b", "::", '"', "'", "\\", "\\n", "\n", "\r", "\r\n",
    "\t", "\0", "\x1f", "\x7f",
    "\x85", "\u200b", "\u2028", "\ufeff", "e\u0301", "é", "٣", "x٩", "\u0130", "ß", "\U0001f600",
    "\u202e", "\U000e0001", "\ufb01", "*", "\\*", "//",
    "a//b", "?principal", "?x", "0", "-1", "1a", "true ", "a-b", "${x}", "<b>", "x" * 300,
    "policy0", "IF", "Then",
)  # fmt: skip

TYPES = (
    "A", "A::B", "B", "Action", "A::Action", "principal", "action", "resource", "context",
    "A::principal", "permit",
    "type", "Set", "A::B::C", "_", "B::A", "User", "A::User",
)  # fmt: skip
BROKEN_TYPES = (
    "", "A ::B", "A:: B", " A", "A ", "A::", "::A", "A:B", "A::::B", "if", "A::if", "in::A",
    "__cedar", "__cedar::A", "A::__cedar",
    "é", "A٩", "A\n", "A//x", "1A", "A.B", 'A::"x"', "A::é", "\u212a", "ſ",
)  # fmt: skip


def odd_id(source: Source) -> str:
    """Draw an id: a usual one, a word with a meaning, a reserved one, or no word at all."""
    match source.integer(0, 5):
        case 0:
            return source.choice(("a", "b", "c"))
        case 1 | 2:
            return source.choice(WORDS)
        case 3:
            return source.choice(RESERVED)
        case _:
            return source.choice(STRANGE)


def odd_attribute(source: Source) -> str:
    """Draw the name of an attribute, often one that means something else where no attribute stands."""
    return source.choice((*VARIABLES, *RESERVED, "", "", "")) if source.boolean(0.3) else odd_id(source)


def odd_text(source: Source) -> str:
    """Draw a text for a string or a pattern: an id, or several strange pieces in a row."""
    return "".join(source.choice(STRANGE) for _ in "abc") if source.boolean(0.4) else odd_id(source)


def odd_type(source: Source, broken: float = 0.08) -> str:
    """Draw the name of an entity type, with some probability one that is none."""
    return source.choice(BROKEN_TYPES if source.boolean(broken) else TYPES)
