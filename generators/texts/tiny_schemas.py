"""Schemas of few declarations, each wrong by one rule or just right, and groups of them that link or not.

Owns texts that are short, so that every rule comes often.
"""

from __future__ import annotations

from generators.choice.sources import Source

_CLASHES = """\
namespace Q {} namespace Q {}
namespace Q { entity A; } namespace Q { entity B; }
namespace Q { entity A; } namespace Q::R { entity A; }
entity A; namespace Q { entity A; }
entity A; namespace Q { type A = Long; }
type A = Long; namespace Q { entity A; }
type A = Long; namespace Q { type A = Long; }
action a; namespace Q { action a; }
action a; namespace Q { action "a"; entity a; }
entity A; type A = Long;
type A = Long; type A = Long;
action a, a;
action a; action "a";
entity A; entity A;
entity A enum ["x"]; entity A;
entity A enum ["x"]; external entity B in [A];
entity A enum ["x"]; external entity B in [C]; external entity C in [A];
entity A enum ["x"]; entity B in [A];
external entity B in [C]; entity C in [A]; entity A enum ["x"];
external entity A; entity A;
external action a; action a;
external action a in [b]; action b in [a];
action a in [b]; action b in [c]; action c;
action a in [b, c]; action b in [c]; action c in [b];
type A = B; type B = A;
type A = {b: B}; type B = Set<A>;
type A = B; type B = {b: Set<C>}; type C = Long;
entity A in [B]; entity B in [A];
entity A in [B]; entity B in [C]; entity C in [A]; entity D in [A];
entity A in [A];
entity A tags {}; entity B tags A;
entity A; action a appliesTo {principal: A, resource: A, context: A};
type T = Long; entity A; action a appliesTo {principal: A, resource: A, context: T};
type T = {a: Long}; entity A; action a appliesTo {principal: A, resource: A, context: T};
type T = {a: Long}; entity A = T;
type T = Long; entity A in [T];
type T = A; entity A; action a appliesTo {principal: T, resource: A};
entity A; action a appliesTo {principal: A};
entity A; action a appliesTo {resource: A};
entity A; action a appliesTo {context: {}};
entity A; action a appliesTo {context: {}, principal: A};
entity A; action a appliesTo {};
entity A; action a appliesTo {principal: [], resource: A};
entity A; action a appliesTo {principal: A, principal: A, resource: A};
entity A; action a appliesTo {principal: A, resource: A, resource: A};
entity A; action a appliesTo {principal: A, resource: A, context: {}, context: {}};
entity A; action a appliesTo {principal: [A, A], resource: [A,]};
action a; entity A; action b appliesTo {principal: Action, resource: A};
entity A {x: Action}; action a;
entity A {x: Action};
entity A {x: Q::Action}; namespace Q { action a; }
namespace Q { entity A {x: Action}; action a; }
namespace Q { entity A {x: Action}; } action a;
namespace Q { entity A {x: Action}; action a; } action a;
namespace Q { entity A {x: Action}; action b; } action a;
type T = Action; action a; namespace Q { entity A {x: T}; action b; }
namespace Q { entity A {x: __cedar::Long}; entity Long; }
entity Long; namespace Q { entity A {x: Long, y: __cedar::Long}; }
entity ipaddr; namespace Q { entity A {x: ipaddr}; }
namespace Q { entity A {x: Q::B}; entity B; }
namespace Q { entity A {x: B}; } entity B;
namespace Q { entity A {x: B}; } namespace R { entity B; }
action a attributes {};
action a attributes {x: 1};
action a in [b] attributes {}; action b;
action a in [Action::"b"]; action b;
action a in [Q::Action::"b"]; namespace Q { action b; }
namespace Q { action a in [b]; } action b;
namespace Q { action a in [Action::"b"]; } action b;
namespace Q { action a in [Action::"b"]; action b; }
@a @a entity A;
@a entity A {@b @b x: Long};
@a @b("") action a;
@a("x") type T = Long;
@a namespace Q { @a entity A; }
@a @a namespace Q {}
@ entity A;
@a() entity A;
@a(x) entity A;
@"a" entity A;
external entity A tags Long;
external entity A = {};
external entity A enum ["x"];
external action a appliesTo {principal: A, resource: A}; entity A;
external action a attributes {};
external type A = Long;
external entity A; entity B in [A];
external action a; action b in [a];
entity A {x: Long, x: String};
entity A {x: Long, "x": Long};
entity A {x?: Long, x: Long};
entity A {"x y": Long, x: Set<Set<Long>>};
entity A {x: Set<>};
entity A {x: Set<Long, Long>};
entity A {x: {}};
entity A {x:};
entity A {: Long};
entity A {x?: };
entity A {x Long};
entity A enum [];
entity A enum ["a", "a"];
entity A enum "a";
entity A enum [a];
entity A enum ["\\u{d800}"];
entity A enum ["\\x7f", "\\x80"];
entity A enum ["\\'\\0"];
entity A enum ["a"] tags Long;
entity A enum ["a"] {};
entity A in [];
entity A in [B];
entity A in B in C;
entity A, B;
entity A, B in [A];
entity A,;
entity ;
entity A::B;
entity A
type T;
type T = ;
type A, B = Long;
type T in = Long;
type in = Long;
entity in;
entity __cedar;
entity Action;
entity A {__cedar: Long};
type Bool = Long;
type Boolean = Long;
type Entity = Long;
type Extension = Long;
type Record = Long;
type Set = Long;
type String = Long;
type decimal = Long; entity A {x: decimal};
entity String; entity A {x: String};
action "a b", "c";
action ;
action a b;
action A::a;
action a in b; action b;
action a in [b,]; action b;
action a in [b b]; action b;
namespace {}
namespace "Q" {}
namespace Q;
namespace Q { entity A;
namespace Q { } }
namespace Q {};
namespace Q::R { entity A; entity B in [A, Q::R::A]; }
namespace Q { namespace R {} }
namespace __cedar {}
namespace Q::__cedar::R {}
namespace Q::in {}"""
TINY = tuple(_CLASHES.split("\n"))
"""Whole schemas that one rule is about: wrong by it, or just right."""


