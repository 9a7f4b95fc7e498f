"""How well the streams of policies fit their schemas, judged by a validator."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from drt.engines import build
from drt.model.case import Case, Request, Source
from drt.model.outcome import Accepted, Authorized, Rejected, Validated, ValidationErrorKind, WarningKind
from drt.model.question import Authorize, ReadSchema, Validate
from drt.oracles.validation import PROMISED
from drt.targets.table import TARGETS
from generators.choice.profiles import ODD_SCRIPTS, ONE_TYPE_ERROR, TYPE_ERRORS, TYPED, UNFIT_SCOPES
from generators.choice.sources import RecordingSource
from generators.draw.context import Context
from generators.draw.entities import Values, draw_entities
from generators.draw.policies import draw_witness
from generators.draw.schemas import draw_schema
from generators.draw.syntax import ActionConstraint, Condition, Constraint, Policy, policy_ids
from generators.faults.error_forms import ErrorForms
from generators.faults.unfit_scopes import WAYS
from generators.printing.policy_text import print_policies
from generators.printing.schemas import schema_text
from generators.scenarios import Scenario, scenario

PRODUCTION, REFERENCE = build("production"), build("reference")


def verdict(drawn: Scenario) -> Validated:
    case = Case(Source(drawn.policies_text()), schema=Source(drawn.schema_text()))
    said = PRODUCTION.load(case).ask(Validate())  # type: ignore[union-attr]
    assert isinstance(said, Validated)
    return said


def test_well_typed_policies_validate() -> None:
    verdicts = [
        valid for seed in range(300) for _, valid in verdict(scenario(RecordingSource(seed), TYPED)).policies
    ]
    assert len(verdicts) > 600
    assert sum(verdicts) / len(verdicts) >= 0.99


def kinds_of(policies: str, schema: str) -> set[str]:
    loaded = REFERENCE.load(Case(Source(policies), schema=Source(schema)))
    said = loaded.ask(Validate("strict", 0))  # type: ignore[union-attr]
    assert isinstance(said, Validated)
    assert said.errors is not None
    return {kind for _, kind in said.errors}


def test_forms_of_an_error_have_that_error() -> None:
    """Alone in a condition; a few forms only look wrong for some schemas."""
    drawn: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for seed in range(150):
        source = RecordingSource(seed)
        schema = draw_schema(source, TYPED, frozenset())
        values = Values(source, TYPED, schema, set())
        context = Context(
            source, TYPED, schema, values, draw_entities(source, schema, values, frozenset()), frozenset()
        )
        forms = ErrorForms(context)
        for kind, draw in forms.kinds.items():
            environment = source.choice(schema.environments)
            context.aim((environment,), draw_witness(context, environment))
            form = draw()
            if form is not None:
                policy = Policy(
                    "permit",
                    Constraint("is", environment.principal),
                    ActionConstraint("==", (environment.action.uid,)),
                    Constraint("is", environment.resource),
                    (Condition("when", form),),
                )
                found = kinds_of(print_policies([policy]), schema_text(schema))
                drawn[kind] += 1
                wrong[kind] += kind not in found
    assert set(drawn) == set(get_args(ValidationErrorKind)) - {"incomplete_schema"}
    assert [kind for kind in drawn if wrong[kind] > 0.3 * drawn[kind]] == []


def test_every_kind_of_error_is_drawn_often_and_beside_others() -> None:
    found: Counter[str] = Counter()
    for seed in range(250):
        one = scenario(RecordingSource(seed), TYPE_ERRORS)
        case = Case(Source(one.policies_text()), schema=Source(one.schema_text()), links=one.links)
        said = REFERENCE.load(case).ask(Validate("strict", 0))  # type: ignore[union-attr]
        assert isinstance(said, Validated)
        assert said.errors is not None
        found.update(kind for _, kind in said.errors)
        several = Counter(policy for policy, _ in said.errors)
        found["several in one policy"] += sum(count > 1 for count in several.values())
    rare = {"incomplete_schema"}
    assert [k for k in get_args(ValidationErrorKind) if found[k] < 10 and k not in rare] == []
    assert found["several in one policy"] > 100


def test_no_action_fits_scopes_of_policies_templates_and_links_with_errors_and_without() -> None:
    found: Counter[str] = Counter()
    ways: set[str] = set()
    for seed in range(250):
        one = scenario(RecordingSource(seed), UNFIT_SCOPES)
        ways.update(one.intended_misfits)
        case = Case(Source(one.policies_text()), schema=Source(one.schema_text()), links=one.links)
        said = REFERENCE.load(case).ask(Validate())  # type: ignore[union-attr]
        assert isinstance(said, Validated)
        wrong = {policy for policy, _ in said.errors or ()}
        templates = {
            id_ for id_, policy in zip(policy_ids(one.policies), one.policies, strict=True) if policy.slots
        }
        links = {link.new_id for link in one.template_links}
        for warning in said.warnings or ():
            if warning[1] == "no_applicable_action":
                found["with errors" if warning[0] in wrong else "alone"] += 1
                found["template"] += warning[0] in templates
                found["link"] += warning[0] in links
    assert all(found[situation] >= 40 for situation in ("alone", "with errors", "template", "link"))
    assert ways >= {f"unfit-scope:{way}" for way in WAYS} | {"unfit-link"}


def test_every_kind_of_warning_is_drawn_beside_errors_and_without() -> None:
    found: Counter[str] = Counter()
    for seed in range(250):
        one = scenario(RecordingSource(seed), ODD_SCRIPTS)
        case = Case(Source(one.policies_text()), schema=Source(one.schema_text()), links=one.links)
        said = REFERENCE.load(case).ask(Validate())  # type: ignore[union-attr]
        assert isinstance(said, Validated)
        wrong = {policy for policy, _ in said.errors or ()}
        for policy, kind, *_ in said.warnings or ():
            found[kind] += 1
            found["beside errors"] += policy in wrong
    assert [kind for kind in (*get_args(WarningKind), "beside errors") if found[kind] < 15] == []


def test_one_type_error_is_rejected_or_harmless_by_type() -> None:
    """What passes all the same has its error where no request of the schema reaches it: it never errs of it."""
    drawn = [scenario(RecordingSource(seed), ONE_TYPE_ERROR) for seed in range(600)]
    passed = [one for one in drawn if verdict(one).valid]
    assert 1 - len(passed) / len(drawn) >= 0.95
    for one in passed:
        case = Case(Source(one.policies_text()), one.entities_text(), Source(one.schema_text()))
        loaded = PRODUCTION.load(case)
        for text in one.request_texts():
            said = loaded.ask(Authorize(Request(text)))  # type: ignore[union-attr]
            if isinstance(said, Authorized):
                assert {kind for _, kind in said.erring} <= PROMISED


def test_schemas_alone_are_taken_and_refused() -> None:
    drawn = [TARGETS["valid-schemas"].draw(RecordingSource(index)).schema for index in range(120)]
    taken = [
        isinstance(PRODUCTION.ask(ReadSchema(schema)), Accepted) for schema in drawn if schema is not None
    ]

    assert len(taken) == 120
    assert 0.2 < sum(taken) / len(taken) < 0.8


def test_schemas_with_external_declarations_are_taken_and_refused() -> None:
    drawn = [TARGETS["valid-schemas"].draw(RecordingSource(index)).schema for index in range(500)]
    external = [schema for schema in drawn if schema is not None and "external" in schema.text]
    for form in ("cedar", "json"):
        read = [REFERENCE.ask(ReadSchema(schema)) for schema in external if schema.format == form]
        taken = sum(isinstance(answer, Accepted) for answer in read)
        assert len(read) > 40
        assert 0.2 < taken / len(read) < 0.8


def test_stores_conform_and_do_not() -> None:
    cases = [TARGETS["valid-entities"].draw(RecordingSource(index)) for index in range(120)]
    taken = [not isinstance(PRODUCTION.load(case), Rejected) for case in cases]

    assert 0.2 < sum(taken) / len(taken) < 0.8
