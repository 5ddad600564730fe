"""Learning from all rows: what ``fit`` and ``run`` share."""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

from forecast.cli.common import tell
from forecast.cli.progress import Progress
from forecast.cli.reading import remember_reading
from forecast.cli.source import Source, unread_columns
from forecast.wording import set_aside


def learn(forecaster: Any, name: str, source: Source, args: argparse.Namespace) -> None:
    """Fit a forecaster on all rows; tell how long that took and what came of it."""
    started = time.monotonic()
    interruptions = _fit(forecaster, name, source, args)
    # Not every forecaster has a horizon, but a forecast of any is by default as long as was said.
    forecaster.asked_horizon_ = source.horizon
    remember_reading(forecaster, source.marks, args)
    seconds = time.monotonic() - started
    others = forecaster._set_aside()
    if others:
        tell(args, set_aside(name, others))
    tell(args, "\n".join([f"learned in {seconds:.1f} s", *interruptions]))


def _fit(forecaster: Any, name: str, source: Source, args: argparse.Namespace) -> list[str]:
    """Fit a forecaster; return what a fit that has ended too early says of what it learned."""
    from forecast.exceptions import FitInterrupted, NotConverged

    features = source.X
    unread = unread_columns(forecaster, source)
    if not forecaster._reads_features:
        # Without them, nobody has to give them with later rows either.
        features = source.X[[]]
    if unread:
        what = "columns" if len(unread) == len(source.X.columns) else "columns not known ahead"
        verb = "is" if len(unread) == 1 else "are"
        tell(args, f"{name} reads no {what}: {', '.join(unread)} {verb} left out")
    with Progress(args), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FitInterrupted)
        warnings.simplefilter("always", NotConverged)
        forecaster.fit(features, source.y)
    early = FitInterrupted, NotConverged
    return [str(each.message) for each in caught if each.category in early]
