"""The reference's search for ancestors, for stores of any size: the invariant of its worklist, on any state of the loop.

Owns the sets of entities of which nothing is known. What the search has found stays within every set that is closed
under parents; what it has yet to look at accounts for every parent that it has not found; at the end nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import z3

from drt.proofs.ancestors import search, tried_hierarchies
from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.folds import Fold, worklist
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import decided, refuse
from drt.proofs.theorem import Counterexample, Goal, Theorem

MODULE = "reference.entities"
Uid = z3.DeclareSort("Entity")
parent = z3.Function("parent", Uid, Uid, z3.BoolSort())
stored = z3.Function("stored", Uid, z3.BoolSort())
closed_set, found_before, todo_before = (
    z3.Function(name, Uid, z3.BoolSort()) for name in ("closed", "found", "todo")
)
start, popped, low, high = z3.Consts("start popped low high", Uid)
again = z3.Bool("again")
"""Whether what is taken off the list is on it once more."""

Member = Callable[[Any], Any]


class Known(Anything):
    """An entity's uid of which nothing is known."""

    def __init__(self, term: Any) -> None:
        self.term = term

    def plain(self, model: Any) -> str:
        """Return the name that it has in a model."""
        return str(model.eval(self.term, model_completion=True))

    __hash__ = None


