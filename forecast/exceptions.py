"""Warnings and errors of our own, to be caught by name from here.

An error of ours says that an input was refused; any other error that leaves the package is a fault
of the program.
"""

from __future__ import annotations


class FitInterrupted(UserWarning):
    """Ctrl-C has ended a training early: the estimator works, with the best it has learned."""


class RowsTakenAsFollowing(UserWarning):
    """Rows to predict that do not say their moments are taken for those after the training part."""


class NotConverged(UserWarning):
    """A search for the best parameters has ended before it found them."""


class Refusal(Exception):
    """An input was refused, in one sentence, with a remedy.

    Parameters
    ----------
    fault : str
        What is wrong, with the value, the row or the names; with its remedy where one sentence
        serves in Python and at the command line.
    remedy : str, default=""
        What to do in Python.
    flags : str, default=""
        What to do at the command line instead.

    Examples
    --------
    >>> error = InputError("2 rows are missing.", "Use regularize.", "Give --freq h.")
    >>> str(error)
    '2 rows are missing. Use regularize.'
    >>> error.at_command_line()
    '2 rows are missing. Give --freq h.'
    """

    def __init__(self, fault: str, remedy: str = "", flags: str = ""):
        # All three are kept as arguments: an error crosses processes by its arguments.
        super().__init__(fault, remedy, flags)

    def __str__(self) -> str:
        fault, remedy, _ = self.args
        return f"{fault} {remedy}".strip()

    def at_command_line(self) -> str:
        """Return the sentence with the remedy of the command line, where it has one."""
        fault, remedy, flags = self.args
        return f"{fault} {flags or remedy}".strip()

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
