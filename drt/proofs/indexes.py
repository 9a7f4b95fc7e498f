"""The index over scopes: a rule is filed once, and found exactly if the constraints of its scope hold.

Owns the hierarchy of which nothing is known: whether one entity is above another is a symbol. Filing is proved for any
number of rules, by one turn of each loop on any state; finding for every combination of constraint forms, alone, beside
any other, and in places with and without tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from types import SimpleNamespace
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.folds import each
from drt.proofs.rewriting import Anything
from drt.proofs.symbols import Number, decided, refuse
from drt.proofs.theorem import Counterexample, Goal, Theorem
from drt.proofs.tried import tried
from production.language.uids import Uid
from production.policy_set import PolicySet
from production.serving import index
from production.serving.index import Entry, Key, Place, ScopeIndex, Tables, build_index
from production.serving.plans import Plans
from production.serving.rules import Rule

MODULE, PLANS = "production.serving.index", "production.serving.plans"
PRINCIPAL, GROUP, RESOURCE, FOLDER = (
    Uid("U", "principal"),
    Uid("U", "group"),
    Uid("R", "resource"),
    Uid("R", "folder"),
)
Constraint = tuple[str, Uid | None]
MANY = 9
"""So many rules of one scope are more than a place without tables has."""
LARGE = 1_100
"""So many rules of one scope are tried, which no limit that somebody might choose comes near."""


def _is_above(uid: Uid, other: Uid) -> Any:
    return z3.BoolVal(False) if uid is other else z3.Bool(f"{other.id} above {uid.id}")


class _Above(Anything):
    """The ancestors of every entity, or those of one."""

    def __init__(self, of: Uid | None = None) -> None:
        self.of = of

    def __getitem__(self, uid: Any) -> _Above:
        return _Above(uid) if self.of is None else refuse("an element")

    def __contains__(self, other: Any) -> bool:
        return refuse("membership") if self.of is None else decided(_is_above(self.of, other))

    def __rand__(self, keys: frozenset[Uid]) -> list[Uid]:
        return [uid for uid in sorted(keys, key=lambda uid: uid.id) if uid in self]


def _constraints(same: Uid, other: Uid) -> tuple[Constraint, ...]:
    return ("All", None), ("==", same), ("==", other), ("in", same), ("in", other)


SCOPES = tuple(product(_constraints(PRINCIPAL, GROUP), _constraints(RESOURCE, FOLDER)))[1:]
"""All but the scope without an entity, whose rules no index has."""


def _rule(scope: tuple[Constraint, Constraint], name: str = "") -> Rule:
    sides = [SimpleNamespace(op=op, type_name=None) for op, _ in scope]
    policy: Any = SimpleNamespace(principal=sides[0], resource=sides[1])
    return Rule(name, policy, scope[0][1], scope[1][1])


def _holds(constraint: Constraint, uid: Uid) -> Any:
    """State that a constraint holds, by definition."""
    op, entity = constraint
    same = z3.BoolVal(entity is None or entity is uid)
    return same if op != "in" or entity is None else z3.Or(same, _is_above(uid, entity))


def _sets() -> Iterator[Sequence[tuple[Constraint, Constraint]]]:
    yield from ([one] for one in SCOPES)
    yield from combinations(SCOPES, 2)
    yield from ([one] * MANY for one in SCOPES)
    yield SCOPES
    yield SCOPES * MANY


def _found() -> Iterator[Goal]:
    """Yield for each set that every rule of it is found once if its scope holds, and else not at all."""
    for scopes in _sets():
        index = build_index((number, _rule(scope)) for number, scope in enumerate(scopes))

        def find(index: ScopeIndex = index) -> list[int]:
            return [entry.number for entry in index.finder(_Above())(PRINCIPAL, RESOURCE)]  # type: ignore[arg-type]  # a stand-in

        claims = []
        for path in explore(find):
            for number, (principal, resource) in enumerate(scopes):
                right = z3.And(_holds(principal, PRINCIPAL), _holds(resource, RESOURCE))
                times = path.value.count(number)
                claims.append(
                    z3.Implies(
                        path.condition, z3.BoolVal(times == 1) == right if times < 2 else z3.BoolVal(False)
                    )
                )
        yield Goal(
            f"{len(scopes)} rules, of which the first is {_shown(scopes[0])}", z3.And(*claims), (), _decode
        )


def _shown(scope: tuple[Constraint, Constraint]) -> str:
    sides = ("principal", "resource")
    return ", ".join(
        side if uid is None else f"{side} {op} {uid.id}" for side, (op, uid) in zip(sides, scope, strict=True)
    )


# Filing.


class _Files(Anything):
    """A table of any size; it notes what is written to it."""

    def __init__(self, name: Any, notes: list[tuple[Any, ...]]) -> None:
        self.name, self.notes = name, notes

    def setdefault(self, key: Any, new: Any) -> _Files:
        """Return the bucket of a key, whether or not it is new."""
        return _Files((self.name, key), self.notes) if new == [] else refuse("another bucket")

    def append(self, entry: Any) -> None:
        """Note what is filed."""
        self.notes.append((self.name, entry))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.notes.append((self.name, key, value))


class _Bucket(Anything):
    """The rules of one bucket, however many."""

    def copied(self, builtin: Any) -> _Bucket:
        """Return them all."""
        return self if builtin is tuple else refuse(f"`{builtin}`")


class _Crowd(Anything):
    """How many rules have a constraint: nothing is known of it."""

    def __getitem__(self, option: Any) -> Number:
        return Number(z3.Int(f"rules with {option}"))


def _filed() -> Iterator[Goal]:
    """Yield that a turn of each loop files one rule in its place, and does nothing else."""
    wrong = [*_tabled(), *_bucketed(), *_placed()]
    yield Goal("a turn of each loop files one rule where it belongs", z3.BoolVal(not wrong), (), _decode)


def _tabled() -> Iterator[str]:
    parts = each(MODULE, "tabled", "entries")
    if parts.carried != ("below", "equal", "rest") or parts.before(None, None) != ({}, {}, []):
        yield "it begins with something"
    for scope, side in product(SCOPES, index._SIDES):
        notes: list[tuple[Any, ...]] = []
        entry = Entry(0, _rule(scope))
        turned = parts.turn(None, side, *(_Files(name, notes) for name in parts.carried), entry)
        op, uid = scope[index._SIDES.index(side)]
        place: Any = "rest" if uid is None else ("equal" if op == "==" else "below", uid)
        if turned is None or notes != [(place, entry)]:
            yield f"{_shown(scope)} by {side}: {notes}"
    filed: Any = {Uid("U", str(number)): _Bucket() for number in range(LARGE)}
    rest: Any = _Bucket()
    turned_round = dict(reversed(filed.items()))
    if parts.after(None, None, filed, turned_round, rest) != Tables(
        rest, turned_round, filed, frozenset(filed)
    ):
        yield "it ends with something else"


def _bucketed() -> Iterator[str]:
    parts = each(MODULE, "build_index", "zip(entries, options, strict=True)")
    for scope in SCOPES:
        entry = Entry(0, _rule(scope))
        notes: list[tuple[Any, ...]] = []
        options = [
            (side, Key(op == "==", uid))
            for side, (op, uid) in zip(index._SIDES, scope, strict=True)
            if uid is not None
        ]

        def turn(entry: Any = entry, options: Any = options, notes: Any = notes) -> Any:
            notes.clear()
            state = {"filed": _Files("filed", notes), "crowd": _Crowd()}
            turned = parts.turn(None, *(state.get(name) for name in parts.carried), (entry, options))
            return turned is not None, list(notes)

        for path in explore(turn):
            filed = [(("filed", option), entry) for option in options]
            if not path.value[0] or len(path.value[1]) != 1 or path.value[1][0] not in filed:
                yield f"{_shown(scope)}: {path.value}"


def _placed() -> Iterator[str]:
    parts = each(MODULE, "build_index", "filed.items()")
    for side, is_equal in product(index._SIDES, (True, False)):
        notes: list[tuple[Any, ...]] = []
        sides = {
            name: SimpleNamespace(**{table: _Files((name, table), notes) for table in ("equal", "below")})
            for name in index._SIDES
        }
        state = {"index": SimpleNamespace(**sides)}
        bucket: Any = _Bucket()
        element = ((side, Key(is_equal, GROUP)), bucket)
        turned = parts.turn(None, *(state.get(name) for name in parts.carried), element)
        where = (side, "equal" if is_equal else "below")
        match notes:
            case [(table, key, Place(entries=entries, other=other))]:
                is_right = table == where and key is GROUP and entries is bucket and other != side
            case _:
                is_right = False
        if turned is None or not is_right:
            yield f"{element}: {notes}"


# Plans.

ACTION, OTHER = Uid("Action", "a"), Uid("Action", "b")
GROUPS = (Uid("Action", "g"), Uid("Action", "h"))
ACTIONS: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("action", None), ('action == Action::"a"', ("a",)), ('action == Action::"g"', ()), ('action in Action::"a"', ("a",)),
    ('action in Action::"g"', ("g",)), ('action in [Action::"g", Action::"h"]', ("g", "h")), ("action in []", ()),
    ('action in [Action::"h", Action::"a"]', ("h", "a")),
)  # fmt: skip
"""Constraints on the action, with the ids of which one must be the action's or above it; no constraint has none."""


