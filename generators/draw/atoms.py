"""Atoms, the conditions without `&& || ! if`: each compares something of the request with something.

`want` is the truth an atom should have under the witness, where that can be arranged. More often than not,
constants lie exactly at the boundary.
"""

from __future__ import annotations

from collections.abc import Callable

from generators.draw import literals
from generators.draw.comparisons import ORDERED, Comparisons
from generators.draw.entities import ancestors
from generators.draw.numeric_hints import writable
from generators.draw.syntax import (
    ACTION,
    COMPARISONS,
    PRINCIPAL,
    RESOURCE,
    Binary,
    Expr,
    Has,
    Is,
    Lit,
    SetLit,
    SetV,
    Uid,
    Unary,
    Value,
)
from generators.draw.terms import Terms
from generators.draw.world import (
    BOOL,
    DECIMAL,
    IPADDR,
    STRING,
    EntityT,
    Prim,
    SetT,
    is_exact,
)


class Atoms(Comparisons):
    """Atoms drawn within a context."""

    __slots__ = ("_draw", "_menus")

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._menus: dict[int, tuple[str, ...]] = {}
        self._draw: dict[str, Callable[[int, bool | None], Expr]] = {
            "order": self.order,
            "equality": self.equality,
            "flag": self.flag,
            "like": self.like,
            "sets": self.membership,
            "in": self.containment,
            "is": self.type_test,
            "has": self.presence,
            "tags": self.tag_presence,
            "ipaddr": self.address,
            "action": self.action,
            "records": self.record,
            "identity": self.identity,
        }

    def atom(self, depth: int, want: bool | None) -> Expr:
        """Draw one atom; its guards are still pending."""
        index = self.context.index
        menu = self._menus.get(id(index))
        if menu is None:
            menu = self._menus[id(index)] = self._menu()
        return self._draw[self.source.choice(menu)](depth, want)

    def _menu(self) -> tuple[str, ...]:
        """Return the kinds of atoms that the paths allow, each as often as it should be drawn."""
        index, left_out = self.context.index, self.context.left_out
        types = index.by_type
        weights: dict[str, int] = {"identity": 1}
        weights["order"] = min(6, sum(2 for type_ in ORDERED if type_ in types))
        weights["equality"] = 2 if types else 0
        weights["flag"] = 2 if BOOL in types else 0
        weights["like"] = 2 if STRING in types else 0
        weights["sets"] = 3 if types else 0
        weights["in"] = 3 if index.entities else 0
        weights["is"] = 1 if index.entities else 0
        weights["has"] = 2 if index.optional else 0
        weights["tags"] = 3 if index.tagged else 0
        weights["ipaddr"] = 3 if IPADDR in types else 0
        actions = len({id(environment.action) for environment in self.context.environments})
        weights["action"] = 2 if actions > 1 and "action-tests" not in left_out else 0
        weights["records"] = 1 if types else 0
        menu = [name for name, weight in weights.items() if name not in left_out for _ in range(weight)]
        return tuple(menu)

    # Sets.

    def membership(self, depth: int, want: bool | None) -> Expr:
        """Draw `contains`, `containsAll`, `containsAny` or `isEmpty` on a set path or literal."""
        source, terms = self.source, self.terms
        sets = [type_ for type_ in self.context.index.by_type if isinstance(type_, SetT)]
        if not sets or source.integer(0, 3) == 3:
            return self._among(depth, want)
        type_ = source.choice(sets)
        left, value = self.subject(type_, depth)
        held = value.items if isinstance(value, SetV) else ()
        if not is_exact(type_.element):
            other = terms.path(type_) or (left, None)
            return Binary(source.choice(("containsAll", "containsAny")), left, other[0])
        kind = source.integer(0, 9)
        if kind == 9:
            empty = Unary("isEmpty", left)
            return Unary("!", empty) if want is (len(held) > 0) else empty
        if kind >= 5:
            return self._subset(left, type_, held, depth, want, "containsAll" if kind >= 7 else "containsAny")
        if want is not False and held:
            item = source.choice(held)
            if writable(item):
                return Binary("contains", left, terms.literal(item))
        return Binary("contains", left, terms.term(type_.element, depth - 1)[0])

    def _subset(
        self, left: Expr, type_: SetT, held: tuple[Value, ...], depth: int, want: bool | None, op: str
    ) -> Expr:
        source, terms = self.source, self.terms
        if source.integer(0, 3) == 3:
            other = terms.path(type_)
            if other is not None:
                return Binary(op, left, other[0])
        items = [terms.literal(item) for item in held if writable(item) and source.boolean(0.6)]
        if not items or want is False or (op == "containsAny" and source.boolean()):
            items.append(terms.term(type_.element, depth - 1)[0])
        return Binary(op, left, SetLit(tuple(items)))

    def _among(self, depth: int, want: bool | None) -> Expr:
        """Draw `[…].contains(path)`: the path's own value is in the list where that is wanted."""
        source, terms = self.source, self.terms
        type_ = source.choice(tuple(self.context.index.by_type))
        if not is_exact(type_):
            return self.equality(depth, want)
        subject, value = self.subject(type_, depth)
        items = [terms.term(type_, depth - 1)[0] for _ in range(source.integer(1, 2))]
        if want is not False and value is not None and writable(value):
            items.insert(source.integer(0, len(items)), terms.literal(value))
        return Binary("contains", SetLit(tuple(items)), subject)

    # Entities.

    def containment(self, depth: int, want: bool | None) -> Expr:
        """Draw `in`: an entity in one of its own ancestors, in a list with one, in another path."""
        source, context = self.source, self.context
        if not context.index.entities:
            return self.identity(depth, want)
        rooted = source.choice(context.index.entities)
        value = context.lookup(rooted)
        left = context.use(rooted)
        type_name = rooted.path.type.name if isinstance(rooted.path.type, EntityT) else ""
        above = ancestors(value, context.entities) if isinstance(value, Uid) else []
        if above and want is not False:
            target = source.choice(above)
        else:
            targets = sorted(context.schema.ancestors.get(type_name, ())) or [type_name]
            target = context.values.uid(source.choice(targets))
        kind = source.integer(0, 7)
        if kind >= 6:
            for other in (EntityT(target.type), SetT(EntityT(target.type))):
                found = self.terms.path(other)
                if found is not None and found[0] != left:
                    return Binary("in", left, found[0])
        if kind >= 4:
            more = [Lit(context.values.uid(target.type)) for _ in range(source.integer(0, 2))]
            more.insert(source.integer(0, len(more)), Lit(target))
            return Binary("in", left, SetLit(tuple(more)))
        if kind == 3 and "is" not in context.left_out:
            return Is(left, type_name, Lit(target))
        return Binary("in", left, Lit(target))

    def type_test(self, depth: int, want: bool | None) -> Expr:
        """Draw `is`, on a variable whose type is open where there is one.

        Of a path, whose type is fixed, it decides nothing.
        """
        environments = self.context.environments
        for variable, names in (
            (PRINCIPAL, tuple(dict.fromkeys(e.principal for e in environments))),
            (RESOURCE, tuple(dict.fromkeys(e.resource for e in environments))),
        ):
            if len(names) > 1:
                own = self.context.root_value(variable)
                if want and isinstance(own, Uid) and own.type in names:
                    return Is(variable, own.type)
                return Is(variable, self.source.choice(names))
        return self.containment(depth, want)

    def action(self, depth: int, want: bool | None) -> Expr:
        """Draw a test of the action: equality, a group, a list."""
        source, context = self.source, self.context
        uid = context.witness.action
        if uid not in context.schema.actions_by_uid:
            return self.identity(depth, want)
        own = [uid, *sorted(context.schema.action_ancestors[uid], key=lambda group: group.id)]
        target = source.choice(
            own if want is not False else [action.uid for action in context.schema.actions]
        )
        others = [action.uid for action in context.schema.actions if action.uid.type == target.type]
        kind = source.integer(0, 3)
        if kind == 0:
            return Binary("==", ACTION, Lit(uid if want is not False else target))
        if kind == 1:
            return Binary("in", ACTION, SetLit((Lit(source.choice(others)), Lit(target))))
        return Binary("in", ACTION, Lit(target))

    # Presence.

    def presence(self, depth: int, want: bool | None) -> Expr:
        """Draw `has` on its own: of an optional attribute, of a chain, of one that does not exist."""
        source, context = self.source, self.context
        rooted = source.choice(context.index.optional or context.index.entities)
        path = rooted.path
        if not path.attrs or source.integer(0, 11) == 11:
            # What follows an attribute that exists may have no attributes: a type error.
            count = source.choice((1, 2, 3)) if context.profile.unknown_attribute else 1
            return Has(rooted.root, tuple(source.choice(literals.ATTRIBUTE_NAMES) for _ in range(count)))
        if len(path.attrs) > 1 and source.integer(0, 2) == 2:
            return Has(rooted.root, path.attrs)
        shorter = [place for place, optional in enumerate(path.optional[:-1]) if optional]
        if shorter:
            context.pending.extend(Has(rooted.expression(place), (path.attrs[place],)) for place in shorter)
        return Has(rooted.expression(len(path.attrs) - 1), (path.attrs[-1],))

    def tag_presence(self, depth: int, want: bool | None) -> Expr:
        """Draw `hasTag` on its own, or a comparison of a tag's value."""
        source, context = self.source, self.context
        rooted, tag_type = source.choice(context.index.tagged)
        tags = context.tags(context.lookup(rooted))
        if source.integer(0, 2) == 0 or not is_exact(tag_type):
            entity = context.use(rooted)
            if want is not False and tags:
                return Binary("hasTag", entity, Lit(source.choice(tags)[0]))
            return Binary("hasTag", entity, self.terms.tag_name(tags)[0])
        found = self.terms.tag(tag_type)
        if found is None:
            return self.identity(depth, want)
        left, value = found
        if isinstance(tag_type, Prim) and tag_type in ORDERED and tag_type is not DECIMAL:
            op = source.choice(COMPARISONS)
            return Binary(op, left, self.beside(tag_type, value, op, want) or self.terms.term(tag_type, 0)[0])
        if value is not None and want is not False and writable(value):
            return Binary("==", left, self.terms.literal(value))
        return Binary("==", left, self.terms.term(tag_type, depth - 1)[0])
