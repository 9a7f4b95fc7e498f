"""The section of the language guide about a construct on which readers or writers part, and its sentence.

Owns a table. The first row that fits a format and a rule counts; a construct of no row has the chapter of its
format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drt.model import guide


@dataclass(frozen=True, slots=True)
class Row:
    """In a format, rules that the pattern matches are in a section, in the sentence with the phrase."""

    form: str
    pattern: str
    citation: str
    phrase: str


CHAPTERS = {
    "text": "spec 01", "policy JSON": "spec 06", "entities": "spec 05", "request": "spec 05 §8",
    "schema text": "spec 07 §2", "schema JSON": "spec 07 §3", "link": "spec 04 §1.1",
}  # fmt: skip
"""The chapter or section about each format as a whole."""

TEXT = (
    ("comment", "01 §1", "Comments**"),
    ("blank", "01 §1", "Whitespace**"),
    ("pattern", "01 §3.1", "The same escapes, plus"),
    ("carriage return in a string", "01 §3", "**raw carriage return**"),
    ("(line end|U\\+.*|character.*) in a string", "01 §3", "Raw characters"),
    ("escape", "01 §3", "Everything not listed"),
    ("`-` before a number|integer|numeral", "01 §2.3", "the innermost minus"),
    ("`[!-]` before", "01 §4.1", "at most four of the *same* sign"),
    ("deep nesting", "01 §4.3", "must not crash on deep"),
    ("action whose type|scope of the action", "01 §4.2", "last component is exactly"),
    ("scope of the (principal|resource)", "01 §4.2", "**Scope operands**"),
    ("`has`", "01 §4.2", "**`has` operand**"),
    ("`like`", "01 §4.2", "**`like` operand**"),
    ("annotation", "01 §4.2", "**Annotations**"),
    ("parentheses", "01 §4.2", "parenthesized"),
    ("`unknown`", "01 §4.2", "untyped partial evaluation feature"),
    ("the name `", "01 §2.1", "RESERVED ="),
)
POLICY_JSON = (
    ("document", "06 §1", "all three keys are required"),
    ("deep nesting", "06 §1.1", "Depth**"),
    ("an array as", "06 §1.1", "an object is an object"),
    ("annotations that is null|null as annotations", "06 §2", '"annotations": null'),
    ("annotation", "06 §2", "Annotation keys must match"),
    ("condition", "06 §2", "Required:"),
    ("`all`|`\"all\"`", "06 §2.1", "alias"),
    ("unknown member in a scope", "06 §2.1", "Extra keys are ignored"),
    ("entities|scope of the action", "06 §2.2", "`entity` wins"),
    ("`entity`|`slot`|scope", "06 §2.1", "If both `entity` and `slot`"),
    ("`__e", "06 §3.1", "`null`, `__expr`, floats"),
    ("`[a-zA-Z]+`$", "06 §3", "do not check arity"),
)  # fmt: skip
VALUES = (
    ("writing the name `__|writing .* in `__", "05 §2.2", "reserved on output"),
    ("the name `__", "05 §2", "never escapes"),
    ("`__expr`", "05 §2.2", "removed escape"),
    ("`__extn`", "05 §2.2", "may be any extension function or method"),
    ("an extension value that only", "05 §2.3", "one-argument constructor"),
    ("an entity that only", "05 §2.3", "uid form §2.1 with all its rules"),
    ("lone surrogate", "05 §2.2", "a lone surrogate"),
    ("uid|`__entity`", "05 §2.1", "extra keys"),
)
ENTITIES = (
    *VALUES,
    ("cycle", "05 §4", "Cycles are errors**"),
    ("parent of an action", "05 §4", "may only have parents of action type"),
    ("parent", "05 §6", "every uid in `parents`"),
    ("comes twice", "05 §3", "with the same uid"),
    ("null", "05 §2", "`null` for any of the above"),
    ("action that is not declared", "05 §6", "the action must be declared in the schema"),
    ("enumerat", "05 §6", "if the type is enumerated"),
    ("the attributes of an entity", "05 §6", "every required attribute present"),
)
REQUEST = (
    *VALUES,
    ("action that is not declared", "05 §9.1", "action uid is declared"),
    ("enumerat", "05 §9.1", "enumerated principal type"),
    ("context", "05 §8", "A JSON object in value form"),
)
SCHEMA_TEXT = (
    ("`external`", "13 §5", "no reserved word"),
    ("comment|`/`", "07 §2", "There is no `/` token"),
    ("`,` before", "07 §2", "Trailing commas"),
    ("`in` `\\[`", "07 §2", "is a syntax error"),
    ("not declared", "07 §4", "Candidates are tried in order"),
    ("used twice", "07 §4.1", "declared twice"),
    ("path without an id", "07 §4", "Action references"),
    ("the name `Action`", "07 §4", "cannot be a principal type"),
    ("the name `Set`", "07 §2", "set constructor"),
    ("the name `", "07 §2", "`IDENT` = WORD not in"),
)
SCHEMA_JSON = (
    ("that is null|null as", "07 §3", "It does not allow the value"),
    ("`external`", "13 §5", '"external": true'),
    ("without `principalTypes`|without `resourceTypes`", "07 §3", "`appliesTo` without both lists"),
    ("without `attributes`", "07 §3", "without `attributes`"),
    ("annotation", "07 §4.5", "keys any WORD"),
    ("an unknown member", "07 §3", "unknown key at any level"),
    ("an array as", "07 §3", "an array where"),
    ("unknown extension type", "07 §3", '"Extension","name":"ip"'),
    ("not declared", "07 §4", "Candidates are tried in order"),
    ("as a namespace", "07 §3", "namespace key or name not normalized"),
    ("the name `Action`", "07 §4", "cannot be a principal type"),
    ("the name `[A-Z]", "07 §4.1", "reserved common type names"),
    ("identifier|the name|empty name", "07 §3", "entity type key that is a path"),
)  # fmt: skip

ROWS = tuple(
    Row(form, pattern, f"spec {section}", phrase)
    for form, rows in (
        ("text", TEXT),
        ("policy JSON", POLICY_JSON),
        ("entities", ENTITIES),
        ("request", REQUEST),
        ("schema text", SCHEMA_TEXT),
        ("schema JSON", SCHEMA_JSON),
    )
    for pattern, section, phrase in rows
)


def section_of(form: str, rule: str) -> str:
    """Cite the section about a rule for reading or writing this format."""
    row = next((row for row in ROWS if row.form == form and re.search(row.pattern, rule)), None)
    return CHAPTERS[form] if row is None else row.citation


def quote(source: str, rule: str) -> str:
    """Quote the sentence of the cited sections that settles a rule; empty where there is none."""
    for row in ROWS:
        if row.citation == source and re.search(row.pattern, rule):
            return guide.sentence(source, row.phrase)
    return guide.quote(source, rule)
