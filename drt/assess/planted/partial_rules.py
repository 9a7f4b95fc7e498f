"""Planted defects of partial evaluation: one rule of the reference changed each (spec 09)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

from drt.assess.mutation import Defect
from drt.assess.planted.engines import Fault, Patches, Planted
from reference import syntax as ast
from reference.extensions.ipaddr import IpAddr
from reference.partial import batched, decisions, evaluator, queries, residuals, response, store, values
from reference.partial.residuals import Failing, Known, Open, Residual
from reference.values import FALSE, TRUE, Bool, EntityUid, Set, Value, boolean

_rule = evaluator.PartialEvaluator.rule
_conjunction = evaluator.conjunction
_tags = store.PartialEntities.tags
_value_expression = values.value_expression
_ip_text = values.ip_text
_uids_of = residuals.uids_of
_permitted = queries._permitted


def _rebuilt_over_errors(self: evaluator.PartialEvaluator, node: Open) -> Residual:
    match node.form, node.parts:
        case ast.Binary(), parts if any(isinstance(part, Failing) for part in parts):
            return node
    return _rule(self, node)


def _false_decides(node: Open, left: Residual, right: Residual) -> Residual:
    match left, right:
        case Open(), Known(Bool(False)):
            return right
    return _conjunction(node, left, right)


def _ancestors_of_the_right(
    self: evaluator.PartialEvaluator, node: Open, u: EntityUid, group: Value
) -> Residual:
    groups = group.elements if isinstance(group, Set) else frozenset([group])
    above = [self.entities.ancestors(one) for one in groups if isinstance(one, EntityUid)]
    if u in groups or any(u in one for one in above if one is not None):
        return Known(TRUE, node.type)
    return node if None in above else Known(FALSE, node.type)


def _unknown_is_no_ancestor(
    self: evaluator.PartialEvaluator, node: Open, u: EntityUid, group: Value
) -> Residual:
    groups = group.elements if isinstance(group, Set) else frozenset([group])
    above = self.entities.ancestors(u) or frozenset()
    return Known(boolean(u in groups or not above.isdisjoint(groups)), node.type)


def _all_but_the_last(parts: Iterable[Residual]) -> frozenset[EntityUid]:
    """Load one entity less than there are, always the same."""
    found = sorted(_uids_of(parts), key=lambda uid: (uid.type, uid.id))
    return frozenset(found[:-1])


def _forbids_do_not_matter(self: response.PartialResponse) -> Any:
    if self.ids("true", "forbid"):
        return "deny"
    if self.ids("true", "permit"):
        return "allow"
    return None if self.ids("residual", "permit") else "deny"


def _shorter_set(value: Value) -> Any:
    match value:
        case Set(elements) if len(elements) > 1:
            kept = sorted(elements, key=values.order)[:-1]
            return _value_expression(Set(frozenset(kept)))
    return _value_expression(value)


def _mapped_addresses_end_in_octets(value: IpAddr) -> str:
    """Write an address of version 6 that stands for one of version 4 as Rust's standard library does."""
    if value.version == 4 or value.address >> 32 != 0xFFFF:
        return _ip_text(value)
    octets = ".".join(str(octet) for octet in value.address.to_bytes(16)[12:])
    return f"::ffff:{octets}/{value.prefix}"


def _first_candidates(*given: Any) -> frozenset[EntityUid]:
    found = _permitted(*given)
    return frozenset(sorted(found, key=lambda uid: (uid.type, uid.id))[:1])


def _defect(
    name: str, component: str, sentence: str, patches: Patches, target: str, named: str = "the residual of"
) -> Defect:
    return Defect(name, component, sentence, _planted(patches), f"partial-{target}", (named,))


def _planted(patches: Patches) -> Callable[[], Planted]:
    return lambda: Planted(Fault(patches))


_EVALUATOR = evaluator.PartialEvaluator
_STORE = store.PartialEntities

PARTIAL: tuple[Defect, ...] = (
    _defect("RebuiltOverErrors", "partial evaluation", "A binary operator on an error is rebuilt.",
            {(_EVALUATOR, "rule"): _rebuilt_over_errors}, "responses"),
    _defect("AndFalseIsFalse", "partial evaluation", "`r && false` is false although `r` may err.",
            {(evaluator, "conjunction"): _false_decides}, "reauthorize"),
    _defect("AncestorsOfTheRight", "partial evaluation", "`in` looks among the ancestors of its right operand.",
            {(_EVALUATOR, "membership"): _ancestors_of_the_right}, "reauthorize"),
    _defect("UnknownAncestorsAreNone", "partial evaluation", "An entity of unknown ancestors has none.",
            {(_EVALUATOR, "membership"): _unknown_is_no_ancestor}, "monotone"),
    _defect("AbsentTagsAreNone", "partial evaluation", "An entity of unknown tags has none.",
            {(_STORE, "tags"): lambda self, uid: _tags(self, uid) or {}}, "reauthorize"),
    _defect("DecidedOverErrors", "partial evaluation", "Types decide although an operand may err.",
            {(decisions, "error_free"): lambda _: True}, "reauthorize"),
    _defect("ResidualForbidsForgotten", "partial response", "A residual forbid leaves allow a decision.",
            {(response.PartialResponse, "decision"): property(_forbids_do_not_matter)}, "classes", "the partial response"),
    _defect("ResidualSetsCut", "residual policies", "A set in a residual policy lacks its last element.",
            {(residuals, "value_expression"): _shorter_set}, "residuals"),
    _defect("MappedAddressesUnreadable", "residual policies", "An IPv4-mapped address in a residual cannot be read.",
            {(values, "ip_text"): _mapped_addresses_end_in_octets}, "residuals"),
    _defect("OneCandidate", "permission queries", "A query returns one entity at most.",
            {(queries, "_permitted"): _first_candidates}, "brute-force", "a permission query"),
    _defect("LoadSkipped", "batched authorization", "One of the entities that are needed is not loaded.",
            {(batched, "uids_of"): _all_but_the_last}, "in-memory", "batched authorization"),
)  # fmt: skip


def _filters() -> tuple[Defect, ...]:
    """Return the defects of database filters where the extra `sql` is installed."""
    if find_spec("sqlalchemy") is None:
        return ()
    from drt.assess.planted.filter_rules import FILTERS

    return FILTERS


APART = ("UnknownAncestorsAreNone", "ResidualSetsCut", "MappedAddressesUnreadable", "NullIsFalse")
"""Those that show at the same place as another, whose bucket they would share; tests plant them alone."""

PARTIAL_AND_FILTERS = tuple(defect for defect in (*PARTIAL, *_filters()) if defect.name not in APART)
"""Those of the table."""
