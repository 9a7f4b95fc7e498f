"""pycasbin in its fastest way for direct grants: `FastEnforcer`, with policies kept by subject and object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casbin import FastEnforcer
from casbin.model import FastModel

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.contestants.direct_grants import Triple, asked, grants_of
from drt.bench.workload import Workload

_MODEL = """
[request_definition]
r = sub, act, obj
[policy_definition]
p = sub, act, obj
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act && r.obj == p.obj
"""
_SUBJECT_AND_OBJECT = (0, 2)


@dataclass(frozen=True, slots=True)
class Casbin:
    """pycasbin, which gives its decision and no more."""

    name: str = "casbin"

    def prepare(self, workload: Workload) -> Prepared:
        model = FastModel(_SUBJECT_AND_OBJECT)
        model.load_model_from_text(_MODEL)
        enforcer = FastEnforcer(model, cache_key_order=_SUBJECT_AND_OBJECT)
        enforcer.add_policies([list(each) for each in set(grants_of(workload))])
        enforce: Callable[..., bool] = enforcer.enforce

        def ask(question: Triple) -> bool:
            return enforce(*question)

        return Prepared(ask, [asked(each) for each in workload.requests], _read)


def _read(allowed: bool) -> Answer:
    return Answer("allow" if allowed else "deny")
