"""Input broken on purpose, in one place and by name."""
