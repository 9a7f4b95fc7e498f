"""Replay of saved cases, bisection, and the shell commands that reproduce a case."""
