"""Policy sets: static policies, templates and the links that fill their slots (spec 04 §1).

A set never changes: every operation gives a new one, so a failing operation leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reference.errors import InputError, Part
from reference.policies import (
    Body,
    Equals,
    OfTypeWithin,
    Policies,
    Policy,
    ScopeConstraint,
    Within,
    condition,
    slots,
)
from reference.syntax import Slot, SlotName
from reference.values import EntityUid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Link:
    """A use of a template: which one, and the entity for each of its slots."""

    template_id: str
    values: Mapping[SlotName, EntityUid]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """INVARIANT: no id occurs twice, every link fills exactly the slots of a template of this set."""

    static: Mapping[str, Body] = field(default_factory=dict)
    templates: Mapping[str, Body] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)

    def linked(self, link: Link) -> Body:
        """The plain policy that a link stands for."""
        return instantiate(self.templates[link.template_id], link.values)

    def plain(self) -> dict[str, Body]:
        """What is evaluated: the static policies, then the links as the plain policies they stand for."""
        return {**self.static, **{new_id: self.linked(link) for new_id, link in self.links.items()}}

    def policies(self) -> Policies:
        """What the authorizer sees."""
        return Policies(
            tuple(Policy(policy_id, body.effect, condition(body)) for policy_id, body in self.plain().items())
        )

    def add_static(self, policy_id: str, body: Body) -> PolicySet:
        """With one more static policy, which must have no slots.

        Raises:
            InputError: part `policies`.
        """
        if slots(body):
            raise InputError("policies", f"the static policy {policy_id!a} has a slot")
        self._require_unused(policy_id, "policies")
        return replace(self, static={**self.static, policy_id: body})

    def add_template(self, template_id: str, body: Body) -> PolicySet:
        """With one more template; it may be without slots.

        Raises:
            InputError: part `policies`.
        """
        self._require_unused(template_id, "policies")
        return replace(self, templates={**self.templates, template_id: body})

    def link(self, new_id: str, link: Link, part: Part = "link") -> PolicySet:
        """With one more linked policy; see `link_all`."""
        return self.link_all([(new_id, link)], part)

    def link_all(self, links: Iterable[tuple[str, Link]], part: Part = "link") -> PolicySet:
        """With more linked policies, each for exactly the slots of its template.

        Raises:
            InputError: of `part`.
        """
        known = dict(self.links)
        for new_id, link in links:
            template = self.templates.get(link.template_id)
            if template is None:
                raise InputError(part, f"there is no template {link.template_id!a} to link")
            wanted = slots(template)
            for name in sorted(wanted ^ link.values.keys()):
                problem = "has no value for" if name in wanted else "has a value for the unused"
                raise InputError(part, f"the link {new_id!a} {problem} slot `{name}`")
            if new_id in known:
                raise InputError(part, f"the id {new_id!a} is already in use")
            self._require_unused(new_id, part)
            known[new_id] = link
        return replace(self, links=known)

    def unlink(self, new_id: str) -> PolicySet:
        """Without a linked policy.

        Raises:
            InputError: part `link`, if there is none of this id.
        """
        return replace(self, links=_without(self.links, new_id, "linked policy", "link"))

    def remove_static(self, policy_id: str) -> PolicySet:
        """Without a static policy.

        Raises:
            InputError: part `policies`, if there is none of this id.
        """
        return replace(self, static=_without(self.static, policy_id, "static policy", "policies"))

    def remove_template(self, template_id: str) -> PolicySet:
        """Without a template, to which no link may refer.

        Raises:
            InputError: part `policies`.
        """
        if any(link.template_id == template_id for link in self.links.values()):
            raise InputError("policies", f"the template {template_id!a} has links")
        return replace(self, templates=_without(self.templates, template_id, "template", "policies"))

    def merge(self, other: PolicySet) -> PolicySet:
        """Both sets together; an id that is in both must mean the same in both.

        Raises:
            InputError: part `policies`.
        """
        merged = PolicySet(
            {**self.static, **other.static},
            {**self.templates, **other.templates},
            {**self.links, **other.links},
        )
        for policy_id in self._ids() & other._ids():
            if self._meaning(policy_id) != other._meaning(policy_id):
                raise InputError("policies", f"the id {policy_id!a} has a different meaning in each set")
        return merged

    def _ids(self) -> set[str]:
        return {*self.static, *self.templates, *self.links}

    def _meaning(self, policy_id: str) -> tuple[Body | None, Body | None, Link | None]:
        return self.static.get(policy_id), self.templates.get(policy_id), self.links.get(policy_id)

    def _require_unused(self, policy_id: str, part: Part) -> None:
        if policy_id in self.static or policy_id in self.templates or policy_id in self.links:
            raise InputError(part, f"the id {policy_id!a} is already in use")


def from_bodies(bodies: Iterable[Body]) -> PolicySet:
    """The set of a text: the n-th policy or template, counted from 0, has the id `policy<n>` (spec 01 §5)."""
    named = [(f"policy{place}", body) for place, body in enumerate(bodies)]
    return PolicySet(
        {policy_id: body for policy_id, body in named if not slots(body)},
        {policy_id: body for policy_id, body in named if slots(body)},
    )


def instantiate(body: Body, values: Mapping[SlotName, EntityUid]) -> Body:
    """The template with every slot replaced."""
    return replace(body, principal=_filled(body.principal, values), resource=_filled(body.resource, values))


def _filled(constraint: ScopeConstraint, values: Mapping[SlotName, EntityUid]) -> ScopeConstraint:
    match constraint:
        case Equals(Slot(name)):
            return Equals(values[name])
        case Within(Slot(name)):
            return Within(values[name])
        case OfTypeWithin(type_name, Slot(name)):
            return OfTypeWithin(type_name, values[name])
        case _:
            return constraint


def _without(objects: Mapping[str, T], policy_id: str, what: str, part: Part) -> dict[str, T]:
    if policy_id not in objects:
        raise InputError(part, f"there is no {what} {policy_id!a}")
    return {known: item for known, item in objects.items() if known != policy_id}
