"""Rolling-origin backtests: many honest forecasts of the past, in one table.

The loop over models and origins. It knows nothing of how a forecaster works, and fills the
forecasts table.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from forecast.evaluation import metrics
from forecast.evaluation.origins import RollingOrigin, numbered
from forecast.evaluation.results import Backtest, quantile_name
from forecast.exceptions import FitInterrupted
from forecast.files import versions
from forecast.tables.frequency import infer_frequency
from forecast.tables.intake import moments_of, numbers_of
from forecast.validation import check, integer, optional

__all__ = ["backtest"]


def backtest(
    forecasters: Any,
    X: Any,
    y: Any = None,
    cv: RollingOrigin | None = None,
    refit: str | int = "never",
    quantiles: Sequence[float] = (),
    season_length: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Backtest:
    """Forecast from many origins of the past, as it would have been done then.

    Parameters
    ----------
    forecasters : forecaster, list of forecasters, or dict of name to forecaster
        Cloned, never changed. With ``refit="always"`` any scikit-learn regressor whose rows are
        moments will do, such as a pipeline that ends in a forecaster.
    X : array-like of shape (n_rows, n_features) or None
        What is known for each moment. With y missing, X is taken for y.
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
    cv : RollingOrigin, optional
        The origins; by default the last ten, one step ahead.
    refit : {"never", "always"} or int, default="never"
        Learn once, on the rows up to the first origin, and hindcast from all origins; learn anew at
        every origin; or at every k-th one.
    quantiles : sequence of floats between 0 and 1, default=()
        Quantiles to forecast beside the point.
    season_length : int, optional
        Of the seasonal naive errors that scale ``mase`` and ``rmsse``; by default that of the
        frequency.
    progress : callable, optional
        Called with the model's name, the origins done and the origins in all.

    Returns
    -------
    Backtest
        Series that begin after the last fit are not in it; ``settings["left_out"]`` names them.

    Raises
    ------
    ValueError
        If the table is too short for the origins, or a forecaster refuses it (its name is in the
        sentence).

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    >>> result = backtest(models, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], cv=RollingOrigin(horizon=2, origins=2))
    >>> result.scores()["mae"].to_dict()
    {'naive': 1.5, 'drift': 0.0}
    """
    if isinstance(y, RollingOrigin):
        raise TypeError(
            "the RollingOrigin stands in the place of y: write backtest(forecasters, y, cv=RollingOrigin(…))."
        )
    if y is None:
        X, y = None, X
    cv = RollingOrigin() if cv is None else cv
    if not isinstance(cv, RollingOrigin):
        raise TypeError(f"cv must be a RollingOrigin; got {cv!r}.")
    check(optional(integer(1)), season_length, "season_length")
    if refit not in ("never", "always"):
        check(integer(1), refit, "refit, unless 'never' or 'always',")
    models = _named(forecasters)
    table = _Table.of(X, y)
    cuts = cv.cuts(len(table.moments))
    every = len(cuts) if refit == "never" else 1 if refit == "always" else int(refit)
    season = season_length or infer_frequency(table.index).season_length
    parts, seconds = [], {}
    for name, model in models.items():
        started = time.perf_counter()
        if progress is not None:
            progress(name, 0, len(cuts))
        try:
            for at in range(0, len(cuts), every):
                parts.append(
                    _forecasts(
                        name, model, table, cuts[at : at + every], cv, np.asarray(quantiles, float)
                    )
                )
                if progress is not None:
                    progress(name, min(at + every, len(cuts)), len(cuts))
        except Exception as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{name}: {error}") from error
        seconds[name] = round(time.perf_counter() - started, 3)
    settings = {
        **{k: getattr(cv, k) for k in ("horizon", "origins", "gap", "window")},
        "step": cv.step or cv.horizon,
        "refit": refit,
        "season_length": season,
        "models": {name: " ".join(repr(model).split()) for name, model in models.items()},
        "seconds": seconds,
        "left_out": table.unseen(cuts[(len(cuts) - 1) // every * every][1]),
        "scales": table.scales(cuts[0][1], season),
        "data": table.digest(),
        "versions": versions(),
    }
    return Backtest(pd.concat(parts, ignore_index=True), settings)


def _named(forecasters: Any) -> dict[str, Any]:
    """Name the models: as given, or by their classes."""
    if isinstance(forecasters, Mapping):
        models = {str(name): model for name, model in forecasters.items()}
    else:
        listed = list(forecasters) if isinstance(forecasters, (list, tuple)) else [forecasters]
        models = {}
        for model in listed:
            name = type(model).__name__
            models[name if name not in models else f"{name} {len(models) + 1}"] = model
    for name, model in models.items():
        if isinstance(model, type) or not hasattr(model, "fit") or not hasattr(model, "predict"):
            raise TypeError(
                f"{name} must be a forecaster, an instance with fit and predict; got {model!r}."
            )
    if not models:
        raise ValueError("there is no forecaster: name at least one.")
    return models


@dataclass
class _Table:
    """The user's table with its moments numbered."""

    X: Any
    y: pd.DataFrame
    ndim: int
    index: pd.Index
    codes: np.ndarray  # (n_rows,) number of each row's moment
    moments: pd.Index
    series: np.ndarray  # (n_rows,) name of each row's series

    @classmethod
    def of(cls, X: Any, y: Any) -> _Table:
        values = numbers_of(y)
        if X is not None and len(X) != len(values):
            raise ValueError(
                f"X has {len(X)} rows and y has {len(values)}; both need one row per moment."
            )
        index = moments_of(X, y, len(values))
        X = X.set_axis(index, axis=0) if isinstance(X, pd.DataFrame) else X
        frame = pd.DataFrame(values.reshape(len(values), -1), index=index)
        named = isinstance(y, pd.Series) and y.name is not None
        frame.columns = (
            list(y.columns)
            if isinstance(y, pd.DataFrame)
            else [y.name if named else "y"] * frame.shape[1]
        )
        codes, moments = numbered(index)
        multi = isinstance(index, pd.MultiIndex)
        series = (
            index.get_level_values(0).astype(str).to_numpy() if multi else np.full(len(index), "")
        )
        return cls(X, frame, values.ndim, index, codes, moments, series)

    def rows(self, keep: np.ndarray) -> tuple[Any, Any]:
        """Return X and y of some rows."""
        X = (
            self.X
            if self.X is None
            else self.X.iloc[keep]
            if hasattr(self.X, "iloc")
            else np.asarray(self.X)[keep]
        )
        return X, self.y.iloc[keep] if self.ndim == 2 else self.y.iloc[keep, 0]

    def label(self, series: str, target: Any) -> str:
        """Name what is forecast: the series, the target, or both."""
        return "/".join(
            part
            for part in (series, str(target) if not series or self.y.shape[1] > 1 else "")
            if part
        )

    def unseen(self, cutoff: int) -> list[str]:
        """Return the series without a row up to the last cutoff: nothing can be learned of them."""
        return sorted(set(self.series) - set(self.series[self.codes <= cutoff]))

    def scales(self, cutoff: int, season: int) -> dict[str, tuple[float, float] | None]:
        """Return the mean absolute and squared seasonal naive error of each series up to the cutoff."""
        found: dict[str, tuple[float, float] | None] = {}
        for name in dict.fromkeys(self.series):
            rows = (self.series == name) & (self.codes <= cutoff)
            for k, target in enumerate(self.y.columns):
                try:
                    found[self.label(name, target)] = metrics.seasonal_scale(
                        self.y.iloc[rows, k].to_numpy(), season
                    )
                except ValueError:
                    found[self.label(name, target)] = None
        return found

    def digest(self) -> str:
        """Return a hash of the data: the same data give the same hash."""
        hashed = pd.util.hash_pandas_object(self.y).to_numpy()
        extra = (
            b""
            if self.X is None
            else np.ascontiguousarray(np.asarray(self.X, dtype=float)).tobytes()
        )
        return hashlib.sha256(hashed.tobytes() + extra).hexdigest()


