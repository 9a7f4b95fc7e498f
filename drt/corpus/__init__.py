"""The corpus on disk: store, check, merge, prune, statistics, known findings."""
