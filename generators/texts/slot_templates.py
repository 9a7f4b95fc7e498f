"""Templates over the `typing_world` with slots in all forms of scopes, and short conditions."""

from __future__ import annotations

from generators.choice.sources import Source

_SIDES = (
    "{0} == ?{0}", "{0} in ?{0}", "{0} in ?{0}", "{0} is User in ?{0}", "{0} is Group in ?{0}", "{0}",
    "{0} is N::Mate in ?{0}",
)  # fmt: skip
_ACTIONS = ("action", "action", 'action == Action::"view"', 'action in N::Action::"any"')
_CONDITIONS = (
    "true", "context.c", "principal in resource", "resource is Group", "principal.ok", "resource.ok",
    "principal has name", 'principal == User::"u"',
)  # fmt: skip


def templates(source: Source, count: int) -> str:
    """Draw templates, one per line."""
    drawn = []
    for _ in range(count):
        principal, resource = (source.choice(_SIDES).format(side) for side in ("principal", "resource"))
        scope = f"{principal}, {source.choice(_ACTIONS)}, {resource}"
        drawn.append(f"permit({scope}) when {{ {source.choice(_CONDITIONS)} }};")
    return "\n".join(drawn)
