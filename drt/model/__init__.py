"""The vocabulary of the harness: cases, outcomes, questions, divergences, and their files and JSON."""
