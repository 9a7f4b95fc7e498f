"""The streams of a night and their shares: well-typed, dangling, erring, mutated and hostile cases.

A mutated case is an earlier one, drawn again from its own choices and then changed in its trees, so that its
choices draw it again by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from generators.choice.profiles import TYPED, Profile
from generators.choice.sources import Source
from generators.scenarios import Scenario, scenario
from generators.tree_mutation import mutated


@dataclass(frozen=True, slots=True)
class Stream:
    """A kind of cases, its share in a hundred, and the profile that it is drawn from.

    A mutated case has the profile of the case that was changed.
    """

    name: str
    share: int
    profile: Profile | None


_AIMED = replace(TYPED, expressions=0, aimed_requests=0.95, satisfied_conditions=0.92, same_witness=0.6)
"""More policies meet on one request, and more requests meet a policy, than elsewhere."""

WELL_TYPED = Stream("well-typed", 60, _AIMED)
STRAYING = Stream(
    "dangling", 15, replace(_AIMED, dangling_reference=0.1, missing_entity=0.12, extreme_constants=0.3)
)
ERRING = Stream(
    "one-type-error",
    10,
    replace(_AIMED, one_type_error=True, evident_error=0.1, policies=(2, 5), same_witness=0.35),
)
MUTATED = Stream("mutated", 10, None)
HOSTILE = Stream(
    "hostile-text",
    5,
    replace(_AIMED, hostile_text=True, odd_strings=0.5, odd_names=0.4, odd_spelling=0.5),
)
STREAMS = (WELL_TYPED, STRAYING, ERRING, MUTATED, HOSTILE)
"""In the order in which they are drawn: the simplest first."""

MOST_MUTATIONS = 8
"""How often one case may have been mutated."""

TEMPLATES_IN_FIVE = 1
"""In how many of five cases there are templates and links."""

_BOUNDS = tuple(accumulate(stream.share for stream in STREAMS))


@dataclass(frozen=True, slots=True)
class Streamed:
    """A scenario and the name of the stream that it belongs to."""

    stream: str
    scenario: Scenario


def streamed(source: Source) -> Streamed:
    """Draw one scenario of the streams, without single expressions."""
    layers: list[Source] = []
    origin = source
    first = stream = _stream(source)
    while stream.profile is None and len(layers) < MOST_MUTATIONS:
        layers.append(origin)
        origin = origin.earlier()
        stream = _stream(origin)
    templates = origin.integer(0, 4) > 4 - TEMPLATES_IN_FIVE
    drawn = scenario(origin, _profile(stream, templates))
    for layer in reversed(layers):
        drawn = mutated(layer, drawn)
    return Streamed(first.name, drawn)


def _stream(source: Source) -> Stream:
    ticket = source.integer(0, _BOUNDS[-1] - 1)
    return next(stream for stream, bound in zip(STREAMS, _BOUNDS, strict=True) if ticket < bound)


@cache
def _profile(stream: Stream, templates: bool) -> Profile:
    profile = stream.profile or _AIMED
    return replace(profile, name=stream.name, templates=0.6 if templates else 0.0)
