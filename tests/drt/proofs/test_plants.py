"""Defects planted by hand, each alone: each breaks a theorem, with a counterexample that the running code shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drt.proofs.ancestors import TRIED as HIERARCHIES
from drt.proofs.defects import Defect, plant
from drt.proofs.prover import prove
from drt.proofs.table import THEOREMS
from drt.proofs.texts import TRIED

LOOP = "    for policy_id, is_permit, status in statuses:\n"
PARTIAL = "reference.partial.evaluator"
UNDECIDED = "        case _, Known(Bool(False)) if error_free(left):\n            return right\n"
PLANTS = {
    "A scope never errs, and hides the conditions when it fails": (
        Defect("an unlinked slot has no error", "reference.evaluator", '                raise EvaluationError("unlinked-slot")\n', "                pass\n"),
    ),
    "Partial evaluation of `&&` keeps value and error": (
        Defect("a known left side stays in the form", PARTIAL, "        case Known(Bool(truth)), _:\n            return right if truth else left\n", ""),
        Defect("a form that is left is lost", PARTIAL, UNDECIDED + "        case _:\n            return node\n", UNDECIDED),
    ),
    "Partial evaluation of `||` keeps value and error": (
        Defect("a known right side stays in the form", PARTIAL, "        case _, Known(Bool(False)):\n            return left\n", ""),
        Defect("a known left side stays in the form", PARTIAL, "        case Known(Bool(truth)), _:\n            return left if truth else right\n", ""),
    ),
    "Partial evaluation of `if` keeps value and error": (
        Defect("a known condition stays in the form", PARTIAL, "        case Known(Bool(truth)):\n            return t if truth else f\n", ""),
    ),
    "Forbid overrides permit": (
        Defect("production forgets forbids", "production.response", "if permits and not forbids:", "if permits:"),
        Defect(
            "production ends at the first forbid",
            "production.response",
            LOOP,
            LOOP + "        if forbids:\n            break\n",
        ),
    ),
    "Reasons are exact": (
        Defect("sixteen statuses", "production.response", LOOP, LOOP.replace("statuses:", "list(statuses)[:16]:")),
        Defect("the last of many is lost", "reference.policies", "for policy in self.members if", "for policy in self.members[:64] if"),
    ),
    "Allow exactly if permitted and not forbidden": (
        Defect("empty means fewer than two", "reference.policies", "return not self.members", "return len(self.members) < 2"),
        Defect(
            "the reference always allows",
            "reference.authorizer",
            "return Response(verdict.decision, verdict.determining",
            'return Response("allow", verdict.determining',
        ),
        Defect(
            "an error counts as satisfied",
            "reference.authorizer",
            'return Outcome("erring", error.kind)',
            "return SATISFIED",
        ),
    ),
    "Production serves what the reference authorizes": (
        Defect(
            "the key of kept responses is masked",
            "production.serving.server",
            "        return self._keep(mask, response)",
            "        return self._keep(mask & 7, response)",
        ),
        Defect(
            "only the first clause is compiled",
            "production.language.lowering",
            "    for condition in conditions:\n",
            "    for condition in list(conditions)[:1]:\n",
        ),
        Defect(
            "the constraint on the resource is dropped",
            "reference.policies",
            '        scope_condition("resource", body.resource),\n',
            "",
        ),
        Defect(
            "what is below an entity is taken for it",
            "production.serving.index",
            "uid is self.entity or (not self.is_equal and self.entity in above[uid])",
            "uid is self.entity or self.entity in above[uid]",
        ),
        Defect(
            "a table is looked up for one ancestor alone",
            "production.serving.index",
            "            for ancestor in self.keys & above[uid]:\n                found += below[ancestor]",
            "            for ancestor in list(self.keys & above[uid])[:1]:\n                found += below[ancestor]",
        ),
        Defect(
            "only two of the entities above a resource count",
            "production.serving.entity_side",
            "return Side(whatever, itself, few, {}",
            "return Side(whatever, itself, few[:2], {}",
        ),
        Defect(
            "what is too large to compile is left out",
            "production.serving.server",
            "        statuses += _named(enumerate(rest), plan.fused(self._types).left)\n",
            "",
        ),
        Defect(
            "an entity's side as a resource is taken for its side as a principal",
            "production.serving.server",
            "return self._made_side(self._rights, resource,",
            "return self._made_side(self._lefts, resource,",
        ),
        Defect(
            "some of what is nested too deeply is left out",
            "production.serving.plans",
            "                    left += chunk\n",
            "                    left += chunk[:3]\n",
        ),
        Defect("types of entities do not count", "production.serving.rules", "        return entity is uid\n", "        return entity is not None and entity.id == uid.id\n"),
        Defect(
            "a late `unless` is a `when`",
            "production.language.lowering",
            'condition.kind == "when")]',
            'condition.kind == "when" or len(self.instructions) > 40)]',
        ),
        Defect(
            "errors of extension functions are forgotten",
            "production.serving.rules",
            "        return error.status\n",
            "        return FALSE if error.status == 7 else error.status\n",
        ),
        Defect(
            "two ancestors of many lead to rules of a large place",
            "production.serving.entity_side",
            "for ancestor in tables.keys & above:",
            "for ancestor in list(tables.keys & above)[:2]:",
        ),
        Defect(
            "beside several entities one large place counts",
            "production.serving.entity_side",
            "below, tables.keys, tuple(large), above[uid])",
            "below, tables.keys, tuple(large)[:1], above[uid])",
        ),
        Defect(
            "deep expressions stay one expression",
            "production.execution.codegen_writer",
            "            self.atom(operand)\n\n    def atom",
            "            pass\n\n    def atom",
        ),
        Defect(
            "policies that are gone are asked",
            "production.serving.plan_changes",
            "kept = [rule for rule in base.always if id(rule) not in gone]",
            "kept = list(base.always)",
        ),
        Defect("rules with as many literals are alike", "production.serving.entity_side", "return shape, id(literals)", "return shape, len(literals)"),
        Defect("the order of literals does not distinguish rules", "production.serving.entity_side", "return shape, literals\n", "return shape, frozenset(literals)\n"),
        Defect(
            "a link takes its principal for its resource",
            "production.serving.rules",
            "link.resource or _entity(template.resource)",
            "link.principal or _entity(template.resource)",
        ),
    ),
    "A rule is found exactly if its scope holds": (
        Defect("a place has seventy rules at the most", "production.serving.index", "Place(tuple(bucket), other)", "Place(tuple(bucket[:70]), other)"),
        Defect(
            "a plan has forty rules at the most",
            "production.serving.plans",
            "[*self._always_any, *always], indexes)",
            "[*self._always_any, *always[:40]], indexes)",
        ),
    ),
    "Production compares as the reference does": (
        Defect(
            "what is one object is less or equal, and nothing else equal is",
            "production.execution.operations",
            "    return a <= b",
            "    return a < b or left is right",
        ),
        Defect(
            "any two strings are equal",
            "production.language.values",
            "    if left is right:\n",
            "    if left is right or (isinstance(left, str) and isinstance(right, str)):\n",
        ),
    ),
    "Production calculates as the reference does": (
        Defect(  # the names of the outer function are no longer used
            "generated code calculates nothing",
            "production.execution.codegen_operators",
            '        out.line(f"{result} = {left.code} {symbol} {right.code}")\n',
            "",
        ),
    ),
    "A range is in another if its prefix is as long and has the same bits": (
        (
            Defect(
                "versions are not compared",
                "reference.extensions.ipaddr",
                "inner.version == outer.version and outer.lowest",
                "outer.lowest",
            ),
            Defect(
                "versions are not compared",
                "production.language.ipaddrs",
                "        if self.version != other.version:\n            return False\n",
                "",
            ),
        ),
    ),
    "Bounds of types are bounds": (
        Defect(
            "a bound of entity types is what they share",
            "reference.schema.lattice",
            "EntityType(names | others)",
            "EntityType(names & others or names)",
        ),
    ),
    "Valid policies err only as they may": (
        Defect(
            "the third conjunct is not checked",
            "production.validation.control",
            '    for number, part in enumerate(left_spine(node, "&&")):',
            '    for number, part in enumerate(left_spine(node, "&&")[:2]):',
        ),
        Defect(
            "any text makes a decimal",
            "reference.validation.calls",
            "                call(expr.function, [text])",
            '                call(expr.function, [text]) if expr.function != "decimal" else None',
        ),
        Defect(
            "a call may have too few operands",
            "production.validation.operators",
            "comparable = len(node.arguments) == len(function.parameters)",
            "comparable = len(node.arguments) <= len(function.parameters)",
        ),
        Defect(
            "`has` grants by its first name alone",
            "production.validation.capabilities",
            'return self.form("has", operands[0], *path)',
            'return self.form("has", operands[0], path[0])',
        ),
        Defect("1 and true are one constant", "production.validation.capabilities", 'form("constant", value.__class__.__name__, value)', 'form("constant", value)'),
        Defect("`!=` is typed as `==`", "production.validation.operators", '(NEGATION[result] if node.op == "!=" else result), None', "result, None"),
        Defect(
            "an entity of the schema is always there",
            "production.validation.attributes",
            "isinstance(type_, RecordType) and listed[1]",
            "listed[1]",
        ),
        Defect(
            "of several entity types the first decides what there may be",
            "production.validation.attributes",
            "    for entity_type in type_.names:\n        declared",
            "    for entity_type in sorted(type_.names)[:1]:\n        declared",
        ),
        Defect("both branches grant what one does", "production.validation.capabilities", ".intersection(granted(right))", ""),
        Defect(
            "patterns do not distinguish expressions",
            "reference.validation.capabilities",
            'return self._form("like", pattern, *parts)',
            'return self._form("like", *parts)',
        ),
        Defect(
            "names do not tell records apart",
            "production.validation.capabilities",
            'self.form("record", names, *operands)',
            'self.form("record", *operands)',
        ),
    ),
    "Both readers give every datetime its moment": (
        Defect("the year 2400 has no leap day", "production.language.datetimes", "month > 2 and _is_leap(year)", "month > 2 and _is_leap(year) and year != 2400"),
    ),
    "Code for a schema's types responds as the reference does": (
        Defect(
            "any set is one of entities",
            "production.schema.request_types",
            "EntitySet if isinstance(type_.element, EntityType) else SetValue",
            "EntitySet",
        ),
        Defect(
            "the resource has the principal's type",
            "production.serving.compiled_shapes",
            'out.types.principal if variable == "p" else out.types.resource',
            "out.types.principal",
        ),
        Defect(
            "`if` has the type of its last branch",
            "production.execution.codegen_control",
            "otherwise.kind if otherwise.kind is branch.then.kind else None",
            "otherwise.kind",
        ),
    ),
    "Policies are read as they were written": (
        Defect("a list has two commas less", "production.text.printer", "        if parts:\n            parts.append", "        if len(parts) == 1:\n            parts.append"),
    ),
    "Production finds entities as the reference does": (
        Defect(
            "of a large set a few count",
            "production.execution.operations",
            "or not right.keys.isdisjoint(above[left])",
            "or any(each in above[left] for each in sorted(right.keys, key=str)[:8])",
        ),
        Defect(
            "no entity is in itself",
            "production.execution.codegen_operators",
            "({left.code} is {member} or {member} in {above})",
            "({member} in {above})",
        ),
    ),
    "Production's sets are the reference's": (
        Defect(
            "1 and true are one element",
            "production.execution.codegen_operators",
            "plain = right.kind in (str, Uid)",
            "plain = right.kind in (str, Uid, None)",
        ),
        Defect(
            "generated code asks no kind, and crashes",
            "production.execution.codegen_operators",
            '    out.require(target, SetValue)\n    out.push(f"(not',
            '    out.push(f"(not',
        ),
    ),
    "Values are equal exactly if they are the same": (
        Defect("forty records of a set count", "production.language.values", "            self._elements = elements\n", "            self._elements = elements[:40]\n"),
        Defect("the least small long has two keys", "production.language.values", "return value if -_SMALL <= value <=", "return value if -_SMALL < value <="),
        Defect("records count by the order of their names", "production.language.values", "for name in sorted(current):", "for name in current:"),
    ),
    "Production reads attributes and tags as the reference does": (
        Defect("a record has three attributes at the most", "production.execution.interpreter", "zip(argument, operands, strict=True)", "zip(argument[:3], operands[:3], strict=True)"),
        Defect(
            "of three names after `has` only the first counts",
            "production.execution.codegen_operators",
            "    if len(path) == 1 and target.kind is dict:",
            "    if len(path) != 2 and target.kind is dict:",
        ),
        Defect(
            "a tag that is zero is none",
            "production.execution.operations",
            "return record is not None and name in record",
            "return record is not None and bool(record.get(name))",
        ),
        Defect(
            "a missing entity lacks the attribute",
            "production.execution.codegen_operators",
            "({ATTRIBUTE} if {target.code} in A else {ENTITY})",
            "{ATTRIBUTE}",
        ),
    ),
    "Residuals mean what their conditions mean": (
        Defect(
            "an entity without tags has none, even if it errs",
            "production.partial.rules",
            "    if lacks and _free(left, right):\n        return False\n    if isinstance(left, Uid)",
            "    if lacks:\n        return False\n    if isinstance(left, Uid)",
        ),
        Defect("a set has three elements at the most", "production.partial.evaluator", "first(extra, stack[base:])", "first(extra, stack[base:][:3])"),
        Defect(
            "only known ancestors show that nothing is in an empty set",
            "reference.partial.evaluator",
            "if not groups or ancestors is not None:",
            "if ancestors is not None:",
        ),
    ),
    "Production finds exactly the ancestors": (
        Defect("a thousand parents are looked at", "production.language.hierarchy", "        pending = list(parents)\n        while pending:\n            further", "        pending = list(parents)[:1000]\n        while pending:\n            further"),
    ),
    "`like` matches as its definition says": (
        Defect("twenty characters of a prefix are compared", "production.language.wildcard", "text.startswith(self.prefix)", "text.startswith(self.prefix[:20])"),
        Defect("a pattern has six pieces at the most", "production.language.wildcard", "tuple(piece for piece in middle if piece is not None)", "tuple(piece for piece in middle if piece is not None)[:6]"),
        Defect(
            "a piece ends after its first character",
            "production.language.wildcard",
            "at = found + len(piece)",
            "at = found + 1",
        ),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "defects"),
    [
        (name, each if isinstance(each, tuple) else (each,))
        for name, several in PLANTS.items()
        for each in several
    ],
    ids=lambda value: value if isinstance(value, str) else value[0].name,
)
def test_it_breaks_the_theorem(name: str, defects: tuple[Defect, ...]) -> None:
    [theorem] = [one for one in THEOREMS if one.name == name]
    with plant(*defects):
        verdict = prove(theorem)
    assert verdict.answer == "refuted", verdict.reason
    assert verdict.counterexample is not None
    assert verdict.counterexample.confirmed


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        (
            "The reference finds exactly the ancestors",
            Defect(
                "all parents are looked at",
                "reference.entities",
                "todo.extend(new)",
                "todo.extend(entity.parents)",
            ),
        ),
        (
            "Production finds exactly the ancestors",
            Defect(
                "all parents are looked at",
                "production.language.hierarchy",
                "                    reached.add(uid)\n                    pending.append(uid)\n",
                "                    reached.add(uid)\n                pending.append(uid)\n",
            ),
        ),
    ],
)
def test_a_search_that_looks_twice_is_not_shown_to_end(name: str, defect: Defect) -> None:
    """The answer is the same, so no running code shows it."""
    [theorem] = [one for one in THEOREMS if one.name == name]
    with plant(defect):
        verdict = prove(theorem)
    assert verdict.answer == "refuted"


SYMBOLIC = {
    "`like` matches as its definition says": ("a star stands for one character at least", "a piece ends after", "the suffix is not"),
    "Both readers give every decimal its number": ("five places in the reference", "places are not scaled"),
    "Both readers give every address its bits": ("octets up to 256", "the tail comes first"),
    "Both readers give every datetime its moment": ("any sign", "years of 365 days"),
    "The reference finds exactly the ancestors": ("what is new", "what was found"),
    "Production finds exactly the ancestors": ("what is kept", "only parents are kept"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "defect"), [(name, each) for name, several in SYMBOLIC.items() for each in several]
)
def test_symbols_alone_break_a_theorem_that_tries_inputs_as_well(name: str, defect: str) -> None:
    [theorem] = [one for one in THEOREMS if one.name == name]
    [planted] = [one for one in theorem.defects if one.name.startswith(defect)]
    untried = replace(
        theorem, goals=lambda: (goal for goal in theorem.goals() if goal.name not in (TRIED, HIERARCHIES))
    )
    with plant(planted):
        verdict = prove(untried)
    assert verdict.answer == "refuted"
    assert verdict.counterexample is not None
    assert verdict.counterexample.confirmed
