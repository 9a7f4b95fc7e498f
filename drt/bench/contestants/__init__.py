"""Who is measured: each module prepares one engine for a workload and asks it in the engine's own way."""
