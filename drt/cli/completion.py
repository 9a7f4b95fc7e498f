"""`drt completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  eval "$(drt completion bash)"           in ~/.bashrc
    zsh:   eval "$(drt completion zsh)"            in ~/.zshrc
    fish:  drt completion fish > ~/.config/fish/completions/drt.fish
    """  # noqa: D301 (`\\b` is for click)
    root = ctx.find_root()
    made = get_completion_class(shell)
    assert made is not None
    # Not `made(…).source()` of bash: that starts bash to ask for its version.
    complete = made(root.command, {}, "drt", "_DRT_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())
