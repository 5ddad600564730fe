"""Warnings and errors of our own, to be caught by name from here.

An error of ours says that an input was refused; any other error that leaves the package is a fault
of the program.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any


class FitInterrupted(UserWarning):
    """Ctrl-C has ended a training early: the estimator works, with the best it has learned."""


class RowsTakenAsFollowing(UserWarning):
    """Rows to predict that do not say their moments are taken for those after the training part."""


class NotConverged(UserWarning):
    """A search for the best parameters has ended before it found them."""


class Remedy:
    """What to give: keywords in Python, flags at the command line.

    Parameters
    ----------
    sentence : str
        With {} in the place of each group of options.
    *options : dict
        The options of each group and their values: True for a switch, None where the value is open.

    Examples
    --------
    >>> remedy = Remedy("Give {}, or {}.", {"freq": "h", "fill": True}, {"series": ["a", "b"]})
    >>> str(remedy)
    "Give freq='h', fill=True, or series=['a', 'b']."
    >>> remedy.at_command_line()
    'Give --freq h --fill, or --series a,b.'
    """

    def __init__(self, sentence: str, *options: Mapping[str, Any]):
        self.sentence = sentence
        self.options = options

    def __str__(self) -> str:
        groups = [", ".join(map(_keyword, group, group.values())) for group in self.options]
        return self.sentence.format(*groups)

    def at_command_line(self) -> str:
        """Return the sentence with flags in it."""
        groups = [" ".join(map(_flag, group, group.values())) for group in self.options]
        return self.sentence.format(*groups)


def _keyword(name: str, value: Any) -> str:
    """Write an option as an argument of a function."""
    return f"{name}=…" if value is None else f"{name}={value!r}"


def _flag(name: str, value: Any) -> str:
    """Write an option for a shell."""
    flag = f"--{name.replace('_', '-')}"
    if value is None or value is True:
        return flag
    text = value if isinstance(value, str) else ",".join(value)
    # What begins like a flag is joined to its own.
    joint = "=" if text.startswith("-") else " "
    return f"{flag}{joint}{shlex.quote(text)}"


class Refusal(Exception):
    """An input was refused, in one sentence, with a remedy.

    Parameters
    ----------
    fault : str
        What is wrong, with the value, the row or the names; with its remedy where one sentence
        serves in Python and at the command line.
    remedy : str or Remedy, default=""
        What to do in Python; a `Remedy` says it for the command line as well.
    flags : str or Remedy, default=""
        What to do at the command line instead, or where a file is read.

    Examples
    --------
    >>> flags = Remedy("Give {}.", {"freq": "h"})
    >>> error = InputError("2 rows are missing.", "Use regularize.", flags)
    >>> str(error)
    '2 rows are missing. Use regularize.'
    >>> error.at_command_line()
    '2 rows are missing. Give --freq h.'
    """

    def __init__(self, fault: str, remedy: str | Remedy = "", flags: str | Remedy = ""):
        # All three are kept as arguments: an error crosses processes by its arguments.
        super().__init__(fault, remedy, flags)

    def __str__(self) -> str:
        fault, remedy, _ = self.args
        return f"{fault} {remedy}".strip()

    def at_command_line(self) -> str:
        """Return the sentence with the remedy of the command line, where it has one."""
        fault, remedy, flags = self.args
        said = flags or remedy
        if isinstance(said, Remedy):
            said = said.at_command_line()
        return f"{fault} {said}".strip()

    def within(self, place: str) -> Refusal:
        """Return the same refusal with the place where it happened, such as a file, before it."""
        fault, remedy, flags = self.args
        return type(self)(f"{place}: {fault}", remedy, flags)


class InputError(Refusal, ValueError):
    """A value that was refused."""


class InputTypeError(Refusal, TypeError):
    """A value of a type that was refused."""


class MissingPackageError(Refusal, ImportError):
    """An optional package that is not installed."""
