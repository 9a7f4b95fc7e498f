"""One law a function: from a case and the engines to what was compared and what diverged."""
