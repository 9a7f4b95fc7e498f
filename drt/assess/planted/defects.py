"""The table of planted defects: what is wrong, where it shows, and what a search must name.

Two engines of the tests are left out, for no case can tell them from another one here: one that always
allows, like one that allows unless something forbids, shows best on a policy set without policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drt.assess.mutation import Defect
from drt.assess.planted import faulty_engines, faulty_validators, rules
from drt.assess.planted.current import CURRENT
from drt.assess.planted.engines import Fault, Planted, in_json, of_format
from drt.assess.planted.partial_rules import PARTIAL_AND_FILTERS
from drt.model.outcome import Authorized, Outcome
from reference import evaluator, policy_set
from reference.names import RESERVED
from reference.schema import resolver
from reference.schema.schema import Schema
from reference.text import ast_builder, expression_builder, expression_printer, pieces
from reference.validation import entities, requests


def planted(fault: Fault, sound: str = "reference") -> Callable[[], Planted]:
    return lambda: Planted(fault, sound)


def _known(name: str, component: str, target: str, *named: str) -> Defect:
    """One of the faulty engines that the tests have anyway."""
    made: Any = getattr(faulty_engines, name, None) or getattr(faulty_validators, name)
    return Defect(name, component, (made.__doc__ or name).strip().partition("\n")[0], made, target, named)


UNTYPED = "authorize-untyped"

AUTHORIZER: tuple[Defect, ...] = (
    _known("NoForbidsMeansAllow", "authorizer", UNTYPED, "the decision"),
    _known("PermitBeatsForbid", "authorizer", UNTYPED, "the decision"),
    _known("ErringPermitCounts", "authorizer", UNTYPED, "the decision"),
)


def _silent_about_errors(answer: Outcome) -> Outcome:
    return replace(answer, erring=()) if isinstance(answer, Authorized) else answer


def _all_reasons(answer: Outcome) -> Outcome:
    """A deny names no forbid that made it."""
    if isinstance(answer, Authorized) and answer.decision == "deny":
        return replace(answer, determining=())
    return answer


AUTHORIZER += (
    Defect("SilentAboutErrors", "authorizer", "Erring policies are not reported.",
           planted(Fault(response=_silent_about_errors)), UNTYPED, ("the erring policies",)),
    Defect("DenyWithoutReasons", "authorizer", "A deny has no determining policies.",
           planted(Fault(response=_all_reasons)), UNTYPED, ("the determining policies",)),
)  # fmt: skip

OPERATORS: tuple[Defect, ...] = (
    _known("SwappedLess", "arithmetic", UNTYPED, "`<`", "`>=`"),
    _known("OverflowWraps", "arithmetic", UNTYPED, "`+`", "`-`", "`*`", "negation"),
    _known("OneAncestorLevel", "hierarchy", UNTYPED, "`in`"),
    _known("ForgetsSecondParent", "hierarchy", UNTYPED, "`in`"),
    _known("OneEqualsTrue", "equality", "kinds", "`==`", "`!=`"),
    _known("GreedyStar", "like", "wildcard", "`like`"),
    _known("Raises", "sets", "kinds"),
    _known("Hangs", "like", UNTYPED),
    _known("HasOnMissingErrs", "attributes", UNTYPED, "`has`"),
    _known("AndIsEager", "control", UNTYPED, "`&&`"),
    _known("UnlessIsWhen", "policies", UNTYPED, "the clause `unless`"),
)


def _evaluating(name: str, component: str, sentence: str, patches: Any, target: str, *named: str) -> Defect:
    return Defect(name, component, sentence, planted(Fault(patches)), target, named)


OPERATORS += (
    _evaluating("ContainsAllSwapped", "sets", "`containsAll` asks the other way round.",
                rules.binary(rules.contains_all_swapped), "kinds", "`containsAll`"),
    _evaluating("ContainsAnyOfNothing", "sets", "Every set contains some of no elements.",
                rules.binary(rules.contains_any_of_nothing), "kinds", "`containsAny`"),
    _evaluating("IsEmptyOfOne", "sets", "A set of one element is empty.",
                {(evaluator, "unary"): rules.is_empty_of_one}, "kinds", "`isEmpty`"),
    _evaluating("SetsOfOneSize", "sets", "Sets of the same size are equal.",
                rules.binary(rules.equal_sizes), "extreme", "`==`", "`!=`"),
    _evaluating("DatetimeOrder", "datetime", "`<=` of datetimes asks the other way round.",
                rules.binary(rules.datetime_less_swapped), "kinds", "`<=`", "`>`"),
    _evaluating("TimesZero", "arithmetic", "A product with zero is the other factor.",
                rules.binary(rules.times_zero), "kinds", "`*`"),
    _evaluating("NegationForgotten", "arithmetic", "A positive integer is its own negation.",
                {(evaluator, "unary"): rules.negation_of_negatives_only}, "kinds", "negation"),
    _evaluating("GetTagErrsAsAttribute", "tags", "A tag that is missing errs as an attribute.",
                {(evaluator, "binary"): rules.get_tag}, UNTYPED, "`getTag`"),
    _evaluating("HasTagSeesAttributes", "tags", "`hasTag` finds attributes too.",
                {(evaluator, "binary"): rules.has_tag}, "kinds", "`hasTag`"),
    _evaluating("InPassesOthersOver", "hierarchy", "`in` passes over what is no entity in a set.",
                {(evaluator, "is_in_any"): rules.in_any_of_the_entities}, "kinds", "`in`"),
    _evaluating("IsForgetsIn", "entity types", "`is … in` forgets its second half.",
                {(evaluator.Evaluator, "value"): rules.is_type_anywhere}, "evaluate", "`is`"),
    _evaluating("DecimalLess", "decimal", "`lessThan` holds for equal decimals.",
                rules.function("lessThan", rules.less_or_equal), "kinds", "`lessThan`"),
    _evaluating("DecimalSign", "decimal", "A decimal above -1 loses its sign.",
                rules.function("decimal", rules.decimal_without_sign_of_zero), "evaluate", "`decimal`"),
    _evaluating("NotInOwnRange", "ipaddr", "No range is in itself.",
                rules.function("isInRange", rules.not_in_its_own_range), "kinds", "`isInRange`"),
    _evaluating("LoopbackOfOne", "ipaddr", "Only one address loops back.",
                rules.function("isLoopback", rules.loopback_of_one_address), "kinds", "`isLoopback`"),
    _evaluating("PrefixForgotten", "ipaddr", "The prefix length of an address is forgotten.",
                rules.function("ip", rules.ip_without_prefix), "evaluate", "`ip`", "reading `ip`"),
    _evaluating("DateTowardZero", "datetime", "Before 1970, the date of an instant is the next one.",
                rules.function("toDate", rules.date_toward_zero), "evaluate", "`toDate`"),
    _evaluating("ZoneIgnored", "datetime", "Every time is taken for UTC.",
                rules.function("datetime", rules.datetime_without_zone), "evaluate", "`datetime`"),
    _evaluating("SinceSwapped", "datetime", "`durationSince` asks the other way round.",
                rules.function("durationSince", rules.swapped_since), "evaluate", "`durationSince`"),
    _evaluating("OffsetBackward", "datetime", "`offset` goes back.",
                rules.function("offset", rules.offset_backward), "evaluate", "`offset`", "reading `offset`", "reading a method in `__extn`"),
    _evaluating("HoursDownward", "duration", "Hours are rounded down, not toward zero.",
                rules.function("toHours", rules.hours_downward), "kinds", "`toHours`"),
    _evaluating("MillisecondsAreSeconds", "duration", "Milliseconds count as seconds.",
                rules.function("duration", rules.milliseconds_are_seconds), "evaluate", "`duration`", "reading `duration`"),
    _evaluating("SlotsSwapped", "templates", "With both slots, each gets the other's entity.",
                {(policy_set, "instantiate"): rules.filled_by_the_other}, "rbac", "linking"),
)  # fmt: skip


def _without_comments(text: str) -> str:
    """Comments are taken out before strings are known."""
    return re.sub(r"//[^\r\n]*", "", text)


_unescape, _pattern_of, _prefixed = (
    expression_builder.unescape,
    expression_builder.pattern_of,
    expression_builder.prefixed,
)


def _pattern_with_stars(token: Any) -> Any:
    return _pattern_of(token.replace(r"\*", "*"))


READING: tuple[Defect, ...] = (
    Defect("CommentsInStrings", "lexer", "`//` begins a comment inside strings too.",
           planted(Fault(policies=of_format("cedar", _without_comments), expression=_without_comments)),
           "parse-text", ("reading a string", "reading `/` in a string")),
    Defect("HexEscapeLost", "escapes", r"`\x41` is taken for the four characters.",
           planted(Fault({(expression_builder, "unescape"): lambda raw: _unescape(raw.replace("\\x", "\\\\x"))})),
           "parse-text", ("reading an escape",)),
    Defect("StarEscapeLost", "escapes", r"`\*` in a pattern is a wildcard.",
           planted(Fault({(expression_builder, "pattern_of"): _pattern_with_stars})), "wildcard", ("reading the pattern of `like`",)),
    Defect("SignsCollapse", "parser", "Two equal prefix operators are dropped.",
           planted(Fault({(expression_builder, "prefixed"): lambda op, times, operand: _prefixed(op, times % 2, operand)})),
           "parse-text", ("reading `-`", "reading `!`")),
    Defect("LargestLong", "lexer", "The integer 2^63 is taken.",
           planted(Fault({(expression_builder, "MAX_LONG"): 2**63})), "parse-text",
           ("reading a number",)),
    Defect("LikeIsAName", "parser", "`like` may be an attribute.",
           planted(Fault({(expression_builder, "RESERVED"): RESERVED - {"like"}})), "parse-text",
           ("reading the name `like`",)),
    Defect("AnySlotAnywhere", "parser", "Either slot may stand on either side.",
           planted(Fault({(ast_builder, "with_own_slot"): lambda variable, constraint: constraint})),
           "parse-text", ("reading `in` a slot", "reading `==` a slot", "reading a slot")),
    Defect("AnyTypeIsAction", "parser", "The scope of the action takes any entity.",
           planted(Fault({(ast_builder, "is_action_type"): lambda name: True})), "parse-text",
           ("reading an action whose type is not `Action`",)),
)  # fmt: skip


def _json_policies(change: Callable[[Any], Any]) -> Fault:
    return Fault(policies=of_format("json", in_json(change)))


def _unless_is_when(value: Any) -> Any:
    return value | {"kind": "when"} if isinstance(value, dict) and value.get("kind") == "unless" else value


def _is_without_in(value: Any) -> Any:
    if isinstance(value, dict) and "entity_type" in value and "slot" not in value.get("in", ["slot"]):
        return {key: item for key, item in value.items() if key != "in"}
    return value


def _wildcard_is_literal(value: Any) -> Any:
    return {"Literal": "*"} if value == "Wildcard" else value


def _without_links(value: Any) -> Any:
    return value | {"templateLinks": []} if isinstance(value, dict) and value.get("templateLinks") else value


def _contains_all_is_any(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"containsAll"}:
        return {"containsAny": value["containsAll"]}
    return value


POLICY_JSON = (
    Defect("JsonUnlessIsWhen", "policy JSON", "In JSON, `unless` is taken for `when`.",
           planted(_json_policies(_unless_is_when)), "parse-json", ("reading JSON: the clause `unless`",)),
    Defect("JsonIsWithoutIn", "policy JSON", "In JSON, `is … in` loses its second half.",
           planted(_json_policies(_is_without_in)), "parse-json", ("reading JSON: `is`", "reading JSON: the scope of ")),
    Defect("JsonLinksLost", "policy JSON", "The links of a policy set are not read.",
           planted(_json_policies(_without_links), "production"), "parse-json",
           ("reading the template links", "reading a boolean as the template links", "reading JSON: the template links")),
    Defect("WildcardIsLiteral", "policy JSON", "In JSON, a wildcard of a pattern is taken for a star.",
           planted(_json_policies(_wildcard_is_literal)), "parse-json", ("reading JSON: the pattern of `like`",)),
    Defect("JsonContainsAll", "policy JSON", "In JSON, `containsAll` is taken for `containsAny`.",
           planted(_json_policies(_contains_all_is_any), "production"), "policies-json", ("writing JSON: `containsAll`", "reading JSON: `containsAll`", "reading `containsAll`")),
)  # fmt: skip


def _json_entities(change: Callable[[Any], Any]) -> Fault:
    return Fault(entities=in_json(change))


def _without_tags(value: Any) -> Any:
    if isinstance(value, dict) and "tags" in value and "uid" in value:
        return {key: item for key, item in value.items() if key != "tags"}
    return value


def _first_parent(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("parents"), list) and "uid" in value:
        return value | {"parents": value["parents"][:1]}
    return value


def _wide_numbers(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 2**63:
        return 2**63 - 1
    return value


def _null_is_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if item is not None}
    return value


ENTITY_JSON = (
    Defect("TagsLost", "entity JSON", "Tags are not read.",
           planted(_json_entities(_without_tags)), "parse-json", ("reading tags",)),
    Defect("OneParentRead", "entity JSON", "Of several parents the first one is read.",
           planted(_json_entities(_first_parent), "production"), "parse-json", ("reading the parents of an entity",)),
    Defect("NumbersSaturate", "entity JSON", "Integers too large are taken for the largest one.",
           planted(_json_entities(_wide_numbers)), "parse-json", ("reading a number in JSON",)),
    Defect("NullIsAbsent", "entity JSON", "An attribute that is null is taken for absent.",
           planted(_json_entities(_null_is_absent)), "parse-json", ("reading null in JSON", "reading `tags` that is null in an entity")),
)  # fmt: skip


def _without_annotations(text: str) -> str:
    return re.sub(r'^@\w+(\("(?:[^"\\]|\\.)*"\))?\n', "", text, flags=re.MULTILINE)


def _forgetful(_: str, text: str) -> str:
    """The first comment is lost."""
    return re.sub(r"^//[^\n]*$|[ \t]+//[^\n]*$", "", text, count=1, flags=re.MULTILINE)


PRINTING: tuple[Defect, ...] = (
    Defect("PrintedQuotes", "printer", "A quotation mark in a string is printed as it is.",
           planted(Fault({(pieces, "escape"): lambda text: text})), "print-policies", ("writing",)),
    Defect("PrintedKeys", "printer", "Every key of a record is printed bare.",
           planted(Fault({(part, "is_identifier"): lambda text: True for part in (pieces, expression_printer)})), "print-policies", ("writing",)),
    Defect("PrintedAnnotations", "printer", "Annotations are not printed.",
           planted(Fault(printed=_without_annotations), "production"), "print-policies", ("writing",)),
    Defect("PrintedUnless", "printer", "`unless` is printed as `when`.",
           planted(Fault(printed=lambda text: text.replace("unless {", "when {"))), "print-policies", ("writing",)),
    Defect("FormatLosesComment", "formatter", "The first comment is lost in formatting.",
           planted(Fault(formatted=_forgetful), "production"), "format", ("formatting: comments",)),
    Defect("FormatGrows", "formatter", "Every formatting adds a blank line.",
           planted(Fault(formatted=lambda given, text: text + "\n" if given.endswith("\n") else text), "production"), "format", ("formatting: formatting again",)),
)  # fmt: skip

VALIDATION: tuple[Defect, ...] = (
    _known("AccessUnguarded", "validator", "valid-one-error", "attribute access"),
    _known("TagUnguarded", "validator", "valid-untyped", "`getTag`"),
    _known("EitherGrantsAll", "validator", "valid-untyped", "what `||` grants", "what `if` grants"),
    _known("HasIsTrue", "validator", "valid-untyped", "`has`"),
    _known("LikeTakesAnything", "validator", "valid-untyped", "`like`"),
    _known("OrderTakesAnything", "validator", "valid-untyped", "`<`", "`<=`", "`>`", "`>=`"),
    _known("ArithmeticTakesAnything", "validator", "valid-untyped", "`+`", "`-`", "`*`"),
    _known("ContainsTakesAnything", "validator", "valid-untyped", "`contains`", "`containsAll`", "`containsAny`"),
    _known("IsIsFalse", "validator", "valid-untyped", "`is`"),
    _known("InIsFalse", "validator", "valid-untyped", "`in`"),
    _known("EqualIsFalse", "validator", "valid-untyped", "`==`", "`!=`"),
    _known("NotKeepsTruth", "validator", "valid-untyped", "`!`"),
    _known("CallsUnchecked", "validator", "valid-untyped", "`ip`", "`decimal`", "`datetime`", "`duration`"),
    _known("OnlyThenChecked", "validator", "valid-untyped", "`if`"),
    _known("FirstEnvironmentOnly", "validator", "valid-untyped", "the kinds of requests that"),
    _known("LevelTooGenerous", "levels", "valid-levels", "the level of "),
    Defect("AttributesUnchecked", "entity validation", "Entities may have any attributes.",
           planted(Fault({(entities, "record_problem"): lambda *_: None})), "valid-entities",
           ("reading the attributes of an entity", "reading an array as the attributes of an entity")),
    Defect("ParentsUnchecked", "entity validation", "Entities may have parents of any type.",
           planted(Fault({(Schema, "admits_ancestor"): lambda *_: True})), "valid-entities",
           ("reading a parent of an entity",)),
    Defect("TagsUnchecked", "entity validation", "Tags may have any type.",
           planted(Fault({(entities, "value_problem"): lambda *_: None})), "valid-entities", ("reading tags",)),
    Defect("ContextUnchecked", "request validation", "The context need not conform.",
           planted(Fault({(requests, "record_problem"): lambda *_: None})), "valid-requests",
           ("reading the context", "reading an array as the context")),
)  # fmt: skip


def _all_required(text: str) -> str:
    return text.replace("?:", ":")


def _without_groups(value: Any) -> Any:
    """A namespace whose actions belong to no groups."""
    if not isinstance(value, dict) or not isinstance(value.get("actions"), dict):
        return value
    actions = {
        name: {key: item for key, item in declared.items() if key != "memberOf"}
        if isinstance(declared, dict)
        else declared
        for name, declared in value["actions"].items()
    }
    return value | {"actions": actions}


_MIXED_TYPES = resolver.BUILTIN_TYPES | {"duration": resolver.BUILTIN_TYPES["datetime"]}


SCHEMAS: tuple[Defect, ...] = (
    Defect("EveryAttributeRequired", "schema reader", "`?` behind an attribute is not seen.",
           planted(Fault(schema=of_format("cedar", _all_required))), "valid-typed", ("reading whether an attribute is required",)),
    Defect("ActionGroupsLost", "schema reader", "In JSON, actions belong to no groups.",
           planted(Fault(schema=of_format("json", in_json(_without_groups)))), "valid-schemas", ("reading the groups of an action", "reading `memberOf` in an action")),
    Defect("DurationsAreDatetimes", "schema reader", "The type `duration` is resolved as `datetime`.",
           planted(Fault({(resolver, "BUILTIN_TYPES"): _MIXED_TYPES})), "valid-schemas", ("reading the name of a type",)),
    Defect("TagsNotTranslated", "schema reader", "A translated schema has no tags.",
           planted(Fault(translated=lambda text: re.sub(r" tags [^;{}]*;", ";", text)), "production"),
           "valid-translations", ("writing the schema: tags",)),
)  # fmt: skip

DEFECTS: tuple[Defect, ...] = (
    *AUTHORIZER, *OPERATORS, *READING, *POLICY_JSON, *ENTITY_JSON, *PRINTING, *VALIDATION, *SCHEMAS, *CURRENT,
    *PARTIAL_AND_FILTERS,
)  # fmt: skip
