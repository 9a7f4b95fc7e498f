"""Scenarios: schema, then entities, then policies, then requests, each drawn from what exists.

A scenario holds the trees, so that its structure can be counted, mutated and reduced, and writes itself as
texts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from generators.choice.profiles import Profile
from generators.choice.sources import Source
from generators.choice.swarm import draw_mask
from generators.draw.conditions import Conditions
from generators.draw.context import Context
from generators.draw.entities import Values, draw_entities
from generators.draw.policies import Aimed, draw_links, draw_policies
from generators.draw.requests import draw_requests
from generators.draw.schemas import draw_schema
from generators.draw.syntax import Expr, Link, Policy, RecordV, policy_ids
from generators.draw.world import Entity, Request, Schema
from generators.faults.breaks import broken_entities, broken_schema
from generators.faults.misfits import break_expression, break_some, near_miss, one_type_error
from generators.faults.type_errors import add_type_errors
from generators.faults.unfit_scopes import unfit_some
from generators.printing.data_json import entities_text, request_texts, uid_text
from generators.printing.policy_json import policy_set_json
from generators.printing.policy_text import print_expression, print_policies
from generators.printing.schemas import schema_json, schema_text
from generators.printing.spelling import spelling_of

LinkTexts = tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, repr=False)
class Scenario:
    """Mutually consistent schema, entities, policies, requests and expressions, and how to write them.

    `intended_misfits` names what was broken on purpose, empty where everything fits. `left_out` is the
    swarm mask. `spelling` is 0 for plain text, else the number of an odd spelling.
    """

    profile: Profile
    schema: Schema
    entities: tuple[Entity, ...]
    policies: tuple[Policy, ...]
    template_links: tuple[Link, ...]
    requests: tuple[Request, ...]
    expression_trees: tuple[Expr, ...]
    intended_misfits: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    spelling: int = 0

    def __repr__(self) -> str:
        """Return the texts, which a reader of a failing property test wants to see."""
        requests = "\n".join(self.request_texts())
        parts = (self.schema_text(), self.policies_text(), self.entities_text(), requests)
        return f"Scenario({self.profile.name!r})\n" + "\n".join(parts)

    def policies_text(self) -> str:
        """Write the policies in Cedar syntax."""
        return print_policies(self.policies, spelling_of(self.spelling))

    def policies_json(self, links: bool = False) -> str:
        """Write the policies as policy-set JSON, with `links` also the template links."""
        made = self.template_links if links else ()
        return json.dumps(policy_set_json(self.policies, made, spelling_of(self.spelling)))

    def schema_text(self) -> str:
        """Write the schema in Cedar syntax."""
        return schema_text(self.schema, spelling_of(self.spelling))

    def schema_json(self) -> str:
        """Write the schema in JSON form."""
        return json.dumps(schema_json(self.schema))

    def entities_text(self) -> str:
        """Write the entity document, with the schema's action entities where the profile wants them."""
        entities = self.entities
        if self.profile.action_entities:
            actions = tuple(Entity(action.uid, RecordV(()), action.parents) for action in self.schema.actions)
            entities = entities + actions
        return entities_text(entities, self.profile.explicit_escapes, spelling_of(self.spelling))

    def request_texts(self) -> tuple[str, ...]:
        """Write each request as a JSON object with principal, action, resource and context."""
        return request_texts(self.requests, self.profile.explicit_escapes, spelling_of(self.spelling))

    def expressions(self) -> tuple[str, ...]:
        """Write single expressions in Cedar syntax, worth evaluating under every request."""
        spelling = spelling_of(self.spelling)
        return tuple(print_expression(expr, spelling) for expr in self.expression_trees)

    @property
    def links(self) -> LinkTexts:
        """Template links to make after loading: template id, new id, and slot values as uid JSON text."""
        return tuple(
            (link.template, link.new_id, tuple((slot, uid_text(uid)) for slot, uid in link.values))
            for link in self.template_links
        )


def scenario(source: Source, profile: Profile) -> Scenario:
    """Draw one scenario of a profile, every decision taken by `source`."""
    misfits: set[str] = set()
    left_out, schema = source.shared(
        (profile.swarm, profile.odd_names, profile.hostile_text, profile.odd_scripts),
        lambda own: _schema(own, profile),
    )
    values = Values(source, profile, schema, misfits)
    entities = draw_entities(source, schema, values, left_out)
    context = Context(source, profile, schema, values, entities, left_out)
    aimed = draw_policies(context)
    favoured = None
    if profile.one_type_error:
        aimed, favoured = one_type_error(context, aimed)
    aimed = unfit_some(context, add_type_errors(context, break_some(context, aimed)))
    policies = tuple(each.policy for each in aimed)
    links = draw_links(context, aimed, policy_ids(policies))
    requests = draw_requests(context, aimed, profile.requests, favoured)
    expressions = _expressions(context, aimed[0])
    if profile.near_miss_schema:
        schema = near_miss(source, schema, misfits)
    if profile.broken_schema:
        schema = broken_schema(source, schema, misfits)
    document = tuple(entities.values())
    if profile.broken_entities:
        document = broken_entities(source, schema, document, misfits)
    odd = source.boolean(profile.odd_spelling)
    return Scenario(
        profile=profile,
        schema=schema,
        entities=document,
        policies=policies,
        template_links=links,
        requests=requests,
        expression_trees=expressions,
        intended_misfits=tuple(sorted(misfits)),
        left_out=tuple(sorted(left_out)),
        spelling=source.integer(1, 2**32) if odd else 0,
    )


def _schema(source: Source, profile: Profile) -> tuple[frozenset[str], Schema]:
    """Draw a swarm mask and a schema under it."""
    left_out = draw_mask(source, profile.swarm)
    return left_out, draw_schema(source, profile, left_out)


def _expressions(context: Context, aimed: Aimed) -> tuple[Expr, ...]:
    """Draw expressions over the environment of the first policy."""
    context.aim((aimed.environment,), aimed.witness)
    conditions = Conditions(context)
    return tuple(_expression(context, conditions) for _ in range(context.profile.expressions))


def _expression(context: Context, conditions: Conditions) -> Expr:
    source, profile = context.source, context.profile
    expr = conditions.expression(source.integer(1, profile.expression_depth))
    if source.boolean(profile.broken_part):
        expr, name = break_expression(source, expr)
        context.values.misfits.add(f"broken-part:{name}")
    return expr