def tiny_schema(source: Source) -> str:
    """Draw a schema of few declarations, or two of them after each other."""
    text = source.choice(TINY)
    return text if source.boolean(0.85) else f"{text}\n{source.choice(TINY)}"


_LINKED = """\
entity A; | entity A;
entity A; | external entity A; entity B in [A];
entity A in [B]; entity B; | external entity A in [B]; external entity B;
entity A; entity B; | external entity A in [B]; external entity B;
entity A in [B]; entity B; | external entity A; entity C in [A];
entity A in [B]; external entity B; | entity B in [C]; entity C;
entity A in [B]; external entity B; | entity B in [C]; external entity C; | entity C;
entity A in [B];external entity B in [C];external entity C;| entity B in [C];external entity C;| entity C;
entity A in [B];external entity B;| external entity B in [C];external entity C;| entity B in [C];entity C;
entity A in [B, C]; external entity B; external entity C; | entity B in [C]; entity C;
entity A in [B]; entity B in [C]; entity C; | external entity A in [B, C]; external entity B, C;
entity A in [B,C];entity B in C;entity C;| external entity A in B;external entity B in C;external entity C;
entity A in [B]; entity B in [C]; entity C; | external entity A in [C]; external entity C;
entity A in [B]; entity B in [C]; entity C in [A]; | external entity A in [A, B, C]; external entity B, C;
entity A in [B]; entity B in [C]; entity C in [A]; | external entity A, B in [C]; external entity C in [A];
external entity A in [B];external entity B;| external entity A in [C];external entity C;| external entity A;
entity A enum ["x"]; | external entity A;
entity A enum ["x"]; | external entity A; entity B {x: A};
entity A enum ["x"]; | entity A enum ["x"];
entity A enum ["x"]; | entity B;
entity A enum ["x"]; external entity C; | external entity B in [C]; external entity C; | entity C;
external entity B in [C]; external entity C; | entity C in [E]; entity E enum ["x"];
external entity B in [C]; entity C; | external entity C in [E]; external entity E; | entity E enum ["x"];
external entity A in [B]; external entity B; | external entity A in [C]; external entity C;
external entity A in [B]; external entity B; | external entity B in [A]; external entity A;
external entity A; | external entity A;
external entity A; | entity B;
entity A; | namespace Q { entity A; }
entity A; | namespace Q { type A = Long; entity B {x: A}; }
type A = Long; | entity A;
type A = Long; entity C {x: A}; | type A = String; entity B {x: A};
entity A; | namespace Q { external entity A; }
external entity A; | namespace Q { entity A; }
namespace Q { entity A; } | namespace Q { entity B; }
namespace Q { entity A; } | namespace Q { entity B {x: A}; external entity A; }
namespace Q { entity A; } | namespace R { entity A; }
entity Long; | entity A {x: Long};
entity Long; | entity A {x: __cedar::Long};
entity Long; | external entity Long; entity A {x: Long};
entity decimal; | external entity decimal;
entity decimal; | entity B; | external entity decimal;
namespace Q { entity Long; } | entity A {x: Long};
entity ipaddr; | entity ipaddr;
action a; | action a;
action a; | external action a;
action a; | external action a; action b in [a];
action a in [b]; action b; | external action a; action c in [a];
action a in [b]; action b; | external action a in [b]; external action b;
action a in [b]; action b in [c]; action c; | external action a in [c]; external action c;
action a in [b];action b in [c];action c;| external action a in [b, c];external action b;external action c;
action a in [b];action b in [c];action c;| external action a in [b];external action b in c;external action c;
action a in b;action b in c;action c;| external action a in [b,c];external action b in c;external action c;
action a in [b,c];action b in [c];action c;| external action a in b;external action b in c;external action c;
action a in [b,c];external action b in c;external action c;| action b in c;external action c;| action c;
action a in [b]; external action b; | action b in [a]; external action a;
action a in [b]; external action b; | action b;
action a in [b]; external action b; | action b in [c]; action c;
external action a in [b]; external action b; | external action a in [c]; external action c;
external action a in [b]; external action b; | external action a; external action b;
external action a; | external action a;
external action a; | external action a; | action a;
external action a; | action b;
action a; | namespace Q { action a; }
action a; | namespace Q { external action a; }
external action a; | namespace Q { action b in [Action::"a"]; action a; }
namespace Q { action a; } | action b in [Q::Action::"a"]; namespace Q { external action a; }
action a; | entity Action;
action a; | entity A {x: Action};
action a; | external action a; entity A {x: Action};
action a; entity A {x: Action}; | namespace Q { action b; entity B {x: Action}; }
entity A {x: Q::Action}; namespace Q { external action a; } | namespace Q { action a; }
external entity Action; | action a;
namespace Q { external entity Action; } | namespace Q { action a; }
entity A; | type T = A; entity A;
entity A; action a; | external entity A;action b appliesTo{principal:A,resource:A};
entity A {x: B}; external entity B; | entity B tags Set<A>; external entity A;
entity A {x: {y: B}} tags B; external entity B; | entity B {x: {y: B}};
entity A;action a appliesTo {principal: A, resource: A, context: {x: A}};| external action a;action b in [a];
entity A; | entity B; | entity C;
entity A; | entity A {x: Long};
entity A; | |
entity A; | entity B in [X];
entity A; | entity B
external entity A; external action a; | entity A; | action a;"""
LINKED = tuple(tuple(part.strip() for part in line.split("|")) for line in _LINKED.split("\n"))
"""Schemas that one rule of linking is about (spec 13 §5): wrong by it, or just right."""


def tiny_fragments(source: Source) -> tuple[str, ...]:
    """Draw schemas to link, in any order; now and then one more that has nothing to do with them."""
    parts = list(source.choice(LINKED))
    if source.boolean(0.2):
        parts.append(
            source.choice(("entity Z;", "external entity Z;", "action z;", "namespace Z { entity Z; }"))
        )
    ordered = []
    while parts:
        ordered.append(parts.pop(source.integer(0, len(parts) - 1)))
    return tuple(ordered)
