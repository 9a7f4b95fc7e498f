"""Collections of any size, as the explored code sees them: comprehensions, copies and emptiness of them.

Owns the stand-in. It holds an element for each term of which `member` is true, and nothing else is known: so it
has any size. A comprehension over it runs on one such element, and what it does there it does for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3

from drt.proofs.explore import explore, is_possible
from drt.proofs.plain import foretold
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Truth, decided, fresh, now, refuse

Member = Callable[[Any], Any]


class AnyCollection(Anything):
    """The elements `seen(term)` of the terms of a sort of which `member` is true."""

    def __init__(self, sort: Any, member: Member, seen: Callable[[Any], Any], kind: Any = tuple) -> None:
        self.sort, self.member, self.seen, self.kind = sort, member, seen, kind

    def over(self, run: Callable[[Any], Any]) -> AnyCollection:
        """Run the comprehension on one element: it is chosen or not, and has a value."""
        one = fresh(self.sort)
        if not is_possible(self.member(one)):
            return AnyCollection(self.sort, lambda _: z3.BoolVal(False), self.seen, type(run(())))
        paths = explore(lambda: list(_listed(run, self._element(one))), assuming=(self.member(one),))
        if any(len(path.value) > 1 for path in paths):
            refuse("a comprehension of more than one loop")
        chosen = z3.Or(*(path.condition for path in paths if path.value))
        kind = type(run(()))

        def seen(term: Any) -> Any:
            [found] = _listed(run, self._element(term))
            return found

        return AnyCollection(
            self.sort,
            lambda term: z3.And(self.member(term), z3.substitute(chosen, (one, term))),
            seen,
            kind,
        )

    def _element(self, term: Any) -> Any:
        """Return what a loop over it sees of this term; of a mapping, the key."""
        return self.seen(term)[0] if self.kind is dict else self.seen(term)

    def copied(self, builtin: Callable[[Any], Any]) -> Any:
        """Return what a builtin makes of it: the same elements, in a collection of another kind."""
        if builtin is len:
            return Count(self)
        if builtin is iter:
            return self
        if builtin is dict or getattr(builtin, "__name__", "") == "mappingproxy":
            return AnyCollection(self.sort, self.member, self.seen, dict)
        if builtin in (tuple, list, set, frozenset):
            return AnyCollection(self.sort, self.member, self._element, builtin)
        return refuse(f"`{builtin}`")

    def items(self) -> AnyCollection:
        """Return the pairs of a mapping."""
        return AnyCollection(self.sort, self.member, self.seen) if self.kind is dict else refuse("`items`")

    def __getitem__(self, key: Any) -> Any:
        """Return the value of an element's own key; other keys are refused, as are slices."""
        term = getattr(type(key), "term_of", None)
        if self.kind is not dict or term is None:
            refuse("an element or a slice")
        found = self.seen(term(key))
        entails = getattr(now.follower, "entails", None)
        if found[0] != key or entails is None or not entails(self.member(term(key))):
            refuse("the value of a key that may be missing")
        return found[1]

    def holds(self, some: Callable[[Any], Any]) -> Any:
        """Return the formula that some element is so: `some` says it of the element that the code sees."""
        one = z3.FreshConst(self.sort, "held")
        if not is_possible(self.member(one)):
            return z3.BoolVal(False)
        paths = explore(lambda: self.seen(one), assuming=(self.member(one),))
        said = z3.Or(*(z3.And(path.condition, some(path.value)) for path in paths))
        return z3.Exists([one], z3.And(self.member(one), said))

    def more_than(self, count: int) -> Any:
        """Return the formula that it has more elements than this."""
        if count > 4:
            refuse("a count of more than four")
        several = [z3.FreshConst(self.sort, "held") for _ in range(count + 1)]
        different = z3.Distinct(*several) if count else z3.BoolVal(True)
        return z3.Exists(several, z3.And(different, *(self.member(each) for each in several)))

    def __bool__(self) -> bool:
        return decided(_named(self.more_than(0)))

    def plain(self, model: Any) -> Any:
        """Return the collection of the elements that a model has."""
        known = [one for one in model.get_universe(self.sort) or () if _true(model, self.member(one))]
        outer, now.follower = now.follower, _Following(model)
        try:
            found = [foretold(self.seen(one), model) for one in known]
        finally:
            now.follower = outer
        return self.kind(found)


class _Following:
    """The follower that takes a model's side of every formula."""

    refused: str | None = None

    def __init__(self, model: Any) -> None:
        self.model = model

    def decide(self, formula: Any) -> bool:
        return _true(self.model, formula)

    def entails(self, formula: Any) -> bool:
        return _true(self.model, formula)

    def fresh(self, sort: Any) -> Any:
        return z3.FreshConst(sort, "any")

    def identity(self) -> Any:
        return z3.BoolVal(True)


def _true(model: Any, formula: Any) -> bool:
    return bool(z3.is_true(model.eval(formula, model_completion=True)))


def _named(term: Any) -> Any:
    """Return the formula with bound variables by place, so that it is the same in every run."""
    names = [z3.Const(f"bound{place}", term.var_sort(place)) for place in range(term.num_vars())]
    return z3.Exists(names, z3.substitute_vars(term.body(), *reversed(names)))


def _listed(run: Callable[[Any], Any], element: Any) -> Any:
    found = run([element])
    return found.items() if isinstance(found, dict) else found


class Count(Anything):
    """How many elements there are; it can only be compared with a small number."""

    def __init__(self, counted: AnyCollection) -> None:
        self.counted = counted

    def more(self, count: int) -> Any:
        """Return the formula that there are more than so many."""
        return _named(self.counted.more_than(count)) if count >= 0 else z3.BoolVal(True)

    def __bool__(self) -> bool:
        return decided(self.more(0))

    def __gt__(self, other: int) -> Truth:
        return Truth(self.more(other))

    def __ge__(self, other: int) -> Truth:
        return Truth(self.more(other - 1))

    def __lt__(self, other: int) -> Truth:
        return Truth(z3.Not(self.more(other - 1)))

    def __le__(self, other: int) -> Truth:
        return Truth(z3.Not(self.more(other)))

    def __eq__(self, other: object) -> Any:
        if type(other) is not int:
            refuse("equality")
        return Truth(z3.And(self.more(other - 1), z3.Not(self.more(other))))

    def __ne__(self, other: object) -> Any:
        return Truth(z3.Not((self == other).term))

    __hash__ = None
