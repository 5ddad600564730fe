"""A bar on stderr that shows how far models and networks are."""

from __future__ import annotations

import argparse
import logging
import sys
import time

_WIDTH = 24  # characters of the bar


class Progress(logging.Handler):
    """Show how many origins a model has answered, and how many epochs a network has learned.

    Networks log their epochs: the bar takes the place of their log. Where stderr is no terminal
    nothing is shown.
    """

    def __init__(self, args: argparse.Namespace):
        super().__init__()
        self.shown = sys.stderr.isatty() and not args.quiet
        self.started = time.monotonic()
        training = logging.getLogger("forecast.recurrent.training")
        training.handlers[:] = [self]
        training.propagate = False
        training.setLevel(logging.INFO if self.shown else logging.WARNING)

    def step(self, name: str, done: int, total: int) -> None:
        """Show how far a model is."""
        self._draw(name, done, total, "origins")

    def emit(self, record: logging.LogRecord) -> None:
        """Show how far a network is."""
        if isinstance(record.args, tuple):
            done, total, losses = record.args
            self._draw("training", int(str(done)), int(str(total)), f"epochs, {losses}")

    def _draw(self, name: str, done: int, total: int, what: str) -> None:
        """Draw the bar over the last one; a full bar stays."""
        if not self.shown:
            return
        filled = _WIDTH * done // total
        bar = "█" * filled + "·" * (_WIDTH - filled)
        seconds = time.monotonic() - self.started
        # The sequence ESC [ K clears what a longer line before has left.
        sys.stderr.write(f"\r{name:10s} {bar} {done}/{total} {what}, {seconds:.0f} s \x1b[K")
        if done == total:
            sys.stderr.write("\n")
        sys.stderr.flush()
