"""Whether forecasts that are made day by day still do as they did in the backtest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecast.evaluation.betting import (
    evidence_of_larger_losses,
    evidence_of_low_shares,
    pool_size,
    pooled,
)
from forecast.evaluation.comparable import apart, comparable, complete_and_apart
from forecast.evaluation.losses import is_inside
from forecast.evaluation.results import Backtest, quantile_columns
from forecast.evaluation.scoring import ROOTS
from forecast.exceptions import InputError
from forecast.validation import check, nearest, number
from forecast.wording import counted, decimals_of
from forecast.wording import number as written

__all__ = ["monitor"]

# What is said of each kind of evidence.
_FAULTS = {
    "larger_errors": "errors are larger than in the backtest",
    "low_coverage": "intervals hold less than they did",
}
_FEWEST = 5  # origins of a backtest among which a rank says something


@dataclass(frozen=True)
class Monitoring:
    """What a look at the forecasts that were made has found.

    Parameters
    ----------
    looks : DataFrame
        A row for each forecast that was judged, in the order of time: ``looked`` (when its last
        actual came), ``forecasts`` (judged up to then), their mean loss under the name of the
        metric, ``coverage`` (share of actuals in their intervals), ``larger_errors`` and
        ``low_coverage`` (the evidence of each, see `monitor`).
    metric : str
    expected : float
        The mean loss of the backtest.
    claimed : float or None
        The coverage that the intervals claim; None where there are none.
    reached : float or None
        The coverage of the backtest.
    alpha : float
    notes : list of str
        What was left out, and why.
    """

    looks: pd.DataFrame
    metric: str
    expected: float
    claimed: float | None
    reached: float | None
    alpha: float
    notes: list[str]

    @property
    def needed(self) -> float:
        """The evidence that raises an alarm: the level is shared by the tests."""
        return (1 if self.claimed is None else 2) / self.alpha

    @property
    def alarms(self) -> dict[str, Any]:
        """When each kind of evidence reached what raises an alarm, for those that did."""
        found = {}
        for kind in self._kinds():
            raised = self.looks["looked"][self.looks[kind] >= self.needed]
            if len(raised):
                found[kind] = raised.iloc[0]
        return found

    @property
    def alarm(self) -> bool:
        """Whether errors or coverage are no longer those of the backtest."""
        return bool(self.alarms)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if not len(self.looks):
            return "No forecast can be judged yet: none has all of its actuals."
        facts = ", ".join(self._facts())
        if self.alarm:
            found = [f"{_FAULTS[kind]} since {_day(when)}" for kind, when in self.alarms.items()]
            return f"Alarm: {', and '.join(found)} ({facts})."
        kinds = self._kinds()
        holds = "Errors and coverage are" if len(kinds) == 2 else "Errors are"
        evidence = " and ".join(evidence_text(self.looks[kind].iloc[-1]) for kind in kinds)
        return (
            f"{holds} those of the backtest ({facts}). The evidence against it is {evidence}; "
            f"{self.needed:g} raises an alarm."
        )

    def _kinds(self) -> list[str]:
        """Return the kinds of evidence: without intervals there is none of their coverage."""
        return [kind for kind in _FAULTS if kind in self.looks]

    def _facts(self) -> list[str]:
        """Say what was counted, beside what the backtest had."""
        last = self.looks.iloc[-1]
        errors = pd.Series([last[self.metric], self.expected])
        now, then = (written(value, decimals_of(errors)) for value in errors)
        facts = [counted(int(last["forecasts"]), "forecast"), f"{self.metric} {now} against {then}"]
        if self.claimed is not None:
            facts.append(f"coverage {last['coverage']:.3f} where {self.claimed:g} is claimed")
        return facts


def monitor(
    backtest: Backtest,
    record: pd.DataFrame,
    model: str | None = None,
    metric: str = "mae",
    alpha: float = 0.05,
) -> Monitoring:
    """Tell whether the errors and the coverage of forecasts are still those of a backtest.

    Made to be looked at whenever a forecast has all of its actuals, every day or once a year: if
    nothing has changed, an alarm is ever raised with a probability of at most `alpha`. Evidence is
    the capital of who bets against it, which is ever larger than 1 / level with a probability of at
    most that level; the two kinds share alpha.

    - **larger_errors**: each new loss is ranked among those of the backtest and the new ones before
      it. If all are of one kind, each rank is as probable as any other.
    - **low_coverage**: the share of actuals in the intervals is bet to be lower than claimed, or
      than in the backtest if it was lower there.

    Only forecasts that do not overlap are counted, in the backtest as well as since: the earliest,
    then the next one that begins at its end or later. Where the losses of the backtest hang
    together from one origin to the next, means of neighbours are taken in their place. Nothing is
    said of errors that have become smaller, and of intervals that hold more than they claim.

    Parameters
    ----------
    backtest : Backtest
        Of at least five origins whose horizons do not overlap.
    record : DataFrame
        The forecasts that were made and what came, as `track_record` lays them out.
    model : str, optional
        The model of the backtest that has made them; needed where it has several.
    metric : str, default="mae"
        A loss, as in `Backtest.losses`.
    alpha : float between 0 and 1, default=0.05

    Returns
    -------
    Monitoring
        ``alarm``, ``sentence``, and ``looks``, a row for each forecast that was judged.

    Raises
    ------
    ValueError
        If the model or the metric is unknown, the backtest has too few origins, or no forecast was
        made after its end.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest, monitor, track_record
    >>> steps = np.random.default_rng(0).normal(size=60)
    >>> steps[45:] *= 5  # the world becomes wilder
    >>> y = pd.Series(np.cumsum(steps), pd.date_range("2024-01-01", periods=60), name="y")
    >>> result = backtest(NaiveForecaster(), y[:40], cv=RollingOrigin(horizon=1, origins=30))
    >>> made = {f"day {n}": NaiveForecaster().fit(y[:n]).forecast(1) for n in range(40, 60)}
    >>> found = monitor(result, track_record(made, y))
    >>> found.alarm, found.alarms["larger_errors"].date().isoformat()
    (True, '2024-02-16')
    """
    check(number(0, 1), alpha, "alpha")
    before = _of_model(backtest, model)
    since, notes = comparable(record, before)
    before = apart(before[before["step"].isin(since["step"].unique())])
    since, further = complete_and_apart(since)
    looks = _looks(since)

    # Errors: the losses of the backtest and those since, each of a whole forecast.
    scales = backtest.settings.get("scales", {})
    ordinary = _losses(before, scales, metric)
    losses = _losses(since, scales, metric)
    looks[metric] = losses.expanding().mean()
    looks["larger_errors"] = _evidence_of_errors(ordinary.to_numpy(), losses.to_numpy())
    expected = ordinary.mean()
    if metric in ROOTS:
        looks[metric], expected = np.sqrt(looks[metric]), np.sqrt(expected)

    # Coverage: the share of actuals that the intervals of each forecast held.
    bounds = quantile_columns(record)
    claimed = reached = None
    if bounds:
        claimed = round(max(bounds) - min(bounds), 10)
        shares = _shares(since, bounds)
        ordinary = _shares(before, bounds)
        reached = float(ordinary.mean()) if len(ordinary) else None
        looks["coverage"] = shares.expanding().mean()
        looks["low_coverage"] = _evidence_of_coverage(ordinary, shares, claimed)
    found = looks.reset_index(drop=True)
    return Monitoring(found, metric, float(expected), claimed, reached, alpha, [*notes, *further])


def evidence_text(evidence: float) -> str:
    """Write evidence with two digits, and beyond a million no more than that it is."""
    if evidence >= 1e6:
        return "over a million"
    return f"{evidence:.2g}" if evidence < 10 else written(float(f"{evidence:.2g}"), 0)


def _day(moment: Any) -> str:
    """Write a moment, a midnight as its day."""
    return str(moment).removesuffix(" 00:00:00")


def _of_model(backtest: Backtest, model: str | None) -> pd.DataFrame:
    """Return the forecasts of the model that is monitored."""
    table = backtest.forecasts
    models = list(map(str, table["model"].unique()))
    if model is None and len(models) > 1:
        raise InputError(
            f"the backtest has several models ({', '.join(models)}).",
            "Name the one that has made the forecasts: model=….",
            "Name the one that has made the forecasts with --model.",
        )
    if model is not None and model not in models:
        raise InputError(f"the backtest has no model {model!r}; {nearest(model, models)}.")
    chosen = table[table["model"].astype(str) == (model or models[0])]
    return chosen.assign(model=model or models[0], series=chosen["series"].astype(str))


def _looks(since: pd.DataFrame) -> pd.DataFrame:
    """Return when each forecast could be judged, and how many were by then."""
    ends = since.groupby("origin")["timestamp"].max()
    return pd.DataFrame({"looked": ends, "forecasts": np.arange(1, len(ends) + 1)})


def _losses(table: pd.DataFrame, scales: dict[str, Any], metric: str) -> pd.Series:
    """Return the mean loss of each forecast, in the order of time."""
    if table.empty:
        return pd.Series(dtype=float)
    losses = Backtest(table, {"scales": scales}).losses(metric)
    return losses.iloc[:, 0].dropna().sort_index()


def _shares(table: pd.DataFrame, bounds: dict[float, str]) -> pd.Series:
    """Return the share of actuals in the interval of each forecast; none without intervals."""
    low, high = bounds[min(bounds)], bounds[max(bounds)]
    if low not in table or high not in table:
        return pd.Series(dtype=float)
    is_held = is_inside(*(table[name].to_numpy(np.float64) for name in ("actual", low, high)))
    return pd.Series(is_held, table.index).groupby(table["origin"]).mean().dropna()


def _evidence_of_errors(before: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Return after each forecast the evidence that losses have grown."""
    size = pool_size(before)
    ordinary = pooled(before, size)
    if len(ordinary) < _FEWEST:
        raise InputError(
            f"the backtest has {counted(len(before), 'origin')} whose horizons do not overlap, "
            f"but at least {_FEWEST} are needed.",
            "Backtest with more origins.",
            "Backtest with more --origins.",
        )
    evidence = evidence_of_larger_losses(ordinary, pooled(since, size))
    return _at_each(evidence, size, len(since))


def _evidence_of_coverage(before: pd.Series, since: pd.Series, claimed: float) -> np.ndarray:
    """Return after each forecast the evidence that its intervals hold less than they should."""
    # Of a backtest in which they held less, no more can be expected.
    least = min(claimed, float(before.mean())) if len(before) else claimed
    size = pool_size(before.to_numpy())
    evidence = evidence_of_low_shares(pooled(since.to_numpy(), size), least)
    return _at_each(evidence, size, len(since))


def _at_each(evidence: np.ndarray, size: int, n: int) -> np.ndarray:
    """Return the evidence after each of n forecasts, of which `size` make a bet."""
    n_bets = np.arange(1, n + 1) // size
    return np.concatenate([[1.0], evidence])[n_bets]
