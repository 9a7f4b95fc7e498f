"""Policy sets: static policies, templates and links under one name space of ids (spec 04 §1).

A set is never changed: every operation gives a new one, and a failing one leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from .documents.policy_json import read_policy_set
from .documents.policy_json_writer import policy_set_json
from .errors import ArgumentError, LinkError, PolicySetError
from .language.arguments import instance_of, iterable_of, named, text_of
from .language.deep_stack import at_any_depth
from .language.gc_pause import without_collection
from .language.policies import Link, Policy, same_policy
from .language.strings import counted
from .language.uids import Uid
from .text.parser import parse_policies
from .text.printer import policies_text

_STR: Final = frozenset({str})
Question = TypeVar("Question", contravariant=True)
Store = TypeVar("Store", contravariant=True)
Answer = TypeVar("Answer", covariant=True)
LinkRequest = tuple[str, str, Mapping[str, Uid]]


class PartialAuthorizer(Protocol[Question, Store, Answer]):
    """What a schema does for `PolicySet.partially_authorize`."""

    def partially_authorize(self, policies: PolicySet, request: Question, entities: Store) -> Answer:
        """Return the response to a partial request."""
        ...


class Family:
    """The identity that policy sets share if they were made of each other."""

    __slots__ = ("__weakref__",)


class PolicySet:
    """Static policies, templates and links by id."""

    __slots__ = ("__weakref__", "_family", "_links", "_statics", "_templates")

    _family: Family
    """Shared by this set and those that it was made of."""

    def __init__(
        self,
        statics: Mapping[str, Policy] | None = None,
        templates: Mapping[str, Policy] | None = None,
        links: Iterable[LinkRequest] = (),
    ) -> None:
        """Make a set of these; raise `PolicySetError` for ids used twice, `LinkError` for a bad link."""
        self._statics = _by_id(statics, "statics")
        self._templates = _by_id(templates, "templates")
        self._links: dict[str, Link] = {}
        self._family = Family()
        for policy_id, policy in self._statics.items():
            if policy.slots:
                raise PolicySetError(f"the static policy {policy_id!r} has a slot")
            if policy_id in self._templates:
                raise PolicySetError(f"the id {policy_id!r} is used twice")
        for link in iterable_of(links, "links"):
            self._link(*_link_request(link))

    @classmethod
    @at_any_depth
    def from_text(cls, text: str) -> PolicySet:
        """Read policy text; ids are `policy0`, `policy1`, … in order. Raises `PolicyError`."""
        made = cls()
        for number, policy in enumerate(parse_policies(text_of(text, "a policy text"))):
            (made._templates if policy.slots else made._statics)[f"policy{number}"] = policy
        return made

    @classmethod
    @at_any_depth
    def from_json(cls, text: str) -> PolicySet:
        """Read a policy-set document (spec 06); raises `PolicyError`."""
        read = read_policy_set(text_of(text, "a policy document"))
        with without_collection():
            return cls(read.statics, read.templates, read.links)

    @at_any_depth
    def to_json(self) -> str:
        """Return the canonical policy-set document."""
        return policy_set_json(self._statics, self._templates, self._links)

    @at_any_depth
    def to_text(self, *, templates: bool = False) -> str:
        """Return Cedar text: static policies and links as plain policies; or static policies and templates.

        Links have no text of their own, so `templates` leaves them out (spec 06 §4). Raises `PrintError`.
        """
        if templates:
            return policies_text([*self._statics.values(), *self._templates.values()])
        return policies_text([policy for _, policy in self.policies()])

    @property
    def statics(self) -> Mapping[str, Policy]:
        """Static policies by id."""
        return MappingProxyType(self._statics)

    @property
    def templates(self) -> Mapping[str, Policy]:
        """Templates by id."""
        return MappingProxyType(self._templates)

    @property
    def links(self) -> Mapping[str, Link]:
        """Links by the id of the linked policy."""
        return MappingProxyType(self._links)

    def policies(self) -> Iterator[tuple[str, Policy]]:
        """Yield everything that is evaluated: static policies, then links as the policies they stand for."""
        yield from self._statics.items()
        for link_id, link in self._links.items():
            yield link_id, link.policy()

    def partially_authorize(
        self, request: Question, entities: Store, schema: PartialAuthorizer[Question, Store, Answer]
    ) -> Answer:
        """Return what `schema.partially_authorize` returns for these policies (spec 09)."""
        return schema.partially_authorize(self, request, entities)

    def __copy__(self) -> PolicySet:
        return self

    def __deepcopy__(self, memo: object) -> PolicySet:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._statics, self._templates, self._links)

    def _copy(self) -> PolicySet:
        made = PolicySet()
        made._statics = self._statics.copy()
        made._templates = self._templates.copy()
        made._links = self._links.copy()
        made._family = self._family
        return made

    def _check_unused(self, policy_id: str) -> None:
        if self._has(policy_id):
            raise PolicySetError(f"the id {policy_id!r} is used already")

    def add(self, policy_id: str, policy: Policy) -> PolicySet:
        """Return this set and a static policy, or a template if it has slots."""
        policy_id = id_of(policy_id)
        instance_of(policy, Policy, "a policy")
        self._check_unused(policy_id)
        made = self._copy()
        (made._templates if policy.slots else made._statics)[policy_id] = policy
        return made

    def link(self, template_id: str, new_id: str, values: Mapping[str, Uid]) -> PolicySet:
        """Return this set and one link; `values` gives an entity for exactly the template's slots."""
        return self.link_all([(template_id, new_id, values)])

    def link_all(self, links: Iterable[LinkRequest]) -> PolicySet:
        """Return this set and many links; raise `LinkError` for the first bad one."""
        made = self._copy()
        for link in iterable_of(links, "links"):
            made._link(*_link_request(link))
        return made

    def _link(self, template_id: str, new_id: str, values: Mapping[str, Uid]) -> None:
        template_id, new_id = id_of(template_id), id_of(new_id)
        filled = values
        if type(values) is not dict or not _STR.issuperset(map(type, values)):
            filled = {text_of(slot, "a slot"): uid for slot, uid in _mapping(values, "values").items()}
        template = self._templates.get(template_id)
        if template is None:
            raise LinkError(f"there is no template {template_id!r}")
        if self._has(new_id):
            raise LinkError(f"the id {new_id!r} is used already")
        for slot in template.slots:
            if slot not in filled:
                raise LinkError(f"the link {new_id!r} has no value for {slot}")
        for name, entity in filled.items():
            if name not in template.slots:
                raise LinkError(f"the template {template_id!r} has no slot {name!r}")
            instance_of(entity, Uid, f"the value for {name}")
        self._links[new_id] = Link(template_id, template, filled.get("?principal"), filled.get("?resource"))

    @at_any_depth
    def replacing(self, replacements: Mapping[Uid, Uid]) -> PolicySet:
        """Return this set with the entity literals of its static policies replaced (spec 13 §2).

        All are replaced at once; ids, templates and links stay. Raises `PolicyError` where that puts an
        ordinary entity into the action scope.
        """
        for uid in (*_mapping(replacements, "replacements"), *replacements.values()):
            instance_of(uid, Uid, "a replacement")
        made = self._copy()
        made._statics = {name: policy.replacing(replacements) for name, policy in self._statics.items()}
        return made

    def unlink(self, link_id: str) -> PolicySet:
        """Return this set without a link."""
        return self._without("_links", link_id, "link")

    def remove_static(self, policy_id: str) -> PolicySet:
        """Return this set without a static policy."""
        return self._without("_statics", policy_id, "static policy")

    def remove_template(self, template_id: str) -> PolicySet:
        """Return this set without a template that no link refers to."""
        template_id = id_of(template_id)
        for link_id, link in self._links.items():
            if link.template_id == template_id:
                raise PolicySetError(f"the template {template_id!r} is in use by {link_id!r}")
        return self._without("_templates", template_id, "template")

    def _without(self, part: str, policy_id: str, what: str) -> PolicySet:
        made = self._copy()
        policy_id = id_of(policy_id)
        if getattr(made, part).pop(policy_id, None) is None:
            raise PolicySetError(f"there is no {what} {policy_id!r}")
        return made

    @at_any_depth
    def merge(self, other: PolicySet) -> PolicySet:
        """Return both sets in one.

        An id of both must have the same content in both, else `PolicySetError`.
        """
        instance_of(other, PolicySet, "other")
        made = self._copy()
        for mine, theirs in ((made._statics, other._statics), (made._templates, other._templates)):
            for policy_id, policy in theirs.items():
                known = mine.get(policy_id)
                if known is None:
                    made._check_unused(policy_id)
                    mine[policy_id] = policy
                elif not same_policy(known, policy):
                    raise PolicySetError(f"the id {policy_id!r} stands for two policies")
        for link_id, link in other._links.items():
            linked = made._links.get(link_id)
            if linked is None:
                made._link(link.template_id, link_id, {str(slot): uid for slot, uid in link.values.items()})
            elif (linked.template_id, linked.values) != (link.template_id, link.values):
                raise PolicySetError(f"the id {link_id!r} stands for two links")
        return made

    @at_any_depth
    def merge_renaming(self, other: PolicySet) -> tuple[PolicySet, dict[str, str]]:
        """Return both sets in one, and new ids by old.

        A policy of `other` gets a new id if its own stands for something else here.
        """
        instance_of(other, PolicySet, "other")
        names: dict[str, str] = {}
        for policy_id in (*other._statics, *other._templates, *other._links):
            if self._clashes(policy_id, other):
                number = 0
                while (
                    (fresh := f"{policy_id}_{number}") in names.values()
                    or self._has(fresh)
                    or other._has(fresh)
                ):
                    number += 1
                names[policy_id] = fresh
        renamed = PolicySet()
        renamed._statics = {names.get(name, name): policy for name, policy in other._statics.items()}
        renamed._templates = {names.get(name, name): policy for name, policy in other._templates.items()}
        renamed._links = {
            names.get(name, name): replace(link, template_id=names.get(link.template_id, link.template_id))
            for name, link in other._links.items()
        }
        return self.merge(renamed), names

    def _has(self, policy_id: str) -> bool:
        return policy_id in self._statics or policy_id in self._templates or policy_id in self._links

    def _clashes(self, policy_id: str, other: PolicySet) -> bool:
        """Return whether an id of `other` stands for something else here."""
        if not self._has(policy_id):
            return False
        for mine, theirs in ((self._statics, other._statics), (self._templates, other._templates)):
            if policy_id in mine and policy_id in theirs:
                return not same_policy(mine[policy_id], theirs[policy_id])
        here, there = self._links.get(policy_id), other._links.get(policy_id)
        if here is None or there is None:
            return True
        return (here.template_id, here.values) != (there.template_id, there.values) or self._clashes(
            there.template_id, other
        )

    def __len__(self) -> int:
        """Return how many policies are evaluated: static ones and links."""
        return len(self._statics) + len(self._links)

    def __repr__(self) -> str:
        parts = (
            counted(len(self._statics), "static policy", "static policies"),
            counted(len(self._templates), "template"),
            counted(len(self._links), "link"),
        )
        return f"<PolicySet: {', '.join(parts)}>"


def id_of(policy_id: object) -> str:
    """Return a policy id as an exact `str`; raise `ArgumentError`."""
    if type(policy_id) is str and policy_id.isascii():
        return policy_id
    exact = text_of(policy_id, "a policy id")
    try:
        exact.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"a lone surrogate in the policy id {exact!r}") from None
    return exact


def _link_request(link: LinkRequest) -> LinkRequest:
    if isinstance(link, (tuple, list)) and len(link) == 3:
        return link
    raise ArgumentError(f"a link is a template's id, a new id and values, not {named(link)}")


def _mapping(value: Mapping[Any, Any], what: str) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise ArgumentError(f"{what} are a dict, not {named(value)}")


def _by_id(policies: Mapping[str, Policy] | None, what: str) -> dict[str, Policy]:
    listed = {} if policies is None else _mapping(policies, what)
    return {id_of(name): instance_of(policy, Policy, "a policy") for name, policy in listed.items()}


def _restored(statics: dict[str, Policy], templates: dict[str, Policy], links: dict[str, Link]) -> PolicySet:
    """Return a set of parts that were one before, as pickles hold them."""
    made = PolicySet()
    made._statics, made._templates, made._links = statics, templates, links
    return made
