"""How far the work is, on stderr: a bar at a terminal, or a line a minute where one asks for it."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import Any

_SECONDS = 60  # between two lines
_BAR = "{desc:10} {bar:24} {n_fmt}/{total_fmt} {unit}, {elapsed} gone, {remaining} left{postfix}"
_LINE = "{desc}: {n_fmt} of {total_fmt} {unit}, {elapsed} gone, {remaining} left{postfix}"


class Progress(logging.Handler):
    """Show how many parts of a backtest are made, and how many epochs a network has learned.

    Networks log their epochs: the bar takes the place of their log. Where stderr is no terminal
    nothing is shown, unless --log asks for lines.
    """

    def __init__(self, args: argparse.Namespace):
        super().__init__()
        self._is_log = bool(getattr(args, "log", False))
        self._is_shown = (self._is_log or sys.stderr.isatty()) and not args.quiet
        self._bar: Any = None
        self._training = logging.getLogger("forecast.recurrent.training")
        self._before = self._training.handlers[:], self._training.propagate, self._training.level

    def __enter__(self) -> Progress:
        """Begin to show."""
        self._training.handlers[:] = [self]
        self._training.propagate = False
        self._training.setLevel(logging.INFO if self._is_shown else logging.WARNING)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it is, and go on below it; the log is as it was."""
        handlers, propagate, level = self._before
        self._training.handlers[:] = handlers
        self._training.propagate = propagate
        self._training.setLevel(level)
        if self._bar is not None:
            self._bar.close()

    def step(self, model: str, done: int, total: int) -> None:
        """Show how many parts there are, and which model is at work."""
        self._show(model, done, total, "parts")

    def emit(self, record: logging.LogRecord) -> None:
        """Show how far a network is."""
        if not isinstance(record.args, tuple):
            return
        done, total, losses = record.args
        if self._bar is not None and self._bar.unit == "parts":
            self._bar.set_postfix_str(f"epoch {done} of {total}, {losses}")
            return
        self._show("training", int(str(done)), int(str(total)), "epochs", str(losses))

    def _show(self, what: str, done: int, total: int, unit: str, further: str = "") -> None:
        """Move the bar, which is made at the first call; a full one stays, and the next begins."""
        if not self._is_shown:
            return
        if self._bar is None:
            self._bar = _begun(what, done, total, unit, self._is_log)
        self._bar.set_description_str(what, refresh=False)
        self._bar.set_postfix_str(further, refresh=False)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()
            self._bar = None


def _begun(what: str, done: int, total: int, unit: str, is_log: bool) -> Any:
    """Return a new bar."""
    from tqdm import tqdm

    # The time left follows from all parts so far: one model takes longer than another.
    settings: Any = {"desc": what, "total": total, "initial": done, "unit": unit, "smoothing": 0}
    if is_log:
        return tqdm(**settings, file=_Lines(), bar_format=_LINE, mininterval=_SECONDS, miniters=1)
    return tqdm(**settings, file=sys.stderr, bar_format=_BAR)


class _Lines:
    """Stderr for a bar that is not drawn over and over: a line for each."""

    def write(self, text: str) -> None:
        """Write a line if there is something in it."""
        line = text.strip()
        if line:
            sys.stderr.write(f"{line}\n")

    def flush(self) -> None:
        """Let the line be seen."""
        sys.stderr.flush()
