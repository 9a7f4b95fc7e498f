"""What to try: mutually consistent schemas, entities, policies and requests, and near misses of them.

Every generator is a plain function over a `Source` (`choice`), so that a case is its sequence of choices.
Start with `scenarios.scenario(source, profile)`: it draws trees (`draw`), breaks some on purpose (`faults`)
and writes them (`printing`). `texts` draws text without a tree, `streams` mixes what a night tries,
`strategies` is the face for Hypothesis, and `language` is the table of operators that the rest derives from.
"""
