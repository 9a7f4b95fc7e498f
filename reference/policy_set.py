"""Policy sets: static policies, templates and the links that fill their slots (spec 04 §1).

A set never changes: every operation gives a new one, so a failing operation leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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


@dataclass(frozen=True, slots=True)
class Link:
    """A use of a template: which one, and the entity for each of its slots."""

    template_id: str
    values: Mapping[SlotName, EntityUid]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A policy set. INVARIANT: ids are distinct; a link fills exactly the slots of a template of the set."""

    static: Mapping[str, Body] = field(default_factory=dict)
    templates: Mapping[str, Body] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)

    def linked(self, link: Link) -> Body:
        """Return the plain policy that a link stands for."""
        return instantiate(self.templates[link.template_id], link.values)

    def plain(self) -> dict[str, Body]:
        """List the static policies, then the links as the plain policies that they stand for."""
        return {**self.static, **{new_id: self.linked(link) for new_id, link in self.links.items()}}

    def policies(self) -> Policies:
        """Return what the authorizer sees."""
        return Policies(
            tuple(Policy(policy_id, body.effect, condition(body)) for policy_id, body in self.plain().items())
        )

    def link(self, new_id: str, link: Link, part: Part = "link") -> PolicySet:
        """With one more linked policy; see `link_all`."""
        return self.link_all([(new_id, link)], part)

    def link_all(self, links: Iterable[tuple[str, Link]], part: Part = "link") -> PolicySet:
        """With more linked policies, each for exactly the slots of its template.

        Raises:
            InputError: of `part`.
        """
        known = dict(self.links)
        used = {*self.static, *self.templates, *known}
        for new_id, link in links:
            template = self.templates.get(link.template_id)
            if template is None:
                raise InputError(part, f"there is no template {link.template_id!a} to link")
            wanted = slots(template)
            for name in sorted(wanted ^ link.values.keys()):
                problem = "has no value for" if name in wanted else "has a value for the unused"
                raise InputError(part, f"the link {new_id!a} {problem} slot `{name}`")
            if new_id in used:
                raise InputError(part, f"the id {new_id!a} is already in use")
            used.add(new_id)
            known[new_id] = link
        return replace(self, links=known)


def from_bodies(bodies: Iterable[Body]) -> PolicySet:
    """Build the set of a text: the n-th policy or template, from 0, has the id `policy<n>` (spec 01 §5)."""
    named = [(f"policy{place}", body) for place, body in enumerate(bodies)]
    return PolicySet(
        {policy_id: body for policy_id, body in named if not slots(body)},
        {policy_id: body for policy_id, body in named if slots(body)},
    )


def instantiate(body: Body, values: Mapping[SlotName, EntityUid]) -> Body:
    """Return the template with every slot replaced."""
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
