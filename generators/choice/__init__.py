"""Sources of a generator's decisions: sources of choices, profiles, swarm masks."""
