"""The words of Cedar itself, which a lexical scan must distinguish from the names of a case."""

from __future__ import annotations

from generators import language
from generators.language import Kind

KEYWORD_OPERATORS = frozenset(["in", "has", "like", "is"])
WORDS = KEYWORD_OPERATORS | frozenset(["if", "unless"])
OPERATORS = frozenset(
    name for name, row in language.OPERATORS.items() if name == "!" or (row.infix and not name.isalpha())
) | frozenset(["/", "%"])
"""The operators that are punctuation, those included that no expression may use (spec 01 §4.2)."""

RESERVED = frozenset(["true", "false", "if", "then", "else", "in", "is", "like", "has"])
"""The keywords that are never names (spec 01 §2.1)."""

RELATIONS = frozenset(language.RELATIONS)
VARIABLES = frozenset(["principal", "action", "resource", "context"])
CONSTRUCTORS = frozenset(language.FUNCTIONS)
FUNCTIONS = CONSTRUCTORS | frozenset(["unknown"])
METHODS = frozenset(language.METHODS)
EXTENSION_METHODS = frozenset(name for name, row in language.METHODS.items() if row.extension)
METHOD_RESULTS: dict[str, Kind] = {name: row.result for name, row in language.METHODS.items()}
