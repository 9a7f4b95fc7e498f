"""The targets: what a run can draw and by which law it judges it.

Owns the table that joins a generator to an oracle, and nothing else; the same table prints `drt targets`,
fills the README and shares a run's budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from drt.case import Case, Request
from drt.case import Source as Text
from drt.oracles.agreement import engines_agree
from drt.oracles.checked import Oracle
from generators.profiles import TYPED, UNTYPED, Profile
from generators.scenarios import Scenario, scenario
from generators.source import Source


@dataclass(frozen=True, slots=True)
class Target:
    """A named pair of generator and oracle.

    `draw` makes one case from a source of choices. `sentence` states the law in one line. `weight` is the
    share of a run's budget relative to the other targets.
    """

    name: str
    sentence: str
    draw: Callable[[Source], Case]
    oracle: Oracle
    weight: int = 1


def _authorization(drawn: Scenario, requests: int | None = None) -> Case:
    """The policies, entities, links and requests of a scenario, without its schema."""
    return Case(
        policies=Text(drawn.policies_text()),
        entities=drawn.entities_text(),
        requests=tuple(Request(text) for text in drawn.request_texts()[:requests]),
        links=drawn.links,
    )


def _authorize(profile: Profile) -> Callable[[Source], Case]:
    return lambda source: _authorization(scenario(source, profile))


EVALUATE = replace(UNTYPED, name="evaluate", policies=(1, 1), requests=4, expressions=12, templates=0.0)
RBAC = replace(TYPED, name="rbac", policies=(4, 12), templates=0.6, expressions=0)
DANGLING = replace(UNTYPED, name="dangling", dangling_reference=0.5, missing_entity=0.5, expressions=0)
ONE_TYPE_ERROR = replace(TYPED, name="one-type-error", one_type_error=True, expressions=0)


def _evaluation(source: Source) -> Case:
    drawn = scenario(source, EVALUATE)
    return replace(_authorization(drawn), expressions=drawn.expressions())


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target(
            "authorize-typed",
            "Engines give the same response to requests on well-typed policies.",
            _authorize(replace(TYPED, expressions=0)),
            engines_agree,
            weight=6,
        ),
        Target(
            "authorize-untyped",
            "Engines give the same response, errors included, where nothing has to fit.",
            _authorize(replace(UNTYPED, expressions=0)),
            engines_agree,
            weight=6,
        ),
        Target(
            "evaluate",
            "Engines give every expression the same value or the same kind of error.",
            _evaluation,
            engines_agree,
            weight=4,
        ),
        Target(
            "rbac",
            "Engines give the same response on many policies with templates and links.",
            _authorize(RBAC),
            engines_agree,
            weight=2,
        ),
        Target(
            "dangling",
            "Engines agree where entities, parents and attributes refer to what is not there.",
            _authorize(DANGLING),
            engines_agree,
            weight=2,
        ),
        Target(
            "one-type-error",
            "Engines agree on well-typed policies with exactly one operand of the wrong kind.",
            _authorize(ONE_TYPE_ERROR),
            engines_agree,
            weight=2,
        ),
    )
}
"""Every target by its name."""
