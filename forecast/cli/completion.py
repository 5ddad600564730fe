"""``forecast completion``: let a shell complete commands, options, models and files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forecast.cli.arguments import BEST, model, model_or_best, models
from forecast.cli.common import Parser, add_command
from forecast.cli.glossary import epilog
from forecast.presets import MODELS

_SHELLS = ("bash", "zsh", "fish")

# What is offered for arguments of these types.
_NAMES = {model: list(MODELS), model_or_best: [BEST, *MODELS], models: list(MODELS)}


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "print what lets a shell complete commands, options, models and files"
    examples = [
        "forecast completion bash > ~/.local/share/bash-completion/completions/forecast",
        "forecast completion zsh > ~/.zfunc/_forecast    # a folder of your $fpath",
        "forecast completion fish > ~/.config/fish/completions/forecast.fish",
    ]
    parser = add_command(commands, "completion", about, parents, epilog(examples))
    parser.add_argument("shell", choices=_SHELLS, help=" or ".join(_SHELLS))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the completion for a shell."""
    import shtab

    for action in _actions(args.root):
        if action.type in _NAMES:
            action.choices = _NAMES[action.type]
        elif action.type is Path or action.dest == "source":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(args.root, shell=args.shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a parser and of its subcommands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                yield from _actions(subparser)
