"""From the rules of a policy set to the response of one request.

    PolicySet ──► rules            one rule per static policy or link; a link shares its template's code
       │                           (`rules`)
       ▼
    kept_plans ──► Plans           per policy set, kept while the set lives; a set that differs in little
       │                           from one that has plans starts from those (`plan_changes`)
       ▼
    Plan (per action)              the rules whose action constraint holds (`plans`), in two parts:
       │
       ├── always                  no entity in the scope: evaluated for each request
       │      └──► Fused           up to 32 rules in one generated function, which returns their statuses
       │                           as one integer (`compiled_shapes`)
       └── index                   filed under the principal's or the resource's entity (`index`)
              └──► Shape           what is left of a rule once its entity is found; rules that differ in
                                   literals alone share one generated function (`compiled_shapes`)

    Server (per action and store)  `server`: starts with the interpreter and switches to generated code
       │                           for frequent requests
       │   principal ──► Side      what the index holds for an entity, in groups of equal status, made when
       │   resource  ──► Side      the entity is first asked about (`entity_side`)
       ▼
    serve(p, a, r, c)              one generated function (`server_code`):
                                     mask   = statuses of the fused rules
                                     groups = those of the two sides that fit each other
                                     hits   = groups whose function gives a status that is not false
       │
       ▼
    responses[mask, hits]          the response, combined once for each combination of statuses and then
                                   looked up (`response.combine`)

Under a schema the request's types are part of each key, and generated code leaves out the checks that the
types make unnecessary. Each step's law stands in the docstring of its module.
"""
