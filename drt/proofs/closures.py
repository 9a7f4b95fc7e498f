"""Production's ancestors, for stores of any size: the invariant of its worklist, on any state of the loop and the cache.

What is kept for a set of parents is what the law of the hierarchy says; the search may take any of it, and keeps no
other. The loop within a turn has an invariant of its own: what of the parents it has taken so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import z3

from drt.proofs import worklists as of_any
from drt.proofs.ancestors import search, tried_hierarchies
from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.folds import INNER, Fold, within, worklist
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, decided, now, refuse
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.worklists import AnySet, Known, Uid, high, low, parent, start, stored
from production.language.hierarchy import Ancestors

MODULE = "production.language.hierarchy"
kept = z3.Function("kept", Uid, z3.BoolSort())
"""A set is kept for the parents of an entity."""
above = z3.Function("above", Uid, Uid, z3.BoolSort())
taken = z3.Function("taken", Uid, z3.BoolSort())
one = z3.Const("one", Uid)
found_before, todo_before, closed_set = of_any.found_before, of_any.todo_before, of_any.closed_set
HELD, LIMIT = z3.Ints("held limit")


class Members(AnySet):
    """A set whose emptiness, members and size are asked for."""

    def __init__(self, member: Callable[[Any], Any], owner: Any = None) -> None:
        super().__init__(member)
        self.owner = owner
        self.pushed: list[Callable[[Any], Any]] = []
        self.pops = 0

    def __bool__(self) -> bool:
        return decided(z3.Exists([low], self.member(low)))

    def __contains__(self, uid: Any) -> bool:
        return decided(self.member(_term(uid)))

    def add(self, uid: Any) -> None:
        """Take one in."""
        before, term = self.member, _term(uid)
        self.member = lambda each: z3.Or(before(each), each == term)
        self.pushed.append(lambda each: each == term)

    append = add

    def pop(self) -> Known:
        """Take one off; it may be there once more."""
        self.pops += 1
        return super().pop()

    def copied(self, builtin: Any) -> Any:
        """Return a set or list of the same members, or its size."""
        return Size(self.member) if builtin is len else Members(super().copied(builtin).member)


class Size(Anything):
    """How many members a set has: compared with that of a set within it."""

    def __init__(self, member: Callable[[Any], Any]) -> None:
        self.member = member

    def __gt__(self, other: Any) -> bool:
        is_within = z3.ForAll([low], z3.Implies(other.member(low), self.member(low)))
        entails = getattr(now.follower, "entails", None)
        if entails is None or not entails(is_within):
            refuse("a comparison of sizes")
        return decided(z3.Exists([low], z3.And(self.member(low), z3.Not(other.member(low)))))


def _term(uid: Any) -> Any:
    return uid.term if isinstance(uid, Known) else refuse("another uid")


class _Parents(Anything):
    """The parents of every entity in the store."""

    def get(self, uid: Any, other: Any = None) -> Any:
        """Return those of one, if it is stored."""
        term = _term(uid)
        return Members(lambda each: parent(term, each), term) if decided(stored(term)) else other


class _Shared(Anything):
    """The sets that are kept, by parents; what is written to it."""

    def __init__(self) -> None:
        self.written: list[tuple[Any, Any]] = []

    def get(self, parents: Any) -> Any:
        """Return the set that is kept for the parents of an entity, if any."""
        owner = getattr(parents, "owner", None)
        if owner is None:
            refuse("another key")
        return Members(lambda each: above(owner, each)) if decided(kept(owner)) else None

    def clear(self) -> None:
        """Keep nothing: less than what is right is right."""

    def __setitem__(self, parents: Any, found: Any) -> None:
        self.written.append((parents, found))


def _is_closure(owner: Any, member: Callable[[Any], Any]) -> Any:
    """State the law of the hierarchy of the parents of one entity, and of any set that is closed under parents."""
    of_owner = z3.ForAll([low], z3.Implies(parent(owner, low), member(low)))
    closed = z3.ForAll([low, high], z3.Implies(z3.And(member(low), parent(low, high)), member(high)))
    inside = z3.ForAll([low], z3.Implies(parent(owner, low), closed_set(low)))
    return z3.And(
        of_owner, closed, z3.Implies(inside, z3.ForAll([low], z3.Implies(member(low), closed_set(low))))
    )


LAW = z3.ForAll([one], z3.Implies(kept(one), _is_closure(one, lambda each: above(one, each))))
CLOSED = z3.ForAll([low, high], z3.Implies(z3.And(closed_set(low), parent(low, high)), closed_set(high)))
BEGUN = z3.ForAll([low], z3.Implies(parent(start, low), closed_set(low)))


def _invariant(found: Callable[[Any], Any], todo: Callable[[Any], Any]) -> Any:
    """State that found has all parents but those of what is yet to be looked at, and nothing from outside."""
    return z3.And(
        z3.ForAll([low], z3.Implies(parent(start, low), found(low))),
        z3.ForAll(
            [low, high], z3.Implies(z3.And(found(low), parent(low, high)), z3.Or(found(high), todo(low)))
        ),
        z3.ForAll([low], z3.Implies(found(low), closed_set(low))),
        z3.ForAll([low], z3.Implies(todo(low), found(low))),
    )


STATE = (CLOSED, BEGUN, of_any.UNSTORED, _invariant(found_before, todo_before))


def _store() -> Any:
    return SimpleNamespace(_parents=_Parents(), _shared=_Shared())


def _inner(over: Any, pending: Any, reached: Any) -> None:
    """Do what the loop within a turn does, as its invariant says: what is new is found, and to be looked at."""
    if type(over) is not Members:
        refuse("a loop over something else")
    new = over - reached
    reached.update(over)
    pending.update(new)
    pending.pushed.append(new.member)


def _decode(model: Any) -> Counterexample:
    return search() or Counterexample(f"{model}, which no small store confirms", False)


def _goals() -> Iterator[Goal]:
    yield tried_hierarchies()
    parts = worklist(MODULE, "Ancestors._close", "pending", "further")
    if parts.carried != ("pending", "reached"):
        refuse(f"the state {parts.carried}")
    parts.turn.__globals__[INNER] = _inner
    of_start = Members(lambda each: parent(start, each), start)
    [path] = explore(lambda: parts.before(_store(), of_start))
    pending, reached = path.value
    distinct = z3.BoolVal(pending is not reached)
    yield Goal(
        "the search begins with the parents, to be looked at", z3.And(distinct, _invariant(reached.member, pending.member)), (CLOSED, BEGUN), _decode,
    )  # fmt: skip
    taken_off = todo_before(of_any.popped)
    yield Goal("a turn keeps the invariant", _turn(parts), (*STATE, LAW, taken_off), _decode)
    yield Goal("a loop within takes one more", _inner_turn(), INNER_STATE, _decode)
    empty = z3.ForAll([low], z3.Not(todo_before(low)))
    ended = explore(
        lambda: parts.after(_store(), of_start, Members(todo_before), Members(found_before)), assuming=STATE
    )
    claims = [z3.Implies(path.condition, _is_closure(start, path.value.member)) for path in ended]
    yield Goal("what is found is the closure", z3.And(*claims), (*STATE, empty), _decode)
    yield Goal("what is kept and returned is the closure", _kept(), (LAW, of_any.UNSTORED), _decode)


def _turn(parts: Fold) -> Any:
    """State that a turn keeps the invariant, takes one off, and puts on only what is newly found."""

    def turn() -> Any:
        return parts.turn(_store(), None, Members(todo_before), Members(found_before))

    claims = []
    for path in explore(turn, assuming=(*STATE, todo_before(of_any.popped))):
        if path.value is None:
            claims.append(z3.Not(path.condition))
            continue
        pending, reached = path.value
        kept_so = z3.And(_invariant(reached.member, pending.member), of_any.puts_on_new(reached, pending))
        claims.append(z3.Implies(path.condition, kept_so))
    return z3.And(*claims)


INNER_STATE = (z3.Not(taken(one)), parent(start, one))


def _inner_turn() -> Any:
    """State that after one more of the parents, found and pending have what of those taken is new."""
    parts = within(MODULE, "Ancestors._close", "further")

    def found(each: Any) -> Any:
        return z3.Or(found_before(each), taken(each))

    def todo(each: Any) -> Any:
        return z3.Or(todo_before(each), z3.And(taken(each), z3.Not(found_before(each))))

    def more(each: Any) -> Any:
        return z3.Or(taken(each), each == one)

    claims = []
    for path in explore(lambda: parts.turn(_store(), None, Members(todo), Members(found), Known(one))):
        if path.value is None:
            return z3.BoolVal(False)
        pending, reached = path.value
        new = z3.And(more(low), z3.Not(found_before(low)))
        same = z3.And(
            reached.member(low) == z3.Or(found_before(low), more(low)),
            pending.member(low) == z3.Or(todo_before(low), new),
        )
        claims.append(z3.Implies(path.condition, z3.ForAll([low], same)))
    return z3.And(*claims)


class _Cache(Anything):
    """The ancestors that are kept, as the lookup of a missing one sees them."""

    def __init__(self) -> None:
        self._parents, self._shared, self._held, self._limit = (
            _Parents(),
            _Shared(),
            Number(HELD),
            Number(LIMIT),
        )
        self.written: list[tuple[Any, Any]] = []

    def _close(self, parents: Any) -> Any:
        owner = getattr(parents, "owner", None)
        return _Closure(lambda each: above(owner, each)) if owner is not None else refuse("another search")

    def clear(self) -> None:
        """Keep nothing."""

    def __setitem__(self, uid: Any, found: Any) -> None:
        self.written.append((uid, found))


class _Closure(Members):
    """What a search returns; of some size."""

    def copied(self, builtin: Any) -> Any:
        return Number(z3.Int("size")) if builtin is len else super().copied(builtin)


def _kept() -> Any:
    """State that the lookup of a missing entity returns its closure, and keeps it and nothing else."""
    found = _is_closure(start, lambda each: above(start, each))

    def missing() -> Any:
        cache = _Cache()
        return Ancestors.__missing__(cache, Known(start)), cache  # type: ignore[arg-type]  # a stand-in

    claims = []
    for path in explore(missing):
        value, cache = path.value
        member = value.member if isinstance(value, AnySet) else lambda _: z3.BoolVal(False)
        if not isinstance(value, AnySet) and value:
            return z3.BoolVal(False)
        own = all(uid.term.eq(start) and held is value for uid, held in cache.written)
        shared = all(
            getattr(key, "owner", None) is not None and key.owner.eq(start) and held is value
            for key, held in cache._shared.written
        )
        claims.append(
            z3.Implies(
                z3.And(path.condition, found), z3.And(_is_closure(start, member), z3.BoolVal(own and shared))
            )
        )
    return z3.And(*claims)


THEOREMS = (
    Theorem(
        "Production finds exactly the ancestors",
        "In stores of any size, whatever is kept of earlier searches: what the search returns is closed under parents and"
        " within every set that is; each entity is put on its list once at most, and each turn takes one off, so it ends.",
        "Lean: transitive closure; paper: termination",
        "U",
        _goals,
        (
            Defect("what is new is not looked at", MODULE, "                    pending.append(uid)\n", ""),
            Defect("what is kept is looked at no more", MODULE, "                reached |= closed\n", ""),
            Defect("sizes of one more are the same", MODULE, "if len(reached) > len(parents) else parents", "if len(reached) < len(parents) else parents"),
            Defect("only parents are kept", MODULE, "            self._shared[parents] = found", "            self._shared[parents] = parents"),
            Defect("parents without parents have ancestors", MODULE, "            if not further:\n                continue\n", "            if further is None:\n                break\n"),
        ),
        functions=(
            "production.language.hierarchy.Ancestors.__missing__", "production.language.hierarchy.Ancestors._close",
        ),
        search=search,
    ),
)  # fmt: skip