def _wrongly_planned() -> Iterator[str]:
    """Yield the plans of an action, below any groups, that lack a rule whose constraint holds, or have another."""
    sets = [[one] for one in ACTIONS] + [[*ACTIONS] * times for times in (1, 3, 20)]
    for constraints, side in product(sets, ("principal", 'principal == U::"principal"')):
        text = "".join(f"permit({side}, {action}, resource);" for action, _ in constraints)
        plans = Plans(PolicySet.from_text(text))
        for action, count in product((ACTION, OTHER), range(len(GROUPS) + 1)):
            for above in combinations(GROUPS, count):
                plan = plans.plan(action, frozenset(above))
                found = plan.finder({PRINCIPAL: frozenset(), RESOURCE: frozenset()})(PRINCIPAL, RESOURCE)
                planned = sorted(rule.policy_id for rule in (*plan.always, *(entry.rule for entry in found)))
                ids = {action.id, *(group.id for group in above)}
                right = [
                    f"policy{number}"
                    for number, (_, wanted) in enumerate(constraints)
                    if wanted is None or ids & {*wanted}
                ]
                if planned != sorted(right):
                    yield f"of {text[:200]} the plan of an action in {sorted(ids)} has {planned}, not {right}"


def _goals() -> Iterator[Goal]:
    yield tried("plans of an action below any groups", _wrongly_planned())
    yield tried(f"{LARGE:,} rules of one scope", _wrongly_found([one] * LARGE for one in SCOPES[::7]))
    yield from _found()
    yield from _filed()


