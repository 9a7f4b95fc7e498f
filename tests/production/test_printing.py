"""Printing, policy JSON and formatting keep what was written (spec 01 §7, 06)."""

from __future__ import annotations

import json
import re

import pytest

from production import CedarError, PolicySet, PrintError, format_policies, parse_expression
from production.language.nodes import Attribute, Binary, Call, Constant, Has, Node, Unary, Variable, same_tree
from production.text.formatter import _tokens
from production.text.printer import expression_text
from tests.shared_material import shared_folder

CONTEXT = Variable("context")
ONE, MINUS_ONE = Constant(1), Constant(-1)
TREES: list[tuple[Node, str]] = [
    (Unary("neg", ONE), "-(1)"),
    (Unary("neg", MINUS_ONE), "--1"),
    (Unary("!", MINUS_ONE), "!(-1)"),
    (Unary("neg", Unary("neg", Unary("neg", Unary("neg", MINUS_ONE)))), "----(-1)"),
    (Unary("!", Unary("!", Unary("!", Unary("!", Unary("!", CONTEXT))))), "!!!!(!context)"),
    (Attribute(MINUS_ONE, "a"), "(-1).a"),
    (Attribute(CONTEXT, "if"), 'context["if"]'),
    (Attribute(CONTEXT, ""), 'context[""]'),
    (Has(CONTEXT, ("true",)), 'context has "true"'),
    (Binary("-", Binary("-", ONE, ONE), Binary("-", ONE, ONE)), "1 - 1 - (1 - 1)"),
    (Binary("==", Binary("==", ONE, ONE), ONE), "(1 == 1) == 1"),
    (Binary("contains", Binary("+", ONE, ONE), ONE), "(1 + 1).contains(1)"),
    (Call("isInRange", (Call("ip", ()), ONE)), "ip().isInRange(1)"),
    (Binary("-", ONE, MINUS_ONE), "1 - -1"),
    (Constant('a\r\n"\\*\x07'), '"a\\r\\n\\"\\\\*\\u{7}"'),
]


@pytest.mark.parametrize(("tree", "text"), TREES)
def test_trees_print_and_read_back(tree: Node, text: str) -> None:
    assert expression_text(tree) == text
    assert same_tree(parse_expression(text), tree)


def test_a_method_without_receiver_has_no_text() -> None:
    with pytest.raises(PrintError):
        expression_text(Call("isIpv4", ()))


def test_a_path_without_text_is_written_out() -> None:
    assert expression_text(Has(CONTEXT, ("a b", "if"))) == 'context has "a b" && context["a b"] has "if"'


def test_true_and_one_are_different_trees() -> None:
    assert not same_tree(Constant(True), ONE)


@pytest.mark.shared
def test_recorded_policy_json() -> None:
    wrong = []
    for line in (shared_folder("conformance", "extra", "est") / "est.jsonl").read_text().split("\n")[:-1]:
        record = json.loads(line)
        if record["direction"] == "text":
            if json.loads(PolicySet.from_text(record["text"]).to_json()) != record["json"]:
                wrong.append(record["text"])
            continue
        try:
            policies = PolicySet.from_json(record["json"])
        except CedarError:
            if record["accept"]:
                wrong.append(record["json"])
            continue
        if not record["accept"] or len(policies) != record["n"]:
            wrong.append(record["json"])
        if "back" in record:
            back = PolicySet.from_text(policies.to_text()).to_json()
            if json.loads(back) != record["back"]:
                wrong.append(record["json"])

    assert wrong == []


def document(body: str) -> str:
    scope = '"principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"}'
    policy = f'{{"effect":"permit",{scope},"conditions":[{{"kind":"when","body":{body}}}]}}'
    return f'{{"staticPolicies":{{"p":{policy}}},"templates":{{}},"templateLinks":[]}}'


