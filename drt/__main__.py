"""`python -m drt`."""

from drt.cli.main import main

main(prog_name="drt")
