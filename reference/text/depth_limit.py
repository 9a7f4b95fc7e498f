"""The limit of nesting (spec 01 §4.3), checked on the tokens before they are parsed."""

from __future__ import annotations

from reference.text.lalr import Token

DEEPEST_NESTING = 1_000

OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
BRANCH = {"THEN": "then", "ELSE": "else"}
ENDING = CLOSING | {"COMMA"} | BRANCH.keys()
"""What stands here, stands after the conditionals that are complete up to the innermost bracket."""
END_OF_OPERAND = CLOSING | {
    "WORD", "STRING", "NUMBER", "TRUE", "FALSE", "PRINCIPAL", "ACTION", "RESOURCE", "CONTEXT"
}  # fmt: skip
"""After one of these, `[` asks for an attribute."""


class TooDeep(Exception):
    """`token` opens a level too many."""

    def __init__(self, token: Token) -> None:
        super().__init__(f"nesting deeper than {DEEPEST_NESTING:,} levels")
        self.token = token


class NestingLimit:
    """A watch over the tokens of one text that stops at one nested too deep.

    Brackets and `if` add a level to what is inside them, but not those of `["attribute"]`. `outer` is the
    number of brackets around every expression that add none: one in a policy, none around an expression.
    """

    kinds = OPENING | ENDING | {"IF"}

    def __init__(self, outer: int) -> None:
        self.deepest = DEEPEST_NESTING + outer
        self.levels: list[str] = []

    def see(self, token: Token, before: str) -> None:
        """Raise `TooDeep` at a level too many; `before` is the kind of the token before this one."""
        kind, levels = token.kind, self.levels
        if kind in OPENING:
            levels.append("index" if kind == "LSQB" and before in END_OF_OPERAND else "bracket")
        elif kind == "IF":
            levels.append("if")
        else:
            while levels and levels[-1] == "else":
                levels.pop()
            if kind in CLOSING and levels:
                levels.pop()
            elif kind in BRANCH and levels:
                levels[-1] = BRANCH[kind]
        if len(levels) > self.deepest and levels[-1] != "index":
            raise TooDeep(token)