class AnySet(Anything):
    """The uids of which `member` is true."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def __sub__(self, other: Any) -> AnySet:
        mine, others = self.member, _set(other).member
        return AnySet(lambda uid: z3.And(mine(uid), z3.Not(others(uid))))

    def __or__(self, other: Any) -> AnySet:
        mine, others = self.member, _set(other).member
        return AnySet(lambda uid: z3.Or(mine(uid), others(uid)))

    def __and__(self, other: Any) -> AnySet:
        mine, others = self.member, _set(other).member
        return AnySet(lambda uid: z3.And(mine(uid), others(uid)))

    def __ior__(self, other: Any) -> AnySet:  # a set of any kind
        self.update(other)
        return self

    def update(self, other: Any) -> None:
        """Take in the members of another set."""
        before, more = self.member, _set(other).member
        self.member = lambda uid: z3.Or(before(uid), more(uid))

    def pop(self) -> Known:
        """Take one off; of a list, it may be on it once more."""
        before = self.member
        self.member = lambda uid: z3.And(before(uid), z3.Or(uid != popped, again))
        return Known(popped)

    def copied(self, builtin: Any) -> AnySet:
        """Return a set or list of the same members."""
        return AnySet(self.member) if builtin in (set, frozenset, list, tuple) else refuse(f"`{builtin}`")

    def plain(self, model: Any) -> frozenset[str]:
        """Return the members that a model has."""
        known = model.get_universe(Uid) or ()
        return frozenset(
            str(uid) for uid in known if z3.is_true(model.eval(self.member(uid), model_completion=True))
        )


class AnyStack(AnySet):
    """A list of uids; in a model the one that is taken off comes last. It counts what is put on it and taken off."""

    def __init__(self, member: Member) -> None:
        super().__init__(member)
        self.pushed: list[Member] = []
        self.pops = 0

    def pop(self) -> Known:
        """Take one off."""
        self.pops += 1
        return super().pop()

    def extend(self, other: Any) -> None:
        """Put the members of a set on it."""
        self.pushed.append(_set(other).member)
        self.update(other)

    def plain(self, model: Any) -> Any:
        """Return the list that a model has."""
        last = Known(popped).plain(model)
        twice = [last] * (1 + z3.is_true(model.eval(again, model_completion=True)))
        return [*sorted(super().plain(model) - {last}), *twice]


class Found(AnySet):
    """A set that the loop fills; in a model one that can be filled."""

    def plain(self, model: Any) -> Any:
        """Return the set that a model has."""
        return set(super().plain(model))


class AnyStore(Anything):
    """The entities of which nothing is known but who is stored and who is whose parent."""

    def get(self, uid: Any) -> Any:
        """Return the entity, if it is stored."""
        if not isinstance(uid, Known):
            refuse("another key")
        if not decided(stored(uid.term)):
            return None
        return SimpleNamespace(parents=AnySet(lambda other: parent(uid.term, other)))

    def plain(self, model: Any) -> dict[str, Any]:
        """Return the entities that a model has."""
        found = [uid for uid in model.get_universe(Uid) or () if z3.is_true(model.eval(stored(uid)))]
        parents = {str(uid): AnySet(lambda other, uid=uid: parent(uid, other)).plain(model) for uid in found}  # type: ignore[misc]  # its type is not inferred past a default
        return {uid: SimpleNamespace(parents=each) for uid, each in parents.items()}


def _set(other: Any) -> AnySet:
    return other if isinstance(other, AnySet) else refuse("a union with something else")


def _is_above(uid: Any, other: Any, found: Member) -> Any:
    """State that the other is a parent of the start or of something that is found."""
    return z3.And(z3.Or(uid == start, found(uid)), parent(uid, other))


CLOSED = z3.ForAll([low, high], z3.Implies(_is_above(low, high, closed_set), closed_set(high)))
"""A set with the parents of the start and of all its members."""
UNSTORED = z3.ForAll([low, high], z3.Implies(z3.Not(stored(low)), z3.Not(parent(low, high))))
"""Nothing is known above an entity that is not in the store."""


def _invariant(found: Member, todo: Member) -> Any:
    """State that found and todo account for each other, and are within every closed set."""
    return z3.And(
        z3.ForAll([low, high], z3.Implies(_is_above(low, high, found), z3.Or(found(high), todo(low)))),
        z3.ForAll([low], z3.Implies(found(low), closed_set(low))),
        z3.ForAll([low], z3.Implies(todo(low), z3.Or(low == start, closed_set(low)))),
    )


def _goals() -> Iterator[Goal]:
    yield tried_hierarchies()
    parts = worklist(MODULE, "Entities.ancestors", "todo")
    if parts.carried != ("found", "todo"):
        refuse(f"the state {parts.carried}")
    first = object()
    found, todo = parts.before(SimpleNamespace(by_uid={}), first)
    begun = type(found) is set and not found and todo == [first]
    yield Goal(
        "the search begins with nothing found and the start to look at", z3.BoolVal(begun), (), _decode
    )
    assumed = (CLOSED, UNSTORED, _invariant(found_before, todo_before), todo_before(popped))
    yield Goal("a turn keeps the invariant", _turn(parts), assumed, _decode)
    yield Goal("a turn puts on what is new, and takes one off", _ends(parts), (todo_before(popped),), _decode)
    ended = _end(parts)
    nothing = z3.ForAll([low], z3.Not(todo_before(low)))
    within = z3.ForAll([low], z3.Implies(ended(low), closed_set(low)))
    complete = z3.ForAll([low, high], z3.Implies(_is_above(low, high, ended), ended(high)))
    at_end = (CLOSED, UNSTORED, _invariant(found_before, todo_before), nothing)
    yield Goal(
        "what is found is closed under parents, and within all that is",
        z3.And(within, complete),
        at_end,
        _decode,
    )


def _turn(parts: Fold) -> Any:
    """State that a turn on any state keeps the invariant."""

    def turn(store: Any, found: Any, todo: Any) -> Any:
        after = parts.turn(SimpleNamespace(by_uid=store), None, _state(found), _state(todo))
        return None if after is None else tuple(map(_members, after))

    states = AnyStore(), Found(found_before), AnyStack(todo_before)
    assuming = (UNSTORED, todo_before(popped))
    claims = [
        z3.Implies(
            path.condition,
            z3.BoolVal(False) if path.value is None else _invariant(*(each.member for each in path.value)),
        )
        for path in explore(turn, states, assuming=assuming)
    ]
    return z3.And(*claims)


def _ends(parts: Fold) -> Any:
    """State that a turn takes one off the list, and puts on only what it finds: nothing is put on twice."""
    claims = []
    store = SimpleNamespace(by_uid=AnyStore())
    for path in explore(lambda: parts.turn(store, None, Found(found_before), AnyStack(todo_before))):
        found, todo = path.value or refuse("the end of the loop")
        claims.append(z3.Implies(path.condition, puts_on_new(found, todo)))
    return z3.And(*claims)


def puts_on_new(found: AnySet, todo: Any) -> Any:
    """State that what is put on the list was not found before and is now, that what was found stays, and that one is off."""
    pushed = z3.Or(z3.BoolVal(False), *(push(low) for push in todo.pushed))
    new = z3.Implies(pushed, z3.And(z3.Not(found_before(low)), found.member(low)))
    grows = z3.Implies(found_before(low), found.member(low))
    return z3.And(z3.ForAll([low], z3.And(new, grows)), z3.BoolVal(todo.pops == 1))


def _state(held: Any) -> Any:
    """Return a copy for one run, as turns change what they are given."""
    return type(held)(held.member) if isinstance(held, AnySet) else held


def _members(held: Any) -> Any:
    return AnySet(held.member) if isinstance(held, AnySet) else frozenset(held)


def _end(parts: Fold) -> Member:
    """Return the members of what the search returns."""
    [path] = explore(lambda: parts.after(None, None, Found(found_before), AnyStack(todo_before)))
    member: Member = _set(path.value).member
    return member


def _decode(model: Any) -> Counterexample:
    return search() or Counterexample(f"{model}, which no small store confirms", False)


THEOREMS = (
    Theorem(
        "The reference finds exactly the ancestors",
        "In stores of any size: what the search returns is closed under parents, and within every set that is; each"
        " entity is put on the list once at most, and each turn takes one off, so it ends.",
        "Lean: transitive closure; paper: termination",
        "U",
        _goals,
        (
            Defect("what is new is not looked at", MODULE, "                todo.extend(new)\n", ""),
            Defect(
                "only parents and grandparents count", MODULE, "                todo.extend(new)",
                "                found |= {up for uid in new for up in (self.by_uid[uid].parents if uid in self.by_uid else ())}",
            ),
            Defect("what was found is forgotten", MODULE, "                found |= new\n", "                found = set(new)\n"),
        ),
        functions=("reference.entities.Entities.ancestors",),
        search=search,
    ),
)  # fmt: skip
