"""What a user of the engine meets says what it is: documentation of every public name, and short texts of objects."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator

import pytest

import production
from production import (
    ArgumentError,
    Authorizer,
    Entities,
    Entity,
    PolicySet,
    Schema,
    Uid,
)

CLASSES = [one for name in production.__all__ if inspect.isclass(one := getattr(production, name))]


def undocumented(kind: type) -> Iterator[str]:
    """The public attributes and methods of a class, and of its own bases, that have no documentation."""
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] == "production":
            tree = ast.parse(inspect.getsource(sys.modules[base.__module__]))
            (node,) = (
                each
                for each in ast.walk(tree)
                if isinstance(each, ast.ClassDef) and each.name == base.__name__
            )
            yield from (f"{base.__name__}.{name}" for name in _bare(node.body))


def _bare(body: list[ast.stmt], *, of_self: bool = False) -> Iterator[str]:
    for statement, following in zip(body, [*body[1:], ast.Pass()], strict=True):
        documented = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        match statement:
            case ast.FunctionDef(name="__init__", body=inner):
                yield from _bare(inner, of_self=True)
            case ast.FunctionDef(name=name) if ast.get_docstring(statement) is None and name[0] != "_":
                yield name
            case (
                ast.AnnAssign(target=ast.Attribute(attr=name))
                | ast.Assign(targets=[ast.Attribute(attr=name)])
            ) if of_self and not documented and name[0] != "_":
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)) if not (of_self or documented or name[0] == "_"):
                yield name


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_attribute_is_documented(kind: type) -> None:
    assert kind.__doc__
    assert list(undocumented(kind)) == []


def test_an_undocumented_attribute_would_be_seen() -> None:
    (node,) = ast.parse("class A:\n    b: int\n    def c(self): ...\n    def __init__(self): self.d = 1").body
    assert isinstance(node, ast.ClassDef)
    assert list(_bare(node.body)) == ["b", "c", "d"]


def test_objects_tell_their_size() -> None:
    policies = PolicySet.from_text("permit(principal == ?principal, action, resource);")
    policies = policies.link("policy0", "one", {"?principal": Uid("U", "a")})
    store = Entities([Entity(Uid("U", str(number))) for number in range(1_200)])
    schema = Schema.from_text("entity U; action a appliesTo { principal: U, resource: U };")
    assert repr(policies) == "<PolicySet: 0 static policies, 1 template, 1 link>"
    assert repr(store) == "<Entities: 1,200 entities>"
    assert repr(schema) == "<Schema: 1 entity type, 1 action>"
    assert repr(Authorizer(policies, store)) == f"<Authorizer: {policies!r}, {store!r}>"
    assert repr(schema.authorizer(policies, Entities())).startswith("<TypedAuthorizer: ")
    assert repr(policies.templates["policy0"]) == "<permit template: 0 conditions>"


@pytest.mark.parametrize(
    ("text", "type_name", "entity_id"),
    [
        ('User::"alice"', "User", "alice"),
        ('A::B::""', "A::B", ""),
        (r'U::"\u{41}\"\\\n"', "U", 'A"\\\n'),
        ('U::"a::b \N{SNOWMAN}"', "U", "a::b \N{SNOWMAN}"),
    ],
)
def test_a_uid_is_read_from_an_entity_literal(text: str, type_name: str, entity_id: str) -> None:
    found = Uid.from_text(text)
    assert found is Uid(type_name, entity_id)
    assert Uid.from_text(repr(found)) is found


@pytest.mark.parametrize(
    "text",
    [
        'U::"a"//',
        '(U::"a")',
        ' U::"a"',
        'U :: "a"',
        "U::a",
        '"a"',
        'if::"a"',
        r'U::"\q"',
        'U::"a" "b"',
        'U::"\r"',
        'U::"\ud800"',
        3,
        None,
    ],
)
def test_nothing_else_is_a_uid(text: str) -> None:
    with pytest.raises(ArgumentError):
        Uid.from_text(text)


def test_stores_and_schemas_are_read_from_what_they_write() -> None:
    store = Entities([Entity(Uid("U", "a"), {"n": 1}, [Uid("G", "g")], {"t": "x"}), Entity(Uid("G", "g"))])
    assert Entities.from_json(store.to_json()).to_json() == store.to_json()
    schema = Schema.from_text("entity U { n?: Long } tags String;")
    assert Schema.from_text(schema.to_cedar()).to_canonical() == schema.to_canonical()
    assert Schema.from_json(schema.to_json()).to_canonical() == schema.to_canonical()
    assert Schema.from_cedar(schema.to_cedar()).to_canonical() == schema.to_canonical()
