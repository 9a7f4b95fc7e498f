"""Classes of input that are seldom met by chance show the defects that need them."""

from __future__ import annotations

import ast

import pytest

from drt.assess.planted.copies import Copy, source_of
from drt.engines import build
from drt.engines.guard import Guarded
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

OTHER = {"production": "reference", "reference": "production"}

DEFECTS = {
    "an open entity may be in an empty set": (
        "partial-responses",
        "reference.partial.evaluator",
        "        if not groups or ancestors is not None:",
        "        if ancestors is not None:",
    ),
    "types decide over a tag of an operand that errs": (
        "partial-responses",
        "production.partial.rules",
        "    if lacks and _free(left, right):\n        return False\n    if isinstance(left, Uid) and",
        "    if lacks:\n        return False\n    if isinstance(left, Uid) and",
    ),
    "an error in a branch is that of the whole": (
        "partial-responses",
        "production.partial.evaluator",
        "    stack[-1] = otherwise if condition is False else Term(IF, None, (condition, then, otherwise))",
        "    stack[-1] = otherwise if condition is False else ERROR if then is ERROR else "
        "Term(IF, None, (condition, then, otherwise))",
    ),
    "undeclared names are not looked for": (
        "partial-responses",
        "production.partial.typed_terms",
        "        _refuse(policy_id, faults)\n        conditions",
        "        faults = Faults()\n        conditions",
    ),
    "a repeated key in a partial entity is taken": (
        "partial-responses",
        "production.partial.entity_document",
        '    if isinstance(node, Repeated):\n        raise JsonError(f"the key {node.name!r} comes twice")\n'
        "    record",
        "    record",
    ),
    "an action may be in fewer groups": (
        "partial-responses",
        "reference.partial.store",
        "known not in (None, schema.action_ancestors(entity.uid))",
        "known is not None and not known <= schema.action_ancestors(entity.uid)",
    ),
    "an entity without attributes need not be there": (
        "partial-responses",
        "reference.partial.response",
        "            if entities.find(known.uid) is None:",
        "            if known.attrs is not None and entities.find(known.uid) is None:",
    ),
    "a store is queried unchecked": (
        "partial-queries",
        "production.partial.entities",
        "        self.check_concrete(entities)\n        attributes, tags",
        "        self.require_complete()\n        attributes, tags",
    ),
    "a queried store lacks the groups of actions": (
        "partial-queries",
        "reference.partial.queries",
        "            store = completed(entities, schema)",
        "            store = entities",
    ),
    "an index finds what is not equal": (
        "partial-queries",
        "production.partial.postings",
        "and wanted and (test == op.EQ",
        "and (test == op.EQ",
    ),
    "a loop over a crowd reads no column": (
        "partial-queries",
        "production.partial.candidates",
        "        if name is not None:",
        "        if name is None:",
    ),
    "uids inside records are not loaded": (
        "partial-batched",
        "production.partial.terms",
        "            todo.extend(value.values())",
        "            pass",
    ),
    "a tag that is not there stays open": (
        "partial-responses",
        "production.partial.rules",
        "        found = tags.get(right)\n        return ERROR if found is None else found",
        "        return tags.get(right, Term(op.GET_TAG, None, (left, right)))",
    ),
    "parents may be anything": (
        "partial-responses",
        "reference.partial.store_reader",
        "    if parents is not None and not isinstance(parents, list):",
        "    if parents is not None and not isinstance(parents, list | dict):",
    ),
    "the context is read before the schema is looked at": (
        "partial-responses",
        "reference.partial.request_reader",
        "    check_complete(schema)\n    return PartialRequest",
        "    return PartialRequest",
    ),
    "alternatives grant what the last one does": (
        "typing",
        "production.validation.control",
        "            grants = granted if result is FALSE else common(grants, granted)",
        "            grants = common(grants, granted) if result is FALSE else granted",
    ),
    "tests of any types are one expression": (
        "typing",
        "reference.validation.capabilities",
        'return self._form("is", type_name, *parts)',
        'return self._form("is", *parts)',
    ),
    "a slot is taken in a condition": (
        "trees",
        "reference.json.expressions",
        '    "Var": _variable,',
        '    "Var": _variable,\n    "Slot": lambda json: ast.Slot(json),',
    ),
    "a pattern is taken as a string": (
        "trees",
        "production.documents.expression_json",
        "    if not isinstance(pattern, list):",
        '    if isinstance(pattern, str):\n        pattern = [{"Literal": pattern}]\n'
        "    if not isinstance(pattern, list):",
    ),
    "anything empty stands for no entity": (
        "trees",
        "production.documents.policy_json",
        '    inner = node.get("in")\n    if inner is None:',
        '    inner = node.get("in")\n    if not inner:',
    ),
    "a record with a reserved key is written": (
        "shapes",
        "production.documents.value_json",
        "            reserved = ESCAPES.intersection(names)",
        "            reserved = ESCAPES.intersection(names) if len(names) == 1 else frozenset()",
    ),
    "null is taken for no entities": (
        "shapes",
        "production.documents.entity_json",
        "    if not isinstance(document, list):",
        "    document = document if document is not None else []\n    if not isinstance(document, list):",
    ),
    "the uid beside a type in a scope is taken": (
        "trees",
        "production.documents.policy_json",
        'frozenset({"op", "entity_type"}), frozenset({"in"})',
        'frozenset({"op", "entity_type"}), frozenset({"in", "entity"})',
    ),
    **{
        f"one level too many is read of what {target} draws": (
            target,
            "reference.json.reader",
            "        if depth > DEEPEST_NESTING:",
            "        if depth > DEEPEST_NESTING + 1:",
        )
        for target in ("trees", "shapes", "schema-rules")
    },
    "an id of a policy may come twice": (
        "trees",
        "production.text.json_text",
        "    for part, _ in _walk(value, 0):\n        if isinstance(part, Repeated):",
        "    for part, level in _walk(value, 0):\n        if isinstance(part, Repeated) and level != 1:",
    ),
    "a slot of a link may come twice": (
        "trees",
        "production.text.json_text",
        "    for part, _ in _walk(value, 0):\n        if isinstance(part, Repeated):",
        "    for part, _ in _walk(value, 0):\n"
        '        if isinstance(part, Repeated) and not part.names <= {"?principal", "?resource"}:',
    ),
    "null inside a record is left out": (
        "shapes",
        "reference.json.values",
        "            return Record({key: value(item, part, where) for key, item in fields.items()})",
        "            given = {key: item for key, item in fields.items() if item is not None}\n"
        "            return Record({key: value(item, part, where) for key, item in given.items()})",
    ),
    "a cycle is seen from its entities alone": (
        "shapes",
        "production.language.hierarchy",
        "            if parent in open_:",
        "            if parent in open_ and parent is not start:\n                continue\n"
        "            if parent in open_:",
    ),
    "an address that holds a multicast one is one": (
        "literals",
        "production.language.extensions",
        "lambda ip: ip.is_in(MULTICAST[ip.version])",
        "lambda ip: ip.is_in(MULTICAST[ip.version]) or ip.address >> 28 == 0xFFFFE",
    ),
    "the code of a star in a pattern is a character": (
        "wildcard",
        "production.language.escapes",
        '        if not pattern or "*" not in text:',
        '        if not pattern or "*" not in text or match[0][0] == "\\\\":',
    ),
    "a block comment is taken in a schema": (
        "schema-rules",
        "production.schema.lexer",
        r'|//[^\\r\\n]*+)*+)"',
        r'|//[^\\r\\n]*+|/[*][^*]*+[*]/)*+)"',
    ),
    "a comment in a schema goes on beyond a carriage return": (
        "schema-rules",
        "production.schema.lexer",
        r"//[^\\r\\n]*+",
        r"//[^\\n]*+",
    ),
    "only ASCII has blanks of a schema": (
        "schema-rules",
        "production.schema.lexer",
        r"\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
        "",
    ),
    "a raw carriage return is taken in a string of a schema": (
        "schema-rules",
        "production.schema.cursor",
        "unescape(self.token)",
        'unescape(self.token.replace("\\r", ""))',
    ),
    "a group without an id has the empty one": (
        "schema-rules",
        "reference.schema.json_reader",
        'keyed(value, where, ("id",), ("type",))',
        'keyed({"id": "", **value} if isinstance(value, dict) else value, where, ("id",), ("type",))',
    ),
    "an empty type of a group is none": (
        "schema-rules",
        "reference.schema.json_reader",
        'type_name = keys.get("type")',
        'type_name = keys.get("type") or None',
    ),
    "what has the key of an escape is one": (
        "trees",
        "production.documents.expression_json",
        "        escaped = _escape(name, inner) if name in ESCAPES else None\n",
        "        escaped = _escape(name, inner) if name in ESCAPES else None\n"
        "        if escaped is None and name in ESCAPES:\n"
        '            raise JsonError("no escape")\n',
    ),
    "attributes are taken for an escape": (
        "shapes",
        "production.documents.entity_json",
        '_read_members(node["attrs"], "attrs")',
        '_read_members([] if "__entity" in (node["attrs"] or ()) else node["attrs"], "attrs")',
    ),
    "an id beside the escape of a uid has to be a text": (
        "shapes",
        "reference.json.values",
        '    inner = json.get("__entity")\n    found',
        '    inner = json.get("__entity")\n'
        '    if not isinstance(json.get("id", ""), str):\n'
        '        raise InputError(part, f"{where}: the id is no text")\n'
        "    found",
    ),
    "a namespace may be opened again": (
        "schema-rules",
        "production.schema.names",
        "                opened.add(namespace.name)",
        "                pass",
    ),
    "a mark of what is external may be anything": (
        "schema-rules",
        "reference.schema.json_reader",
        '        raise refusal(f"{where}, external", "expected true or false")',
        "        pass",
    ),
    "a group of actions is looked for in the own namespace too": (
        "schema-rules",
        "reference.schema.resolver",
        "for candidate in self.declared.candidates(type_name, namespace):",
        "for candidate in (*self.declared.candidates(type_name, namespace), "
        '*self.declared.candidates("Action", namespace)):',
    ),
    "a key of a schema may come twice": (
        "schema-rules",
        "production.text.json_scanner",
        '                raise self.error(f"the key {json.dumps(key)} comes twice in one object")',
        "                pass",
    ),
    "an action may hide another one when schemas are linked": (
        "valid-linking",
        "production.schema.linking",
        '            raise SchemaLinkError("Schema", f"`{_action_text((type_name, action_id))}` would hide '
        '`{hidden}`")',
        "            pass",
    ),
    "an external action may have fewer groups": (
        "valid-linking",
        "reference.schema.linking",
        "if any(action.parents != declared[0].parents for action in declared):",
        "if any(not action.parents <= declared[0].parents for action in declared):",
    ),
    "an annotation may come twice": (
        "odd-tokens",
        "production.text.parser",
        '                self.fail(f"a second annotation `@{key}`")',
        "                pass",
    ),
    "the value of an annotation in JSON may be of any kind": (
        "trees",
        "production.documents.policy_json",
        '            raise JsonError("an annotation is a string or null")',
        "            value = None",
    ),
    "an invisible character of a uid may stand as it is": (
        "request-rules",
        "production.documents.entity_text",
        "category in _INVISIBLE or _IGNORABLE.match(character) or (is_first and extends)",
        "_IGNORABLE.match(character) or (is_first and extends)",
    ),
    "a uid in text may have any escape": (
        "request-rules",
        "reference.text.uid_text",
        '        raise InputError(part, f"{place}{error}") from None',
        "        return EntityUid(type_name, str(error))",
    ),
    "an entity of a request's context is none": (
        "variants-requests",
        "production.documents.usual_contexts",
        "            return found",
        "            return None",
    ),
    "a key of a request may come twice": (
        "request-rules",
        "production.documents.request_json",
        '        raise RequestError(f"the request has {node.name!r} twice")',
        "        pass",
    ),
    "an object may hold more than a text": (
        "store-rules",
        "production.schema.typed_values",
        "            if not value.keys() <= type_.attributes.keys():",
        "            if not path and not value.keys() <= type_.attributes.keys():",
    ),
    "a value may lack what a text has to have": (
        "store-rules",
        "reference.validation.conformance",
        "        if attribute.required and name not in fields:",
        "        if attribute.required and name not in fields and not expected.attributes:",
    ),
    "a request made of objects is checked less": (
        "request-rules",
        "production.validation.conforming_requests",
        "    wrong = misfit(context, declared.context, model)",
        '    wrong = ""',
    ),
    "an unlisted id is refused once": (
        "variants-requests",
        "production.validation.request_table",
        "for name in (principal, resource)),",
        "for name in (principal,)),",
    ),
    "a number may stand for a flag that was read before": (
        "schema-rules",
        "production.schema.json_quick",
        "parse_float=number, parse_int=number, parse_constant",
        "parse_float=number, parse_constant",
    ),
    "two fragments may declare the same type": (
        "schema-rules",
        "production.schema.names",
        "            if full in self.entities:",
        "            if full in self.entities and self.entities[full][1] is scope:",
    ),
    "a fragment takes the place of another one": (
        "schema-rules-translated",
        "production.schema.json_printer",
        'namespaces.setdefault(namespace.name, {"entityTypes": {}, "actions": {}})',
        'namespaces[namespace.name] = {"entityTypes": {}, "actions": {}}',
    ),
    "a linked schema is written without its tags": (
        "valid-linking",
        "production.schema.writing",
        "                tags = None if entity_type.tags is None else self.type(entity_type.tags)",
        "                tags = None",
    ),
    "groups are compared as they are written": (
        "valid-linking",
        "production.schema.linking",
        "{model.action_ancestors.of(uid) for model, _ in declared}",
        "{one.parents for _, one in declared}",
    ),
    "who is a principal takes a resource": (
        "questions",
        "production.validation.questions",
        "(action.principals for action in self._model.actions.values())",
        "(action.principals for action in self._model.actions.values() if action.resources)",
    ),
}
CASES = {
    "partial-responses": 600,
    "partial-queries": 300,
    "partial-batched": 300,
    "typing": 500,
    "trees": 3_000,
    "shapes": 3_000,
    "schema-rules": 1_500,
    "literals": 2_000,
    "wildcard": 60,
    "valid-linking": 150,
    "odd-tokens": 1_500,
    "request-rules": 600,
    "variants-requests": 300,
    "store-rules": 1_500,
    "schema-rules-translated": 300,
    "questions": 1_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_caught(defect: str) -> None:
    target, module, old, new = DEFECTS[defect]
    source = source_of(module)
    assert source.count(old) == 1
    engine = module.partition(".")[0]
    planted = Copy(engine, {module: ast.parse(source.replace(old, new))}).build()
    engines = [Guarded(build(OTHER[engine])), Guarded(planted)]
    cases = (TARGETS[target].draw(RecordingSource(seed)) for seed in range(CASES[target]))
    assert any(TARGETS[target].oracle(case, engines).divergences for case in cases)
