"""What to try: mutually consistent schemas, entities, policies and requests, and near misses of them.

Every generator is a plain function over a `Source`. Start with `scenarios.scenario(source, profile)`; then
`schemas`, `entities`, `policies` (with `focus`, `terms`, `comparisons`, `atoms`, `conditions`) and
`requests` in the order they draw; `printing`, `policy_json`, `schema_printing` and `data_json` write the
texts. On purpose broken: `misfits`, `breaks`, `error_forms` (over `operands`), `type_errors`,
`unfit_scopes`, `tree_mutation`, `mutations`. Schemas in parts: `fragments`, `link_errors`,
`external_slips`. Texts that mislead: `scripts`, `script_places`. Hypothesis users start with `strategies`.
"""
