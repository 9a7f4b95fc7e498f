"""The law of seed cases: engines answer them alike, and as it is documented.

Owns the comparison of engines with documented outcomes. A case that is reduced keeps the outcomes of the
requests and expressions that are left of it, so that the smallest question shows the difference. Partial
inputs of a case are put to the laws of partial evaluation, cases with links to the law of revisions, several
requests that evaluate no expression to the law of variants, some of which read requests as objects, and other
cases of few questions to the last variant of each engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Protocol

from drt.assess.conformance.saved import Expectation, expectations
from drt.engines.recorded import RecordedEngine
from drt.model.case import Case, Source
from drt.model.divergence import DOCUMENTED
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import ExceededBudget, Unsupported
from drt.model.question import Authorize, CaseQuestion, Evaluate
from drt.model.saved_case import SavedCase
from drt.oracles.agreement import engines_agree, variants_agree
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, Law
from drt.oracles.partial_agreement import batched_runs_agree, partial_responses_agree, queries_agree
from drt.oracles.partial_laws import reauthorizing_is_authorizing
from drt.oracles.questions import linkers_agree, questions_agree
from drt.oracles.revisions import revised_sets_answer_as_new_ones
from drt.oracles.schemas import schema_translations_mean_the_same
from drt.oracles.thorough import LADDER
from drt.oracles.validation import validators_agree

VALIDATION = "validation"
"""The tag of cases whose schemas are there for the verdicts on many policies."""

_Documented = dict[CaseQuestion[Any] | None, list[tuple[str, Expectation]]]
"""What is documented of each question and of reading, each with its source."""

SCRIPTS = 5
"""Most sequences of changes of one case."""

FEW = 16
"""Most questions of a case that is put to variants: those of long tables take too much of a run's opening."""


class Walk(Protocol):
    """Saved cases of which each can be read alone."""

    def drawn(self, case: Case) -> SavedCase | None:
        """Return the saved case that was drawn as this case; None for what a reduction has left of one."""
        ...

    def all(self) -> Iterable[SavedCase]:
        """Read all cases, in the order of their walk."""
        ...

    def brings_a_schema(self, case: Case) -> bool:
        """Return whether no case before a drawn one has the same schema."""
        ...


