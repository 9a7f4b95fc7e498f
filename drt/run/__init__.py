"""A run: coordinator, supervisor, workers, the pipeline of findings, journal, log and summary."""