def _forecasts(
    name: str,
    model: Any,
    table: _Table,
    cuts: list[tuple[int, int]],
    cv: RollingOrigin,
    quantiles: np.ndarray,
) -> pd.DataFrame:
    """Learn at the first of some origins and forecast from each: rows of the forecasts table."""
    first, cutoff = cuts[0]
    training = (table.codes >= first) & (table.codes <= cutoff)
    learned = _learned(model, *table.rows(training))
    reach = cv.gap + cv.horizon
    known = pd.Index(table.series).isin(pd.unique(table.series[training]))
    keep = np.flatnonzero(known & (table.codes <= cuts[-1][1] + reach))
    origins = np.flatnonzero(np.isin(table.codes[keep], [origin for _, origin in cuts]))
    places, ahead = _ahead(table, keep, origins, reach)
    X, y = table.rows(keep)
    y = y.copy()
    y[table.codes[keep] > cuts[-1][1]] = np.nan  # the future of the last origin is nobody's to see
    answer = np.full((len(origins), reach, table.y.shape[1], 1 + len(quantiles)), np.nan)
    if hasattr(learned, "hindcast"):
        steps = places.sum(axis=1)  # fewer than the horizon where a series ends early
        for n in np.unique(steps[steps > 0]):
            some = learned.hindcast(X, y, origins[steps == n], int(n), quantiles=tuple(quantiles))
            answer[steps == n, :n] = np.reshape(some, (-1, n, *answer.shape[2:]))
    elif len(cuts) > 1 or len(quantiles):
        raise ValueError(
            "it has no hindcast: use refit='always' and no quantiles, or a forecaster of this package."
        )
    else:
        answer[:] = _predicted(learned, table, keep, ahead, places)
    return _long(name, table, keep, origins, places, ahead, answer, cv.gap, quantiles)


