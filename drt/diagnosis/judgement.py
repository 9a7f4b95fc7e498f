"""The verdict on a finding: which engine is wrong, and by what: a law, a seed case, others.

Owns the order of the witnesses. A law that an engine breaks by itself comes first, and that a response
follows from the answers to each policy alone. Then come the seed cases about the same rule, whose answers
people took from the language guide, then a majority, then a further engine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from msgspec import Struct, field

from drt.diagnosis import Located
from drt.diagnosis.expressions import differ
from drt.diagnosis.located import Answers
from drt.diagnosis.sections import quote
from drt.engines.declared import independent_name
from drt.model import guide
from drt.model.divergence import DOCUMENTED, Divergence
from drt.model.outcome import Crashed, ExceededBudget, Outcome, Unsupported

By = Literal["law", "seed", "majority", "arbiter", "nothing"]

Unmet = Mapping[str, Sequence[tuple[str, str]]]
"""The seed cases that each engine does not answer as expected: the name of each and its source."""


class ArbiterAnswer(Struct, frozen=True):
    """The answer of a further engine, the arbiter, in words, and the engines with which it agrees."""

    engine: str
    says: str
    version: str = ""
    agreeing: tuple[str, ...] = field(name="with", default=())

    @property
    def witness(self) -> str:
        """The arbiter with its version."""
        return f"{self.engine} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement on who is wrong.

    `wrong` are the engines at fault, none if nothing decides; `because` completes the sentence. `source`
    cites the language guide, and `quote` is its text there.
    """

    wrong: tuple[str, ...]
    by: By
    because: str
    source: str = ""
    quote: str = ""

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if not self.wrong:
            return f"undecided: {self.because}"
        return f"{' and '.join(self.wrong)} {'is' if len(self.wrong) == 1 else 'are'} wrong: {self.because}"

    def to_json(self) -> dict[str, Any]:
        """Write the judgement with its sentence."""
        return {**asdict(self), "wrong": list(self.wrong), "sentence": self.sentence}


def judge(
    divergence: Divergence,
    law: str,
    located: Located | None,
    unmet: Unmet,
    testimony: ArbiterAnswer | None,
) -> Judgement:
    """Judge a divergence; `law` is the law in words, `testimony` the arbiter's, if there is one.

    A section about a format holds many rules, so a seed case of it that an engine fails comes last. A seed
    case that is itself the case decides at once.
    """
    source = located.source if located is not None and located.source else law
    documented = _documented_by(divergence)
    if documented is not None:
        others = tuple(engine for engine in engines_of(divergence) if engine != DOCUMENTED)
        because = f"a seed case documents another answer ({documented})"
        return Judgement(others, "seed", because, documented, quote(documented, documented))
    rule = located.rule if located is not None else law
    seed = _by_seed(engines_of(divergence), source, unmet)
    of_a_format = located is not None and located.kind == "reading"
    wrong, by, because = (
        _by_law(divergence, law)
        or _by_operands(located)
        or (None if of_a_format else seed)
        or _by_majority(divergence)
        or _by_arbiter(engines_of(divergence), testimony)
        or seed
        or ((), "nothing", _undecided(engines_of(divergence), testimony))
    )
    cited = ", ".join(place.citation for place in guide.places(source))
    return Judgement(wrong, by, because, cited, quote(source, rule))


def engines_of(divergence: Divergence) -> tuple[str, ...]:
    """List the engines of a divergence, each once; answers of a variant count as its engine's."""
    return tuple(dict.fromkeys(name.partition(",")[0] for name, _ in divergence.answers))


def _documented_by(divergence: Divergence) -> str | None:
    """Return the source of the documented outcome that is one of the answers; None where none is."""
    called = (name.partition(", ") for name, _ in divergence.answers)
    return next((source for name, _, source in called if name == DOCUMENTED), None)


Verdict = tuple[tuple[str, ...], By, str]


def _by_law(divergence: Divergence, law: str) -> Verdict | None:
    """Find an engine that does not answer, or that breaks a law by itself."""
    broke = {name.partition(",")[0]: one for name, one in divergence.answers if isinstance(one, Crashed)}
    if broke:
        return tuple(broke), "law", f"{_it(broke)} broke ({_described(next(iter(broke.values())))})"
    spent = {
        name.partition(",")[0]: one for name, one in divergence.answers if isinstance(one, ExceededBudget)
    }
    if spent:
        resource = next(iter(spent.values())).resource
        return tuple(spent), "law", f"{_it(spent)} ran out of {resource}, others did not"
    engines = engines_of(divergence)
    if len(engines) == 1:
        return engines, "law", f"it breaks the law `{divergence.law}` by itself: {law}"
    return None


