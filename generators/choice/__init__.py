"""Where the decisions of a generator come from: sources of choices, profiles, swarm masks."""
