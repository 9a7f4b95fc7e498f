"""The verdict on a finding: the first witness that decides, and the sentence of the language guide."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from drt.assess.planted.faulty_engines import AndIsEager
from drt.diagnosis import Located
from drt.diagnosis.authorizer import step_of
from drt.diagnosis.judgement import ArbiterAnswer, judge
from drt.diagnosis.located import Answers
from drt.diagnosis.policies import OnePolicy
from drt.diagnosis.rule import Rule
from drt.model import guide
from drt.model.case import Case, Source
from drt.model.divergence import Divergence
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Rejected,
    Unsupported,
)
from drt.model.records import from_json
from drt.oracles.agreement import engines_agree
from drt.oracles.validation import validators_agree
from drt.report.finding_words import cited, notes, verdict_of
from drt.run.footer import Finding
from drt.run.testimony import ask_arbiter, unmet_seeds
from generators.language import LANGUAGE
from tests.drt.engines.smoke import ANYONE

EAGER = f"{Path(__file__).parents[1] / 'faulty_engines.py'}:{AndIsEager.__name__}"
BOTH: tuple[tuple[str, Outcome], ...] = (("reference", Evaluated("false")), ("AndIsEager", Failed("type")))
AT_AND = Located("expression", Rule("`&&`"), "spec 02 §4.1", "expression 0", "false && 1", BOTH)
DIVERGENCE = Divergence("engines_agree", "value", "expression 0", BOTH)
SEEDS = {
    "reference": [("another", "spec 05 §2")],
    "AndIsEager": [("one", "spec 01 §4"), ("another", "spec 02 §4.1")],
}
ARBITER = ArbiterAnswer("cedarpy", "as reference", "4.12", ("reference",))


def test_a_seed_case_of_the_section_decides_before_the_arbiter() -> None:
    judgement = judge(DIVERGENCE, "a law", AT_AND, SEEDS, replace(ARBITER, agreeing=("AndIsEager",)))

    assert (judgement.wrong, judgement.by) == (("AndIsEager",), "seed")
    assert judgement.sentence == (
        "AndIsEager is wrong: it misses the seed case `another` (spec 02 §4.1), "
        "which reference answers as expected"
    )
    assert judgement.source == "spec 02 §4.1"
    assert judgement.quote.startswith("`And(a,b)`: eval a")


def test_a_seed_case_of_a_section_about_a_format_decides_after_the_arbiter() -> None:
    """The section has many rules, so the case may be about another one."""
    reading = Located("reading", AT_AND.identity, AT_AND.source, "policies", "", BOTH)
    testimony = replace(ARBITER, agreeing=("AndIsEager",))
    assert judge(DIVERGENCE, "a law", reading, SEEDS, testimony).wrong == ("reference",)
    assert judge(DIVERGENCE, "a law", reading, SEEDS, None).by == "seed"


def test_the_arbiter_decides_where_no_seed_case_does() -> None:
    for unmet in ({}, {"AndIsEager": [("one", "spec 01 §4")]}):
        judgement = judge(DIVERGENCE, "a law", AT_AND, unmet, ARBITER)
        assert (judgement.wrong, judgement.by) == (("AndIsEager",), "arbiter")
        assert judgement.sentence == "AndIsEager is wrong: cedarpy 4.12 answers as reference"


def test_an_arbiter_that_shares_the_code_of_the_engine_it_agrees_with_does_not_decide() -> None:
    answers: tuple[tuple[str, Outcome], ...] = (
        ("production", Evaluated("false")),
        ("cedar-rust", Failed("type")),
    )
    divergence = Divergence("engines_agree", "value", "expression 0", answers)
    for agreeing, wrong in (("cedar-rust", ()), ("production", ("cedar-rust",))):
        testimony = ArbiterAnswer("cedarpy", f"as {agreeing}", "4.12", (agreeing,))
        judgement = judge(divergence, "a law", None, {}, testimony)
        assert judgement.wrong == wrong
        assert ("whose code it shares" in judgement.sentence) is (wrong == ())


def test_a_response_that_does_not_follow_from_its_policies_decides_first() -> None:
    allow, deny = Authorized("allow", ("policy1",), ()), Authorized("deny", ("policy0",), ())
    both: tuple[tuple[str, Outcome], ...] = (("production", deny), ("mine", allow))
    alone: list[tuple[OnePolicy, Answers]] = [
        (OnePolicy(id, f"{effect}(principal, action, resource);"), (("production", one), ("mine", one)))
        for id, effect, one in (("policy0", "forbid", deny), ("policy1", "permit", allow))
    ]
    judgement = judge(
        Divergence("engines_agree", "decision", "request 0", both), "", step_of(both, alone), {}, None
    )

    assert (judgement.wrong, judgement.by) == (("mine",), "law")
    assert judgement.because == (
        "from the policies alone follows deny because of policy0: mine deviates from that"
    )


@pytest.mark.parametrize("silent_first", [False, True])
def test_an_engine_that_does_not_answer_does_not_deviate(silent_first: bool) -> None:
    allow, deny = Authorized("allow", ("policy1",), ()), Authorized("deny", ("policy0",), ())
    silent: tuple[str, Outcome] = ("silent", Unsupported("one"))

    def with_silent(production: Outcome, mine: Outcome) -> Answers:
        named: Answers = (("production", production), ("mine", mine))
        return (silent, *named) if silent_first else (*named, silent)

    alone = [
        (OnePolicy(id, f"{effect}(principal, action, resource);"), with_silent(one, one))
        for id, effect, one in (("policy0", "forbid", deny), ("policy1", "permit", allow))
    ]
    both = with_silent(deny, allow)
    judgement = judge(
        Divergence("engines_agree", "decision", "request 0", both), "", step_of(both, alone), {}, None
    )

    assert (judgement.wrong, judgement.by) == (("mine",), "law")


def test_a_response_decides_nothing_if_an_engine_answers_no_policy_alone() -> None:
    allow, deny = Authorized("allow", ("policy1",), ()), Authorized("deny", ("policy0",), ())
    both: tuple[tuple[str, Outcome], ...] = (("production", deny), ("mine", allow))
    unknown = (("production", Unsupported("one")), ("mine", Unsupported("one")))
    alone: list[tuple[OnePolicy, Answers]] = [
        (OnePolicy("policy0", "forbid(principal, action, resource);"), unknown)
    ]
    judgement = judge(
        Divergence("engines_agree", "decision", "request 0", both), "", step_of(both, alone), {}, None
    )

    assert judgement.wrong == ()


def among(**values: str) -> Divergence:
    answers = tuple((name.replace("_", "-"), Evaluated(value)) for name, value in values.items())
    return Divergence("engines_agree", "value", "expression 0", answers)


def test_an_engine_that_stands_alone_is_wrong_by_majority() -> None:
    judgement = judge(among(reference="1", production="1", mine="2"), "a law", None, {}, None)
    assert (judgement.wrong, judgement.by) == (("mine",), "majority")
    assert judgement.because == "it stands alone: reference and production agree with each other"


@pytest.mark.parametrize(
    "divergence",
    [
        among(mine="1", cedar_rust="2", cedarpy="2", cedar_wasm="2"),
        among(mine="1", reference="2", yours="3"),
        among(mine="1", yours="1", reference="2", production="2"),
    ],
)
def test_shared_code_is_one_voice_and_a_tie_decides_nothing(divergence: Divergence) -> None:
    assert judge(divergence, "a law", None, {}, None).by == "nothing"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_acceptance_without_a_document_has_no_vote_about_documents(order: tuple[int, ...]) -> None:
    answers = (("mine", Accepted("[1]")), ("silent", Accepted()), ("reference", Accepted("{}")))
    divergence = Divergence("l", "document", "q", tuple(answers[at] for at in order))

    assert judge(divergence, "a law", None, {}, None).by == "nothing"


def test_an_acceptance_without_a_document_has_a_vote_about_acceptance() -> None:
    answers = (("mine", Rejected("policies", "no")), ("silent", Accepted()), ("reference", Accepted("{}")))
    judgement = judge(Divergence("l", "rejection", "q", answers), "a law", None, {}, None)

    assert (judgement.wrong, judgement.by) == (("mine",), "majority")


def test_releases_of_an_engine_are_one_voice() -> None:
    for names in (("yours 1.2", "yours-v1.3"), ("cedar-rust 4.13", "cedarpy")):
        answers = (("mine", Evaluated("1")), *((name, Evaluated("2")) for name in names))
        assert judge(Divergence("l", "value", "q", answers), "a law", None, {}, None).by == "nothing"


def test_engines_that_share_code_can_be_wrong_together() -> None:
    judgement = judge(among(cedarpy="1", cedar_wasm="1", mine="2", reference="2"), "a law", None, {}, None)
    assert (judgement.wrong, judgement.by) == (("cedarpy", "cedar-wasm"), "majority")
    assert judgement.because.startswith("they stand alone, sharing their code: ")


def test_variants_of_an_engine_are_one_voice() -> None:
    answers = (("mine", Evaluated("1")), ("yours", Evaluated("2")), ("yours, revised", Evaluated("2")))
    divergence = Divergence("l", "value", "q", answers)

    assert judge(divergence, "a law", None, {}, None).by == "nothing"


@pytest.mark.parametrize("testimony", [None, replace(ARBITER, agreeing=(), says="neither")])
def test_what_nothing_decides_is_called_undecided(testimony: ArbiterAnswer | None) -> None:
    judgement = judge(DIVERGENCE, "a law", AT_AND, {}, testimony)

    assert (judgement.wrong, judgement.by) == ((), "nothing")
    assert judgement.sentence.startswith("undecided: ")


@pytest.mark.parametrize(
    ("answers", "because"),
    [
        ((("one", Evaluated("1")), ("two", Crashed("KeyError", ("m:f",)))), "it broke (KeyError at m:f)"),
        ((("one", Evaluated("1")), ("two", ExceededBudget("time"))), "it ran out of time, others did not"),
        (
            (("two", Evaluated("1")), ("two, as printed", Evaluated("2"))),
            "it breaks the law `l` by itself: the law",
        ),
    ],
)
def test_a_law_decides_first(answers: tuple[tuple[str, Outcome], ...], because: str) -> None:
    judgement = judge(Divergence("l", "law", "q", answers), "the law", None, SEEDS, ARBITER)

    assert (judgement.wrong, judgement.by, judgement.because) == (("two",), "law", because)


def test_the_seed_cases_that_an_engine_misses() -> None:
    unmet = unmet_seeds(("reference", EAGER), 240.0)

    assert unmet["reference"] == []
    assert ("and-evaluates-its-right-side-only-after-true", "spec 02 §4.1") in unmet["AndIsEager"]


def test_the_arbiter_is_asked_with_which_engine_it_agrees() -> None:
    case = Case(Source("permit(principal, action, resource) when { false && 1 };"), requests=(ANYONE,))
    answer = ask_arbiter("production", ("reference", EAGER), engines_agree, case, lambda: 30.0)

    assert (answer.engine, answer.agreeing, answer.says) == ("production", ("reference",), "as reference")


def test_an_arbiter_that_agrees_with_all_tells_nothing() -> None:
    answer = ask_arbiter("production", ("reference",), engines_agree, Case(Source("")), lambda: 30.0)

    assert (answer.agreeing, answer.says) == ((), "nothing that tells them apart")


@pytest.mark.parametrize("start", ["raise OSError('gone')", "import os; os._exit(3)"])
def test_an_arbiter_is_not_blamed_for_an_engine_that_does_not_start(tmp_path: Path, start: str) -> None:
    (tmp_path / "gone.py").write_text(start)
    engines = ("reference", f"{tmp_path}/gone.py:Gone")

    assert ask_arbiter("production", engines, engines_agree, Case(Source("")), lambda: 30.0) is None


def test_an_arbiter_that_is_declared_to_differ_does_not_decide() -> None:
    """An engine that answers as the arbiter's old release does shares its declared difference."""
    case = Case(Source('permit(principal, action in Action::"a", resource);'), schema=Source("action a;"))
    answer = ask_arbiter("cedarpy", ("reference", "cedarpy"), validators_agree, case, lambda: 30.0)

    assert (answer.agreeing, answer.says) == ((), "what is declared of it")