@pytest.mark.parametrize(
    "body",
    [
        '{"Value":1.0}',
        '{"Value":-0}',
        '{"Value":9223372036854775808}',
        '{"Value":null}',
        '{"Value":"\\ud800"}',
        '{"Value":{"__extn":{"fn":"nope","arg":"a"}}}',
        '{"Value":{"__entity":{"type":"A b","id":"x"}}}',
        '{"Value":{"__entity":{"type":"A","id":"x","q":1.5}}}',
        '{"has":{"left":{"Var":"context"},"attr":"a","x":1,"x":2}}',
        '{"has":{"left":{"Var":"context"},"attr":[]}}',
        '{"has":{"left":{"Var":"context"},"attr":"a","z":1e400}}',
        '{"Slot":"?principal"}',
        '{"unknown":[]}',
        '{"!":{"Value":true}}',
        '{"Value":1,"Var":"context"}',
        '{"Value":NaN}',
        "{" * 200,
        '{"Set":[' * 70 + '{"Value":1}' + "]}" * 70,
    ],
)
def test_documents_that_are_refused(body: str) -> None:
    with pytest.raises(CedarError):
        PolicySet.from_json(document(body))


@pytest.mark.parametrize(
    "body",
    ['{"isIpv4":[]}', '{"Value":{"__extn":{"fn":"ip","arg":"bad"}}}', '{"Value":{"__entity":{"type":"A"}}}']
    + ['{"has":{"left":{"Var":"context"},"attr":"a","z":1.5}}', '{"Set":[' * 55 + '{"Value":1}' + "]}" * 55],
)
def test_documents_that_are_accepted(body: str) -> None:
    assert len(PolicySet.from_json(document(body))) == 1


COMMENTED = """// head

// about the first
@id("x") @b permit(principal == User::"alice",action in [Action::"view",Action::"edit"], // who
resource is Doc in Folder::"a folder with a long name") when { context.a // why
 && (principal.x + 2 * -3 < 7||!(resource has "a b")) && (if a::"x" in principal then true else
 // deep
 {a:1,"b c":[1,2,3]}["b c"].contains(User // odd
 ::"z")) } unless{ true };permit(principal,action,resource);//end
// tail"""


def comments(text: str) -> list[str]:
    return re.findall("//[^\n]*", text)


@pytest.mark.parametrize(("line_width", "indent_width"), [(80, 2), (20, 4), (1, 1), (100_000, 0)])
def test_formatting_changes_space_only_and_only_once(line_width: int, indent_width: int) -> None:
    formatted = format_policies(COMMENTED, line_width, indent_width)

    assert format_policies(formatted, line_width, indent_width) == formatted
    assert [token.text for token in _tokens(formatted)] == [token.text for token in _tokens(COMMENTED)]
    assert comments(formatted) == comments(COMMENTED)
    assert len(comments(formatted)) == 8


def test_formatting_breaks_what_does_not_fit() -> None:
    formatted = format_policies(
        'permit(principal,action,resource)when{[aaaa::"a",bbbb::"b"].isEmpty()};', 24, 2
    )

    assert formatted == (
        "permit (\n  principal,\n  action,\n  resource\n)\nwhen {\n  [\n"
        '    aaaa::"a",\n    bbbb::"b"\n  ].isEmpty()\n};\n'
    )


@pytest.mark.shared
def test_formatting_keeps_the_meaning_of_recorded_texts() -> None:
    for line in (
        (shared_folder("conformance", "extra", "parser") / "parser.jsonl").read_text().split("\n")[:-1]
    ):
        record = json.loads(line)
        if record["accept"]:
            formatted = format_policies(record["text"], 40)
            assert format_policies(formatted, 40) == formatted
            assert PolicySet.from_text(formatted).to_json() == PolicySet.from_text(record["text"]).to_json()


def test_a_nested_conditional_is_indented_and_its_else_stands_under_it() -> None:
    text = "permit (principal, action, resource) when { if principal.a then if true then false else [1] == [if true then 1 else 2] else if false then true else false };"

    assert format_policies(text, line_width=20) == (
        "permit (\n  principal,\n  action,\n  resource\n)\nwhen {\n  if principal.a\n  then\n"
        "    if true\n    then false\n    else [1] == [\n        if true\n        then 1\n        else 2\n      ]\n"
        "  else if false\n  then true\n  else false\n};\n"
    )
