"""Whether intervals hold what they claim, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from forecast.evaluation.distributions import coverage
from forecast.evaluation.results import Backtest
from forecast.figures.fans import CentralInterval
from forecast.figures.reliability import chance
from forecast.wording import counted, number


def shares_inside(result: Backtest, intervals: Sequence[CentralInterval]) -> dict[str, list[float]]:
    """Return which share of the actual values lay inside each interval of each model."""
    parts = result.forecasts.groupby("model", sort=False, observed=True)
    return {
        str(name): [coverage(part["actual"], part[i.lower], part[i.upper]) for i in intervals]
        for name, part in parts
    }


def calibration_in_words(
    result: Backtest, share: float, widest: CentralInterval, shown: str
) -> str:
    """Say of the widest interval of a model whether it holds what it claims."""
    if math.isnan(share):
        return f"{shown} has no interval beside an actual value."
    known = result.forecasts.dropna(subset=["actual"])
    known = known[known["model"] == shown]
    n_origins = known["origin"].nunique()
    # The steps after an origin, and all series, tell much the same: the origins are what counts.
    lower, upper = chance(np.array(widest.coverage), n_origins)
    if share < lower:
        verdict = "the interval is too narrow"
    elif share > upper:
        verdict = "the interval is wider than it needs to be"
    else:
        verdict = "the interval holds what it claims"
    return (
        f"{share:.1%} of {number(len(known), 0)} actual values lay inside the {widest.percent} "
        f"interval of {shown}: {verdict}, as far as {counted(n_origins, 'origin')} can tell. "
        f"Chance alone would leave {lower:.1%} to {upper:.1%}."
    )
