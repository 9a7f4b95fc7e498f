"""Generated functions: one per shape for rules found by the index, one for many rules that are always asked.

Law (shapes): rules with equal instructions and equal types still to check share one function; the literals,
in which they differ, are passed in. 100,000 links of a template cost one compilation.
Law (fusing): a fused function gives each of its rules the status that the rule would have alone;
statuses are `STATUS_BITS` apart in one integer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import CodeType, FunctionType
from typing import Any, Final
from weakref import WeakValueDictionary

from ..entities import Entities
from ..errors import STATUS_BITS
from ..execution.codegen import TooLarge, write_code
from ..execution.codegen_writer import Writer
from ..execution.generated_support import NAMES
from ..language.deep_stack import at_any_depth
from ..language.lowering import Code, Instructions
from ..language.policies import Scope
from ..language.uids import Uid
from ..schema.request_types import RequestTypes
from .rules import Rule

_MOST_INSTRUCTIONS: Final = 1_500
MOST_TYPES: Final = 256
"""Code is kept for so many request environments, whichever schemas they are of."""
FUSED_RULES: Final = 32

ShapeKey = tuple[str | None, str | None, Instructions]
"""What is left of a rule when its scope's entities hold: the types of principal and resource, the code."""

_PRELUDE: Final = {
    "pd": "pd = A.get(p, E)",
    "ph": "ph = H[p]",
    "rd": "rd = A.get(r, E)",
    "rh": "rh = H[r]",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled function that waits for a store, its text, and the objects that it names."""

    code: CodeType
    names: dict[str, Any]
    text: str = ""

    def bind(self, entities: Entities, **names: object) -> Callable[..., Any]:
        """Return the function over this store, with further names for it to find."""
        store = {"A": entities._attributes, "H": entities._above, "G": entities._tags}
        return FunctionType(self.code, {**NAMES, **self.names, **store, **names})


def _guard_type(out: Writer, variable: str, type_name: str | None) -> None:
    if type_name is None:
        return
    known = None if out.types is None else out.types.principal if variable == "p" else out.types.resource
    if known is None:
        out.line(f"if {variable}.type != {type_name!r}: {out.ending('0')}")
    elif known.name != type_name:
        out.line(out.ending("0"))


def _guard_scope(out: Writer, variable: str, scope: Scope, entity: Uid | None) -> None:
    if entity is None:
        _guard_type(out, variable, scope.type_name)
        return
    name = out.named(entity)
    if scope.op == "==":
        out.line(f"if {variable} is not {name}: {out.ending('0')}")
        return
    _guard_type(out, variable, scope.type_name)
    out.uses.add(f"{variable}h")
    out.line(f"if {name} is not {variable} and {name} not in {variable}h: {out.ending('0')}")


@at_any_depth
def _compiled(out: Writer, signature: str, tail: Sequence[str], split: int) -> Program:
    """Make the function; lines before `split` are scope guards, what is read once comes after them."""
    early = [_PRELUDE[name] for name in ("ph", "rh") if name in out.uses]
    late = [_PRELUDE[name] for name in ("pd", "rd") if name in out.uses]
    body = [
        f"def made({signature}):",
        *(f" {line}" for line in early),
        *out.lines[:split],
        *(f" {line}" for line in late),
        *out.lines[split:],
        *tail,
    ]
    text = "\n".join(body)
    module = compile(text, "<generated policy>", "exec", dont_inherit=True)
    (code,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
    return Program(code, out.names, text)


def is_small(rule: Rule) -> bool:
    """Return whether a rule's code may be generated at all."""
    return len(rule.policy.code.instructions) <= _MOST_INSTRUCTIONS


def _shape_program(key: ShapeKey, types: RequestTypes | None) -> Program | None:
    principal, resource, instructions = key
    out = Writer(ending="return {}".format, types=types)
    _guard_type(out, "p", principal)
    _guard_type(out, "r", resource)
    split = len(out.lines)
    try:
        write_code(out, instructions, "L[{}]".format)
    except TooLarge:
        return None
    return _compiled(out, "p, a, r, c, L", [" return 1"], split)


@dataclass(slots=True, eq=False, weakref_slot=True)
class Shape:
    """The work left for a rule that the index has found; `asked` counts runs by the machine."""

    key: ShapeKey
    asked: int = 0
    programs: dict[RequestTypes | None, Program | None] = field(default_factory=dict)

    @property
    def is_trivial(self) -> bool:
        """Whether being found is being satisfied."""
        return self.key == (None, None, ())

    def compiled(self, types: RequestTypes | None) -> Program | None:
        """Return the program for requests of these types, compiled at most once.

        `None` leaves the shape to the interpreter.
        """
        try:
            return self.programs[types]
        except KeyError:
            if len(self.programs) >= MOST_TYPES:
                self.programs.clear()
            is_small = len(self.key[2]) <= _MOST_INSTRUCTIONS
            program = self.programs[types] = _shape_program(self.key, types) if is_small else None
            return program


_shapes: Final[WeakValueDictionary[ShapeKey, Shape]] = WeakValueDictionary()
"""A shape lives as long as an index has a rule of it: what no policy set needs is not held."""
_lock: Final = Lock()


def shape_of(principal: str | None, resource: str | None, instructions: Instructions) -> Shape:
    """Return the one shape of these."""
    key = (principal, resource, instructions)
    found = _shapes.get(key)
    if found is None:
        with _lock:
            found = _shapes.setdefault(key, Shape(key))
    return found


def _ending(shift: int) -> Callable[[str], str]:
    return lambda status: "break" if status == "0" else f"m |= {status} << {shift}; break"


def fused_program(
    rules: Sequence[Rule], *, direct: bool, types: RequestTypes | None = None
) -> Program | None:
    """Return one function for these rules, all constraints included; `None` if the machine must run them.

    It returns the statuses; a `direct` one looks them up in `responses` or asks `respond` for the response.
    """
    out = Writer(ending="".format, indent=2, types=types)
    for position, rule in enumerate(rules):
        out.ending = _ending(position * STATUS_BITS)
        out.lines.append(" while True:")
        policy = rule.policy
        _guard_scope(out, "p", policy.principal, rule.principal)
        _guard_scope(out, "r", policy.resource, rule.resource)
        literals = policy.code.literals
        names = [out.named(literal) for literal in literals]
        try:
            write_code(out, policy.code.instructions, names.__getitem__)
        except TooLarge:
            return None
        out.line(f"m |= {1 << position * STATUS_BITS}")
        out.line("break")
    out.lines.insert(0, " m = 0")
    tail = looked_up("m", "m") if direct else [" return m"]
    return _compiled(out, "p, a, r, c", tail, 0)


def looked_up(key: str, arguments: str) -> list[str]:
    """Return the response that is kept under `key`, or else the one that `respond` makes."""
    return [" try: return responses[" + key + "]", f" except KeyError: return respond({arguments})"]


def expression_program(code: Code, types: RequestTypes | None = None) -> Program | None:
    """Return a function from a request to a value and a status; `None` if the machine must run it."""
    out = Writer(ending="return None, {}".format, types=types)
    try:
        write_code(out, code.instructions, lambda index: out.named(code.literals[index]))
    except TooLarge:
        return None
    (value,) = out.stack
    return _compiled(out, "p, a, r, c", [f" return {value.code}, 0"], 0)
