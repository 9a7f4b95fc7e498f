"""The law of literals: every engine gives them the values that a definition gives (spec 03, 02 §4.2).

Owns a reader of the expressions that the definition evaluates, which shares nothing with an engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Evaluated, Failed, Outcome
from drt.model.question import Evaluate
from drt.oracles.comparing import Comparison
from drt.oracles.defined_literals import (
    CONSTRUCTORS,
    Fails,
    Fields,
    Unknown,
    Value,
    canonical,
    in_64_bits,
    method,
    operate,
)
from drt.oracles.law import Compares, law
from drt.oracles.wildcard import ANY_REQUEST, characters

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[a-zA-Z][a-zA-Z0-9]*)|(?P<long>-?[0-9]+)|(?P<mark><|==|[-+*().,:{}\[\]])|\s+'
)


class _Reader:
    """A reader of one expression: `value ((+ | - | * | < | ==) value)?`, any calls behind a value."""

    def __init__(self, expression: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(expression):
            found = _TOKEN.match(expression, at)
            if found is None:
                raise Unknown
            at = found.end()
            if found.lastgroup:
                self.tokens.append((found.lastgroup, found[0]))
        self.tokens.append(("end", ""))
        self.at = 0

    def take(self, *kinds: str) -> str:
        kind, text = self.tokens[self.at]
        if kind not in kinds and text not in kinds:
            raise Unknown
        self.at += 1
        return text

    def is_at(self, text: str) -> bool:
        return self.tokens[self.at][1] == text

    def whole(self) -> Value:
        left = self.value()
        if not self.is_at(""):
            operator = self.take("+", "-", "*", "<", "==")
            left = operate(operator, left, self.value())
        self.take("end")
        return left

    def value(self) -> Value:
        made = self.start()
        while self.is_at("."):
            self.take(".")
            name = self.take("word")
            self.take("(")
            arguments = [] if self.is_at(")") else [self.value()]
            self.take(")")
            made = method(name, made, arguments)
        return made

    def start(self) -> Value:
        if self.is_at("-"):
            self.take("-")
            return operate("-", 0, self.start())
        if self.is_at("("):
            self.take("(")
            number = int(self.take("long"))
            self.take(")")
            return number
        if self.is_at("["):
            return self.elements()
        if self.is_at("{"):
            return self.fields()
        if self.tokens[self.at][0] == "text":
            return self.text()
        if self.tokens[self.at][0] == "long":
            return in_64_bits(int(self.take("long")))
        word = self.take("word")
        if word in ("true", "false"):
            return word == "true"
        constructor = CONSTRUCTORS.get(word)
        self.take("(")
        text = self.text()
        self.take(")")
        if constructor is None:
            raise Unknown
        return constructor(text)

    def text(self) -> str:
        found = characters(self.take("text"))
        if found is None:
            raise Unknown
        return "".join(character for character, _ in found)

    def fields(self) -> Fields:
        self.take("{")
        found = dict[str, str]()
        while not self.is_at("}"):
            name = self.take("word")
            self.take(":")
            found[name] = canonical(self.value())
            if not self.is_at("}"):
                self.take(",")
        self.take("}")
        return Fields(tuple(sorted(found.items())))

    def elements(self) -> frozenset[str]:
        self.take("[")
        found = set[str]()
        while not self.is_at("]"):
            found.add(canonical(self.value()))
            if not self.is_at("]"):
                self.take(",")
        self.take("]")
        return frozenset(found)


def defined(expression: str) -> Evaluated | Failed | None:
    """Evaluate an expression by definition; None for one that the definition does not know."""
    try:
        return Evaluated(canonical(_Reader(expression).whole()))
    except Fails as failure:
        return Failed(failure.kind)
    except Unknown:
        return None


@law(Compares.ITSELF)
def literals_have_their_values(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Extension literals, their methods, and arithmetic have the values that a definition gives them."""
    loaded = [(engine, engine.load(case)) for engine in engines]
    request = case.requests[0] if case.requests else ANY_REQUEST
    for index, expression in enumerate(case.expressions):
        definition = defined(expression)
        if definition is None:
            comparison.skip("no expression of literals")
            continue
        asked = Evaluate(expression, request)
        for engine, answer in loaded:
            outcome: Outcome = answer if isinstance(answer, NotLoaded) else answer.ask(asked)
            variants = [("definition", definition), (engine.name, outcome)]
            comparison.hold(f"expression {index}", variants, asked=asked)
