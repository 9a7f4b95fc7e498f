"""Policy sets keep their rules about ids, templates and links (spec 04 §1, 06 §1)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import production
from production import Authorizer, CedarError, Entities, LinkError, PolicySet, PolicySetError, Request, Uid

ALICE, DOC = Uid("User", "alice"), Uid("Doc", "d")
TEMPLATE = "permit(principal == ?principal, action, resource in ?resource);"
BOTH = {"?principal": ALICE, "?resource": DOC}


def with_template() -> PolicySet:
    return PolicySet.from_text(f"permit(principal, action, resource); {TEMPLATE}")


@pytest.mark.parametrize(
    ("template_id", "new_id", "values"),
    [
        ("policy1", "l", {"?principal": ALICE}),
        ("policy1", "l", {**BOTH, "?other": DOC}),
        ("policy1", "policy1", BOTH),
        ("policy1", "policy0", BOTH),
        ("policy0", "l", {}),
        ("nope", "l", BOTH),
    ],
)
def test_bad_links_are_refused(template_id: str, new_id: str, values: dict[str, Uid]) -> None:
    with pytest.raises(LinkError):
        with_template().link(template_id, new_id, values)


def test_a_link_is_the_policy_with_its_slots_filled() -> None:
    linked = with_template().remove_static("policy0").link("policy1", "l", BOTH)
    static = PolicySet.from_text('permit(principal == User::"alice", action, resource in Doc::"d");')

    for tier in ("machine", "generated"):
        for principal in (ALICE, Uid("User", "bob")):
            request = Request(principal, Uid("Action", "v"), DOC)
            answers = [
                Authorizer(policies, Entities.from_json("[]"), tier=tier).authorize(request).decision
                for policies in (linked, static)
            ]
            assert answers[0] == answers[1] == ("allow" if principal is ALICE else "deny")
    assert linked.to_text() == static.to_text()
    assert "?principal" in linked.to_text(templates=True)


def test_the_example_of_the_package_runs() -> None:
    example = production.__doc__ or ""
    code = "\n".join(line[4:] for line in example.splitlines() if line.startswith("    "))

    assert "authorize(request)" in code
    exec(code, {})


def test_templates_alone_deny() -> None:
    response = Authorizer(PolicySet.from_text(TEMPLATE), Entities.from_json("[]")).authorize(
        Request(ALICE, Uid("Action", "v"), DOC)
    )

    assert (response.decision, response.determining, dict(response.errors)) == ("deny", frozenset(), {})


@pytest.mark.parametrize(
    "change",
    [
        lambda policies: policies.link("policy1", "l", BOTH),
        lambda policies: policies.unlink("policy0"),
        lambda policies: policies.remove_static("l"),
        lambda policies: policies.remove_template("policy1"),
        lambda policies: policies.add("l", policies.statics["policy0"]),
        lambda policies: policies.merge(PolicySet.from_text("forbid(principal, action, resource);")),
    ],
)
def test_a_failing_change_leaves_the_set_as_it_was(change: Callable[[PolicySet], PolicySet]) -> None:
    policies = with_template().link("policy1", "l", BOTH)
    before = policies.to_json()

    with pytest.raises(PolicySetError):
        change(policies)
    assert policies.to_json() == before


def test_changes_give_new_sets() -> None:
    policies = with_template()
    linked = policies.link_all(("policy1", f"l{number}", BOTH) for number in range(3))

    assert len(policies) == 1
    assert len(linked) == 4
    assert len(linked.unlink("l0")) == 3
    assert linked.merge(linked).to_json() == linked.to_json()
    assert PolicySet.from_json(linked.to_json()).to_json() == linked.to_json()


def test_merging_with_new_names_keeps_both_sides() -> None:
    ours = with_template().link("policy1", "l", BOTH)
    theirs = (
        PolicySet.from_text(f"forbid(principal, action, resource); {TEMPLATE}")
        .link("policy1", "l", {**BOTH, "?resource": ALICE})
        .link("policy1", "m", BOTH)
    )

    merged, names = ours.merge_renaming(theirs)

    assert names == {"policy0": "policy0_0", "l": "l_0"}
    assert set(merged.statics) == {"policy0", "policy0_0"}
    assert {name: link.template_id for name, link in merged.links.items()} == dict.fromkeys(
        ("l", "l_0", "m"), "policy1"
    )
    assert merged.links["l_0"].resource is ALICE
    assert ours.merge_renaming(ours)[1] == {}
    assert ours.merge_renaming(ours)[0].to_json() == ours.to_json()


def changed(**parts: object) -> str:
    document = json.loads(with_template().link("policy1", "l", BOTH).to_json())
    return json.dumps({key: value for key, value in {**document, **parts}.items() if value != "drop"})


LINK = {"templateId": "policy1", "newId": "m", "values": {slot: {"type": "A", "id": "x"} for slot in BOTH}}


@pytest.mark.parametrize(
    "text",
    [
        changed(templates="drop"),
        changed(extra={}),
        changed(staticPolicies=[]),
        changed(templateLinks=[{**LINK, "newId": "policy0"}]),
        changed(templateLinks=[LINK, LINK]),
        changed(templateLinks=[{**LINK, "templateId": "policy0"}]),
        changed(templateLinks=[{**LINK, "x": 1}]),
        changed(templateLinks=[{**LINK, "values": {}}]),
        changed(templates=json.loads(changed())["staticPolicies"]),
        changed(staticPolicies=json.loads(changed())["templates"], templates={}),
    ],
)
def test_documents_that_break_the_rules(text: str) -> None:
    with pytest.raises(CedarError):
        PolicySet.from_json(text)


def test_a_template_without_slots_is_one_in_json() -> None:
    document = json.loads(with_template().to_json())
    document["templates"] = {"t": document["staticPolicies"].pop("policy0")}
    document["templateLinks"] = [{"templateId": "t", "newId": "", "values": {}}]

    policies = PolicySet.from_json(json.dumps(document))

    assert list(policies.links) == [""]