@pytest.mark.parametrize(
    ("source", "rule", "link", "quote"),
    [
        (
            "spec 02 §4.1", "`&&`",
            "docs/language/02-values-and-evaluation.md#41-literals-variables-control", "`And(a,b)`: eval a",
        ),
        (
            "a law (spec 11 J5)", "reading entities",
            "docs/language/11-properties.md", "J5: entity JSON → store",
        ),
        ("spec 05", "zzzz", "docs/language/05-entities-and-requests.md", ""),
    ],
)  # fmt: skip
def test_a_citation_leads_into_the_guide(source: str, rule: str, link: str, quote: str) -> None:
    assert [place.link for place in guide.places(source)] == [link]
    assert guide.quote(source, rule).startswith(quote)
    assert bool(quote) == bool(guide.quote(source, rule))


def test_the_first_sentence_of_a_section_is_prose() -> None:
    assert guide.quote("spec 02 §4.2", "`>=`").startswith("No implicit conversion")
    assert guide.quote("spec 02 §4.2", "`Less`").startswith("`Less` `LessEq`: Long×Long")


def test_what_the_guide_does_not_have_is_not_cited() -> None:
    assert guide.places("spec 99 §1, no citation") == []
    assert guide.quote("spec 99 §1", "`&&`") == ""


