"""A definition of Cedar text: what it means as canonical policy JSON, or that it is refused (spec 01, 06).

Owns a third reader, by one function per rule of the grammar, which shares nothing with an engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drt.oracles.defined_names import FUNCTIONS, METHODS, RESERVED, Refused, Undefined
from drt.oracles.defined_tokens import Tokens, is_word, string_of, tokens_of, unescaped

Json = Any

_VARIABLES = ("principal", "action", "resource", "context")
_RELATIONS = ("<", "<=", ">", ">=", "==", "!=", "in")
_MOST_SIGNS = 4
_DEEPEST = 40
"""Expressions inside each other; deeper ones are not defined."""


def defined_policies(text: str) -> Json:
    """Return the canonical policy-set document of a text; raise `Refused` or `Undefined`."""
    reader = _Reader(tokens_of(text))
    document: Json = {"staticPolicies": {}, "templates": {}, "templateLinks": []}
    number = 0
    while reader.next:
        policy, has_slot = reader.policy()
        document["templates" if has_slot else "staticPolicies"][f"policy{number}"] = policy
        number += 1
    return document


def defined_expression(text: str) -> Json:
    """Return the canonical JSON of an expression; raise `Refused` or `Undefined`."""
    reader = _Reader(tokens_of(text))
    found = reader.expression()
    if reader.next:
        raise Refused(f"{reader.next} after the expression")
    return found


class _Reader(Tokens):
    """Every method reads what it is called after."""

    _depth = 0

    def word(self) -> str:
        """Take an identifier."""
        token = self.take()
        if not is_word(token) or token in RESERVED:
            raise Refused(f"{token!r} is no identifier")
        return token

    def listed(self, closing: str, item: Callable[[], Json]) -> list[Json]:
        """Take items with commas between, and what closes them."""
        found = []
        while not self.has(closing):
            found.append(item())
            if not self.has(","):
                self.take(closing)
                break
        return found

    # Policies

    def policy(self) -> tuple[Json, bool]:
        """Read a policy; return it, and whether it has a slot."""
        annotations: dict[str, str | None] = {}
        while self.has("@"):
            key = self.take()
            if not is_word(key) or key in annotations:
                raise Refused(f"the annotation {key}")
            annotations[key] = None
            if self.has("("):
                annotations[key] = string_of(self.string())
                self.take(")")
        made: Json = {"effect": self.take("permit", "forbid")}
        self.take("(")
        for variable in ("principal", "action", "resource"):
            self.take(variable)
            made[variable] = self.action() if variable == "action" else self.scope(f"?{variable}")
            if variable != "resource":
                self.take(",")
        self.has(",")
        self.take(")")
        made["conditions"] = []
        while self.next in ("when", "unless"):
            kind = self.take()
            self.take("{")
            made["conditions"].append({"kind": kind, "body": self.expression()})
            self.take("}")
        self.take(";")
        slots = [made[name].get("in", made[name]) for name in ("principal", "resource")]
        return made | ({"annotations": annotations} if annotations else {}), any(
            "slot" in one for one in slots
        )

    def scope(self, slot: str) -> Json:
        if self.has("is"):
            made: Json = {"op": "is", "entity_type": self.name()}
            return made | ({"in": self.target(slot)} if self.has("in") else {})
        if self.next in ("==", "in"):
            return {"op": self.take(), **self.target(slot)}
        return {"op": "All"}

    def target(self, slot: str) -> Json:
        if self.has("("):
            inner = self.target(slot)
            self.take(")")
            return inner
        if self.has(slot):
            return {"slot": slot}
        return {"entity": self.uid()}

    def action(self) -> Json:
        if self.has("=="):
            return {"op": "==", "entity": self.action_uid()}
        if not self.has("in"):
            return {"op": "All"}
        brackets = 0
        while self.has("("):
            brackets += 1
        if self.has("["):
            entities = self.listed("]", self.action_uid)
        else:
            entities = [self.action_uid()]
        for _ in range(brackets):
            self.take(")")
        return (
            {"op": "in", "entity": entities[0]} if len(entities) == 1 else {"op": "in", "entities": entities}
        )

    def action_uid(self) -> Json:
        if self.has("("):
            inner = self.action_uid()
            self.take(")")
            return inner
        uid = self.uid()
        if uid["type"].rpartition("::")[2] != "Action":
            raise Refused("no action in the scope of actions")
        return uid

    def uid(self) -> Json:
        parts = [self.word()]
        self.take("::")
        while not self.next.startswith('"'):
            parts.append(self.word())
            self.take("::")
        return {"type": "::".join(parts), "id": string_of(self.string())}

    def name(self) -> str:
        parts = [self.word()]
        while self.has("::"):
            parts.append(self.word())
        return "::".join(parts)

    # Expressions

    def expression(self) -> Json:
        """Read an expression."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Undefined
        if self.has("if"):
            found = {"if": self.expression()}
            for word in ("then", "else"):
                self.take(word)
                found[word] = self.expression()
            found = {"if-then-else": found}
        else:
            found = self.chain(("||",), lambda: self.chain(("&&",), self.relation))
        self._depth -= 1
        return found

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Json]) -> Json:
        found = operand()
        while self.next in operators:
            found = {self.take(): {"left": found, "right": operand()}}
        return found

    def sum(self) -> Json:
        return self.chain(("+", "-"), lambda: self.chain(("*",), self.signed))

    def relation(self) -> Json:
        left = self.sum()
        if self.next in _RELATIONS:
            return {self.take(): {"left": left, "right": self.sum()}}
        if self.has("has"):
            if self.next.startswith('"'):
                return {"has": {"left": left, "attr": string_of(self.string())}}
            path = [self.word()]
            while self.has("."):
                path.append(self.word())
            return {"has": {"left": left, "attr": path if len(path) > 1 else path[0]}}
        if self.has("like"):
            elements = unescaped(self.string(), is_pattern=True)
            pattern = ["Wildcard" if one is None else {"Literal": one} for one in elements]
            return {"like": {"left": left, "pattern": pattern}}
        if self.has("is"):
            made = {"left": left, "entity_type": self.name()}
            return {"is": made | ({"in": self.sum()} if self.has("in") else {})}
        return left

    def signed(self) -> Json:
        sign, count = self.next, 0
        if sign not in ("!", "-"):
            return self.member()
        while self.has(sign):
            count += 1
        if count > _MOST_SIGNS or self.next in ("!", "-"):
            raise Refused("too many signs")
        if sign == "-" and self.next.isdigit() and self.following not in (".", "["):
            found: Json = {"Value": self.number(-1)}
            count -= 1
        else:
            found = self.member()
        for _ in range(count):
            found = {"neg" if sign == "-" else "!": {"arg": found}}
        return found

    def number(self, sign: int = 1) -> int:
        digits = self.take().lstrip("0")
        if len(digits) > 20 or not -(2**63) <= sign * int(digits or "0") < 2**63:
            raise Refused(f"the number {digits}")
        return sign * int(digits or "0")

    def member(self) -> Json:
        found = self.primary()
        while self.next in (".", "["):
            if self.take() == "[":
                found = {".": {"left": found, "attr": string_of(self.string())}}
                self.take("]")
                continue
            name = self.word()
            if self.has("("):
                found = _call(name, found, self.listed(")", self.expression))
            else:
                found = {".": {"left": found, "attr": name}}
        return found

    def primary(self) -> Json:
        token = self.next
        if token.isdigit():
            return {"Value": self.number()}
        if token.startswith('"'):
            return {"Value": string_of(self.string())}
        if self.has("("):
            inner = self.expression()
            self.take(")")
            return inner
        if self.has("["):
            return {"Set": self.listed("]", self.expression)}
        if self.has("{"):
            fields = self.listed("}", self.field)
            if len(dict(fields)) < len(fields):
                raise Refused("a key stands twice in a record")
            return {"Record": dict(fields)}
        if self.following == "::":
            return {"Value": {"__entity": self.uid()}}
        if token in ("true", "false"):
            return {"Value": self.take() == "true"}
        if token in _VARIABLES:
            return {"Var": self.take()}
        self.take(*FUNCTIONS)
        self.take("(")
        return {token: self.listed(")", self.expression)}

    def field(self) -> tuple[str, Json]:
        key = string_of(self.string()) if self.next.startswith('"') else self.word()
        self.take(":")
        return key, self.expression()


def _call(name: str, receiver: Json, arguments: list[Json]) -> Json:
    if name not in METHODS:
        raise Refused(f"there is no method {name}")
    arity = METHODS[name]
    if arity is None:
        return {name: [receiver, *arguments]}
    if len(arguments) != arity:
        raise Refused(f"{name} with {len(arguments)} arguments")
    return {name: {"left": receiver, "right": arguments[0]} if arity else {"arg": receiver}}
