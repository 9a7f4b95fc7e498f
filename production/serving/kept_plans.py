"""The plans of policy sets, kept for as long as the sets live, outside of them.

Law (family): a set that was made of another one, and of which little differs, starts from the other's plans.
"""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from ..policy_set import Family, PolicySet
from .plan_changes import ChangedPlans, changed_plans
from .plans import Plans

_plans: Final[WeakKeyDictionary[PolicySet, Plans | ChangedPlans]] = WeakKeyDictionary()
_roots: Final[WeakKeyDictionary[Family, Plans]] = WeakKeyDictionary()
"""The latest whole plans among the sets of a family."""


def plans_of(policies: PolicySet) -> Plans | ChangedPlans:
    """Return the plans of a policy set, made when first asked for."""
    plans = _plans.get(policies)
    if plans is None:
        root = _roots.get(policies._family)
        plans = None if root is None else changed_plans(root, policies)
        if plans is None:
            plans = _roots[policies._family] = Plans(policies)
        _plans[policies] = plans
    return plans