def test_every_section_that_places_cite_is_there() -> None:
    for section in [each for row in LANGUAGE for each in (row.section, row.typing)]:
        [place] = guide.places(section)
        assert place.anchor, section


def finding(**more: object) -> Finding:
    judgement = judge(DIVERGENCE, "a law", AT_AND, SEEDS, None)
    facts = {
        "signature": "s", "target": "t", "path": None, "seen": 2, "index": 1, "solid": True, "arbiter": False,
        "divergence": {"law": "l", "kind": "law", "question": "q", "answers": []}, "engines": [], "verdict": judgement.to_json(), **more,
    }  # fmt: skip
    return from_json(facts, Finding)


def test_a_finding_in_words() -> None:
    words = cited(finding())
    assert words.startswith("spec 02 §4.1 (docs/language/02-values-and-evaluation.md): “`And(a,b)`")
    assert verdict_of(finding()).startswith("AndIsEager is wrong: ")
    assert (verdict_of(finding(verdict=None)), cited(finding(verdict=None))) == ("", "")


@pytest.mark.parametrize(
    ("facts", "state", "note"),
    [
        ({"solid": False}, "flaky", "flaky: fresh processes did not all see it again"),
        ({"solid": None}, "not confirmed", "not confirmed: the budget left no time"),
        ({"solid": None, "unconfirmed": "e runs out of time"}, "not confirmed", "not confirmed: e runs out of time"),
        (
            {"solid": False, "unsteady": ["e"]}, "nondeterministic",
            "nondeterministic: the engine does not repeat its answers",
        ),
        ({"reduced": False}, "confirmed", "the reduction was cut short"),
        ({"known": "k"}, "known", "known as k, not counted"),
    ],
)  # fmt: skip
def test_the_notes_on_a_finding(facts: dict[str, object], state: str, note: str) -> None:
    assert finding(**facts).state == state
    assert note in notes(finding(**facts))


def test_a_seed_case_that_is_the_case_decides() -> None:
    deny = Authorized("deny")
    named = (("documented, spec 04 §3", Authorized("allow")), ("reference", deny), ("production", deny))
    found = judge(Divergence("seeds", "law", "request 0", named), "", None, {}, None)
    assert (found.wrong, found.by, found.source) == (("reference", "production"), "seed", "spec 04 §3")
    assert found.sentence == (
        "reference and production are wrong: a seed case documents another answer (spec 04 §3)"
    )
    assert found.quote
