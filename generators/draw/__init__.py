"""Well-formed input as trees: schemas, entities, policies, requests, and all that they are drawn from."""