def _learned(model: Any, X: Any, y: Any) -> Any:
    """Fit a copy; Ctrl-C ends the backtest, since the score of a half-learned model would be no one's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitInterrupted)
        try:
            return clone(model).fit(X, y)
        except FitInterrupted as stopped:
            raise KeyboardInterrupt from stopped


def _ahead(
    table: _Table, keep: np.ndarray, origins: np.ndarray, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows that follow each origin in its series: whether they exist, and where; (origins, reach) each."""
    order = np.lexsort((table.codes[keep], table.series[keep]))
    place = np.empty(len(keep), dtype=np.intp)
    place[order] = np.arange(len(keep))
    wanted = place[origins][:, None] + np.arange(1, reach + 1)
    inside = np.minimum(wanted, len(keep) - 1)
    rows = order[inside]
    exists = (wanted < len(keep)) & (
        table.series[keep][rows] == table.series[keep][origins][:, None]
    )
    return exists, rows


def _predicted(
    model: Any, table: _Table, keep: np.ndarray, rows: np.ndarray, exists: np.ndarray
) -> np.ndarray:
    """Ask a plain regressor for the rows after the only origin."""
    X, _ = table.rows(keep)
    asked = rows[exists]
    values = np.full((*rows.shape, table.y.shape[1]), np.nan)
    frame = (
        pd.DataFrame(index=table.index[keep][asked]) if X is None else table.rows(keep[asked])[0]
    )
    values[exists] = np.reshape(model.predict(frame), (len(asked), -1))
    return values[..., None]


def _long(
    name: str,
    table: _Table,
    keep: np.ndarray,
    origins: np.ndarray,
    exists: np.ndarray,
    rows: np.ndarray,
    answer: np.ndarray,
    gap: int,
    quantiles: np.ndarray,
) -> pd.DataFrame:
    """Lay out answers (origins, steps, targets, 1 + quantiles) as rows of the forecasts table."""
    times = table.moments[table.codes[keep]]
    exists = exists & (np.arange(exists.shape[1]) >= gap)
    o, h = np.nonzero(exists)
    parts = []
    for k, target in enumerate(table.y.columns):
        columns = {
            "model": name,
            "series": [table.label(s, target) for s in table.series[keep][origins[o]]],
            "origin": times[origins[o]],
            "step": h + 1,
            "timestamp": times[rows[o, h]],
            "actual": table.y.iloc[:, k].to_numpy()[keep][rows[o, h]],
            "forecast": answer[o, h, k, 0],
        }
        columns |= {quantile_name(q): answer[o, h, k, 1 + i] for i, q in enumerate(quantiles)}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