def _wrongly_found(sets: Iterable[Sequence[tuple[Constraint, Constraint]]]) -> Iterator[str]:
    """Yield the rules of these sets that are not found, or found wrongly, in hierarchies that are known."""
    for scopes, *above in product(sets, (False, True), (False, True)):
        groups = {
            PRINCIPAL: frozenset({GROUP}) if above[0] else frozenset(),
            RESOURCE: frozenset({FOLDER}) if above[1] else frozenset(),
        }
        made = build_index((number, _rule(scope)) for number, scope in enumerate(scopes))
        times = Counter(entry.number for entry in made.finder(groups)(PRINCIPAL, RESOURCE))
        right = {scope: _is_right(scope, groups) for scope in scopes}
        for number, scope in enumerate(scopes):
            if times[number] != right[scope]:
                hierarchy = "; ".join(f"{uid.id} in {[up.id for up in ups]}" for uid, ups in groups.items())
                yield f"{hierarchy}: of {len(scopes)} rules, `{_shown(scope)}` is found {times[number]} times"


def _is_right(scope: tuple[Constraint, Constraint], groups: Mapping[Uid, frozenset[Uid]]) -> bool:
    sides = zip(scope, (PRINCIPAL, RESOURCE), strict=True)
    return all(uid is None or uid is of or (op == "in" and uid in groups[of]) for (op, uid), of in sides)


def _search() -> Counterexample | None:
    """Search the same rules, in a hierarchy that is known."""
    wrong = next(_wrongly_found(_sets()), None)
    return None if wrong is None else Counterexample(wrong, True)


def _decode(model: Any) -> Counterexample:
    return _search() or Counterexample(f"{model}, which no known hierarchy confirms", False)


THEOREMS = (
    Theorem(
        "A rule is found exactly if its scope holds",
        "Whatever is above what: each rule of an index is found once if the constraints on principal and resource hold, and"
        " else not at all. Each turn that builds an index of any size files one rule in its place, and touches no other."
        " An action's plan has the rules whose constraint on the action holds, below any of their groups.",
        "Lean PolicySlice: scope-based slicing; ours: index",
        "S",
        _goals,
        (
            Defect("ancestors are forgotten", MODULE, "            for ancestor in self.keys & above[uid]:\n                found += below[ancestor]\n", ""),
            Defect("ancestors of places are forgotten", MODULE, "            found += [below[ancestor] for ancestor in self.keys & above[uid]]\n", ""),
            Defect("an entity is not in itself", MODULE, "            if uid in below:\n                found.append(below[uid])\n", ""),
            Defect("the other side is not asked", MODULE, "if key is None or key.holds(uid, above)]", "if True]"),
            Defect("equal is below", MODULE, "not self.is_equal and self.entity in", "self.entity in"),
            Defect("a bucket is replaced", MODULE, "(equal if key.is_equal else below).setdefault(key.entity, []).append(entry)", "(equal if key.is_equal else below)[key.entity] = [entry]"),
            Defect("the other side is this one", MODULE, '"resource" if side == "principal" else "principal"', '"principal" if side == "principal" else "resource"'),
            Defect("groups are forgotten", PLANS, "groups = self._below.keys() & (above | {action})", "groups = self._below.keys() & {action}"),
            Defect("an action is not in itself", PLANS, "(above | {action})", "above"),
            Defect("plans are shared too widely", PLANS, "key = (action if action in self._equal else None, frozenset(groups))", "key = (None, frozenset(groups))"),
            Defect("the resource's places are not asked", MODULE, "            for place in by_resource.places(resource, above):\n                found += place.find(principal, above)\n", ""),
        ),
        "one proof per combination of constraint forms, and per kind of place; beside a rule are others of every form",
        (
            "production.serving.index.key_of", "production.serving.index.tabled", "production.serving.index.build_index",
            "production.serving.index.Key.holds", "production.serving.index.Tables.find", "production.serving.index.Place.find",
            "production.serving.index.SideIndex.places", "production.serving.index.ScopeIndex.finder",
            "production.serving.plans.Plans.plan", "production.serving.plans.Plans._plan", "production.serving.plans.split",
        ),
        _search,
    ),
)  # fmt: skip
