"""Contestants of the benchmark: each module prepares one engine for a workload and calls it."""
