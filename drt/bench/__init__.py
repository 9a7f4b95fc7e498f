"""The benchmark: workloads drawn from fixed seeds, contestants that answer them, figures with limits."""