def _by_operands(located: Located | None) -> Verdict | None:
    """Find the engines whose response does not follow from answers that all of them share."""
    if located is None or not located.deviating:
        return None
    return tuple(dict.fromkeys(name.partition(",")[0] for name in located.deviating)), "law", located.said


def _it(engines: Collection[str]) -> str:
    return "it" if len(engines) == 1 else "they"


def _described(outcome: Outcome) -> str:
    assert isinstance(outcome, Crashed)
    return f"{outcome.error}{f' at {outcome.where[-1]}' if outcome.where else ''}"


def _by_seed(engines: Sequence[str], source: str, unmet: Unmet) -> Verdict | None:
    """Find the engines that fail a seed case of the section in question, where another engine fails none."""
    cited = {place.citation for place in guide.places(source)}
    missed = {
        engine: [(name, where) for name, where in unmet.get(engine, ()) if cited & _citations(where)]
        for engine in engines
    }
    wrong = tuple(engine for engine in engines if missed[engine])
    if not wrong or len(wrong) == len(engines):
        return None
    name, where = missed[wrong[0]][0]
    met = " and ".join(engine for engine in engines if engine not in wrong)
    subject = "it" if len(wrong) == 1 else wrong[0]
    return (
        wrong,
        "seed",
        f"{subject} misses the seed case `{name}` ({where}), which {met} answers as expected",
    )


def _citations(source: str) -> set[str]:
    return {place.citation for place in guide.places(source)}


def _by_majority(divergence: Divergence) -> Verdict | None:
    """Find the engine that stands alone against two or more.

    Engines that share code count once, and so do the variants of an engine.
    """
    groups: list[list[tuple[str, Outcome]]] = []
    for name, answer in _voting(divergence.answers):
        group = next((one for one in groups if not differ((one[0], (name, answer)))), None)
        groups.append([(name, answer)]) if group is None else group.append((name, answer))
    voices = [{independent_name(name) for name, _ in group} for group in groups]
    if len(groups) != 2 or voices[0] & voices[1] or sorted(map(len, voices))[0] != 1:
        return None
    few, many = sorted(range(2), key=lambda at: len(voices[at]))
    if len(voices[many]) < 2:
        return None
    alone = tuple(dict.fromkeys(name for name, _ in groups[few]))
    others = list(dict.fromkeys(name for name, _ in groups[many]))
    stands = "it stands alone" if len(alone) == 1 else "they stand alone, sharing their code"
    return alone, "majority", f"{stands}: {' and '.join(others)} agree with each other"


def _voting(answers: Answers) -> Answers:
    """Select the answers that take a side, by engine.

    One that agrees with two that differ does not say what is disputed: an acceptance without a document, say.
    """
    able = tuple((name.partition(",")[0], one) for name, one in answers if not isinstance(one, Unsupported))
    sides = [tuple(other for other in able if not differ((one, other))) for one in able]
    return tuple(one for one, side in zip(able, sides, strict=True) if not differ(side))


def _by_arbiter(engines: Sequence[str], testimony: ArbiterAnswer | None) -> Verdict | None:
    if testimony is None or testimony.engine in engines:
        return None
    agreeing = [engine for engine in engines if engine in testimony.agreeing]
    wrong = tuple(engine for engine in engines if engine not in agreeing)
    if not wrong or _only_shares_code(testimony, agreeing):
        return None
    return wrong, "arbiter", f"{testimony.witness} answers as {' and '.join(agreeing)}"


def _only_shares_code(testimony: ArbiterAnswer, agreeing: Sequence[str]) -> bool:
    """Whether the arbiter agrees with no engine whose code is another than its own."""
    return {independent_name(engine) for engine in agreeing} <= {independent_name(testimony.engine)}


def _undecided(engines: Sequence[str], testimony: ArbiterAnswer | None) -> str:
    between = " and ".join(engines)
    if testimony is None:
        return f"no law, seed case or arbiter decides between {between}"
    shares = testimony.agreeing and _only_shares_code(testimony, testimony.agreeing)
    says = f"{testimony.says}{', whose code it shares' if shares else ''}"
    return f"no law or seed case decides between {between}, and {testimony.witness} says: {says}"
