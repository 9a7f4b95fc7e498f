"""Partial evaluation, permission queries and batched authorization (spec 09). Read `evaluator` first.

`typed` makes typed expressions of policies, `evaluator` rewrites them, `response` draws the conclusions;
`queries` and `batched` stand on these. `request`, `store` and the readers check what comes in.
"""