class SeedCases:
    """Cases whose outcomes are documented, and the law about them; one that was drawn needs no other."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._known: dict[Case, _Documented] = {}
        self._firsts: dict[tuple[Source, ...], Case | None] = {}
        sentence = "Engines answer the seed cases alike, and as it is documented."
        self.law = Law("seed_cases_are_answered_as_documented", sentence, self._check, Compares.ENGINES)

    def _check(self, case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
        """Compare the engines with each other, about new schemas too; then with what is documented.

        No question is put twice.
        """
        noted = [RecordedEngine(engine) for engine in engines]
        comparison.add(_among(engines_agree, case, noted))
        recalled = [one.recalling() for one in noted]
        loaded = [engine.load(case) for engine in recalled]
        if not comparison.divergences:
            if not case.partials:  # whose policies are type-checked by partial evaluation
                comparison.add(_verdicts(case, engines, loaded))
            for law in _laws_of_partial_inputs(case):
                comparison.add(_among(law, case, recalled))
        if _is_about_requests(case) and not comparison.divergences:
            comparison.add(_among(variants_agree, _as_objects(case), engines))
        elif _asks_few(case) and not comparison.divergences:
            for one in recalled:
                for variant in one.variants()[-1:]:
                    comparison.add(_among(engines_agree, case, (one, variant), variants_agree.name))
        if case.links and not comparison.divergences:
            comparison.add(_changes(case, engines))
        if self.is_first(case) and not comparison.divergences:
            comparison.add(_of_schemas(case, engines))
        if comparison.divergences:
            return
        for source, documented in self.documented(case):
            answers = [documented.answer(one) for one in loaded]
            named = [
                (engine.name, answer)
                for engine, answer in zip(engines, answers, strict=True)
                if not isinstance(answer, Unsupported | ExceededBudget)
            ]
            wrong = [(name, answer) for name, answer in named if not documented.is_right(answer)]
            if named:
                right = documented.outcome if wrong else named[0][1]
                answered = [(f"{DOCUMENTED}, {source}", right), *(wrong or named[:1])]
                comparison.hold(documented.id, answered, asked=documented.asked)

    def _read_once(self) -> None:
        for saved in () if self._known else self._walk.all():
            known = self._known.setdefault(_base(saved.case), {})
            for asked, documented in _by_question(saved).items():
                known.setdefault(asked, []).extend(documented)
            first = None if VALIDATION in saved.tags else _base(saved.case)
            self._firsts.setdefault(saved.case.schemas, first)

    def is_first(self, case: Case) -> bool:
        """Return whether a case has a schema that no earlier case has and that is not there for verdicts."""
        if case.schema is None:
            return False
        if saved := self._walk.drawn(case):
            return VALIDATION not in saved.tags and self._walk.brings_a_schema(case)
        self._read_once()
        return self._firsts.get(case.schemas, _base(case)) == _base(case)

    def documented(self, case: Case) -> Iterator[tuple[str, Expectation]]:
        """List what is documented of the questions that a case still asks, each with its source."""
        if saved := self._walk.drawn(case):
            known = _by_question(saved)
        else:
            self._read_once()
            known = self._known.get(_base(case), {})
        kept = [
            *(asked for asked in known if not isinstance(asked, Authorize | Evaluate)),
            *map(Authorize, case.requests),
            *(Evaluate(one, request) for one in case.expressions for request in case.requests),
        ]
        return chain.from_iterable(known.get(asked, ()) for asked in dict.fromkeys(kept))


def _by_question(saved: SavedCase) -> _Documented:
    known: _Documented = {}
    for one in expectations(saved):
        known.setdefault(one.asked, []).append((saved.source, one))
    return known


def _changes(case: Case, engines: Sequence[Engine]) -> Comparison:
    """Put a case with links to the law of revisions: each of its first requests has a script of its own."""
    law = revised_sets_answer_as_new_ones
    changes = Comparison(law.name, engines)
    for request in case.requests[:SCRIPTS]:
        among = Comparison(law.name, engines)
        law.check(replace(case, requests=(request,)), engines, among)
        among.divergences = [replace(one, request=None) for one in among.divergences]
        changes.add(among)
    return changes


def _base(case: Case) -> Case:
    return replace(case, requests=(), expressions=(), partials=())


def _is_about_requests(case: Case) -> bool:
    """Return whether requests are what a case shows: one after another under the same schema and store."""
    return len(case.requests) > 1 and not (case.expressions or case.partials or case.links)


def _as_objects(case: Case) -> Case:
    """Leave out requests with a null or a fraction: a text may hold one where it is ignored, no object."""
    return replace(case, requests=tuple(one for one in case.requests if _holds_values(one.text)))


def _holds_values(text: str) -> bool:
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return False
    for node in waiting:
        if node is None or isinstance(node, float):
            return False
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return True


def _laws_of_partial_inputs(case: Case) -> Sequence[Law]:
    """Return the laws for a case with partial inputs; with one alone it is about queries and batches, too."""
    match len(case.partials):
        case 0:
            return ()
        case 1:
            return partial_responses_agree, reauthorizing_is_authorizing, queries_agree, batched_runs_agree
        case _:
            return partial_responses_agree, reauthorizing_is_authorizing


def _of_schemas(case: Case, engines: Sequence[Engine]) -> Comparison:
    """Put the questions that need no evaluation: answers of all kinds, translations or linking."""
    compared = _among(questions_agree, case, engines)
    law = linkers_agree if case.fragments else schema_translations_mean_the_same
    compared.add(_among(law, case, engines))
    return compared


def _asks_few(case: Case) -> bool:
    """Return whether a case has questions about requests, and so few that variants can be asked as well."""
    return not case.partials and 0 < len(case.requests) * (1 + len(case.expressions)) <= FEW


def _among(law: Law, case: Case, engines: Sequence[Engine], name: str = "") -> Comparison:
    among = Comparison(name or law.name, engines)
    law.check(case, engines, among)
    return among


def _verdicts(case: Case, engines: Sequence[Engine], loaded: Sequence[Session | NotLoaded]) -> Comparison:
    among = Comparison(validators_agree.name, engines)
    sessions = [one for one in loaded if not isinstance(one, NotLoaded)]
    if case.schema is not None and len(sessions) == len(engines):
        for question, asked in LADDER:
            among.compare(question, [one.ask(asked) for one in sessions], asked=asked)
    return among
