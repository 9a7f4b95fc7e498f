"""`drt cedar`: a stand-in for the `cedar` command in scripts (spec 12).

Commands, flags, files, exit codes and streams are those of `cedar`, also where the commands of `drt` have
others: results and errors go to standard output, and `-f` chooses how errors are laid out.
"""

from __future__ import annotations

from drt.cli.cedar.command import command, main

__all__ = ["command", "main"]
