"""`python -m drt`."""

from drt.cli import main

main(prog_name="drt")
