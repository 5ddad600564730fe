"""Rolling-origin backtests: many honest forecasts of the past, in one table.

The table has a row for each model, series, origin and step; scores, plots and files are made of it and of nothing else.
Long because the cuts, the loop over origins and the table they fill are one story, told method by method.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from forecast import metrics
from forecast.forecaster import FitInterrupted, moments_of, numbers_of
from forecast.persistence import versions, write_beside
from forecast.significance import Ranking, diebold_mariano, fewest_origins, friedman_nemenyi, holm
from forecast.timeline import infer_frequency
from forecast.validation import Rule, check, check_parameters, integer, nearest, number, one_of, optional

__all__ = ["Backtest", "RollingOrigin", "backtest"]

_SCHEMA = 1
_COLUMNS = ["model", "series", "origin", "step", "timestamp", "actual", "forecast"]
ROOTS = ("rmse", "rmsse")  # scores whose squares are means of a loss
_NOT_LOSSES = ("bias", "coverage", "width")  # scores of which less is not better


class RollingOrigin(BaseEstimator):
    """Cut a table at the last origins in time: rows up to the origin to learn from, the next `horizon` to forecast.

    A scikit-learn splitter, and the cuts of `backtest`. It cuts by the moments of the index, for all series at the
    same moment, so it is right for a table of many series too.

    Parameters
    ----------
    horizon : int, default=1
        Steps to forecast from each origin.
    origins : int, default=10
        How many origins; the last one has just `horizon` rows after it (and the gap).
    step : int, optional
        Rows from one origin to the next; by default the horizon.
    gap : int, default=0
        Rows between the origin and the first row to forecast.
    window : {"expanding", "sliding"}, default="expanding"
        Whether the training part begins with the table or is always as long as that of the first origin.

    References
    ----------
    .. [1] Tashman (2000), Int. J. Forecasting 16(4), 437-450.

    Examples
    --------
    >>> import numpy as np
    >>> for train, test in RollingOrigin(horizon=2, origins=3).split(np.zeros((9, 1))):
    ...     print(train, test)
    [0 1 2] [3 4]
    [0 1 2 3 4] [5 6]
    [0 1 2 3 4 5 6] [7 8]
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "horizon": integer(1),
        "origins": integer(1),
        "step": optional(integer(1)),
        "gap": integer(0),
        "window": one_of("expanding", "sliding"),
    }

    def __init__(
        self,
        horizon: int = 1,
        origins: int = 10,
        step: int | None = None,
        gap: int = 0,
        window: str = "expanding",
    ):
        self.horizon = horizon
        self.origins = origins
        self.step = step
        self.gap = gap
        self.window = window

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to learn from and the rows to forecast, origin after origin.

        Parameters
        ----------
        X : array-like or frame of n_rows
            Its index says the moments; without one, each row is a moment.
        y, groups : ignored, but for the index of y where X has none

        Yields
        ------
        train, test : arrays of row positions
        """
        index = moments_of(X, y, len(X if X is not None else y))
        codes, times = _numbered(index)
        series = (
            pd.factorize(index.get_level_values(0))[0] if isinstance(index, pd.MultiIndex) else np.zeros(len(index))
        )
        for first, origin in self.cuts(len(times)):
            ahead, train = codes - origin - self.gap, np.flatnonzero((codes >= first) & (codes <= origin))
            begun = np.isin(series, np.unique(series[train]))  # nothing is known of a series that begins later
            yield train, np.flatnonzero((ahead > 0) & (ahead <= self.horizon) & begun)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of origins.

        Parameters
        ----------
        X, y, groups : ignored

        Returns
        -------
        int
        """
        return self.origins

    def cuts(self, n: int) -> list[tuple[int, int]]:
        """Return where the training parts begin and end.

        Parameters
        ----------
        n : int
            The number of moments in the table.

        Returns
        -------
        list of (first, origin)
            The number of the first and of the last moment of each training part.

        Raises
        ------
        ValueError
            If the table is too short for the origins.
        """
        check_parameters(self, self._rules)
        step = self.step or self.horizon
        last = n - 1 - self.gap - self.horizon
        first = last - step * (self.origins - 1)
        if first < 0:
            need = self.horizon + self.gap + step * (self.origins - 1) + 1
            raise ValueError(
                f"the table has {n} moments; {self.origins} origins with horizon={self.horizon}, step={step} and "
                f"gap={self.gap} need at least {need} and some more to learn from. Ask for fewer origins."
            )
        starts = [0 if self.window == "expanding" else o - first for o in range(first, last + 1, step)]
        return list(zip(starts, range(first, last + 1, step), strict=True))


def _numbered(index: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Return the number of each row's moment, in time, and the moments."""
    times = index.get_level_values(1) if isinstance(index, pd.MultiIndex) else index
    codes, moments = pd.factorize(times, sort=True)
    return codes, pd.Index(moments)


@dataclass
class Backtest:
    """The result of a backtest: the forecasts table and what it takes to read it.

    Parameters
    ----------
    forecasts : DataFrame
        Columns model, series, origin, step, timestamp, actual, forecast and one per quantile, such as ``q0.05``.
    settings : dict
        Horizon, origins, models, versions, seconds per model, the scale of each series, a hash of the data.

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> result = backtest(NaiveForecaster(), [1.0, 2.0, 4.0, 7.0, 11.0], cv=RollingOrigin(horizon=1, origins=2))
    >>> result.forecasts[["origin", "timestamp", "actual", "forecast"]]
       origin  timestamp  actual  forecast
    0       2          3     7.0       4.0
    1       3          4    11.0       7.0
    >>> result.scores()["mae"]
    model
    NaiveForecaster    3.5
    Name: mae, dtype: float64
    """

    forecasts: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def quantiles(self) -> list[float]:
        """The quantiles in the table."""
        return [float(name[1:]) for name in self.forecasts.columns if name not in _COLUMNS]

    def scores(self, by: str | None = None) -> pd.DataFrame:
        """Score each model.

        Parameters
        ----------
        by : {None, "step", "series", "origin"}, default=None
            Over everything, or for each step, series or origin apart.

        Returns
        -------
        DataFrame
            Rows: models (in the order given), with `by` a second level. Columns: ``mae``, ``rmse`` and ``bias`` in
            the unit of the series, ``mase``, ``rmsse``, ``smape`` (percent) and, with quantiles, ``pinball``; with two
            or more ``coverage`` (share of actuals between the lowest and the highest quantile) and ``width`` (mean
            distance between both); with three or more ``crps``. ``mase`` and ``rmsse`` are in units of the seasonal
            naive errors before the first origin; NaN for a series that is constant there.

        Raises
        ------
        ValueError
            If `by` is unknown.
        """
        if by not in (None, "step", "series", "origin"):
            raise ValueError(f"by must be None, 'step', 'series' or 'origin'; got {by!r}.")
        keys = ["model"] if by is None else ["model", by]
        groups = self.forecasts.groupby(keys, sort=False, observed=True)
        scored = [(key if isinstance(key, tuple) else (key,), self._score(part)) for key, part in groups]
        models = [key[0] for key, _ in scored]
        index = (
            pd.MultiIndex.from_tuples([key for key, _ in scored], names=keys) if by else pd.Index(models, name="model")
        )
        return pd.DataFrame([scores for _, scores in scored], index=index)

    def _score(self, part: pd.DataFrame) -> dict[str, float]:
        actual, forecast = part["actual"].to_numpy(), part["forecast"].to_numpy()
        scales = self.settings.get("scales", {})
        scale = np.array([scales.get(str(s)) or (np.nan, np.nan) for s in part["series"]], dtype=float)
        scores = {
            "mae": metrics.mae(actual, forecast),
            "rmse": metrics.rmse(actual, forecast),
            "bias": metrics.bias(actual, forecast),
            "mase": metrics.mae(actual / scale[:, 0], forecast / scale[:, 0]),
            "rmsse": metrics.rmse(actual / np.sqrt(scale[:, 1]), forecast / np.sqrt(scale[:, 1])),
            "smape": metrics.smape(actual, forecast),
        }
        if self.quantiles:
            values = part[[c for c in part.columns if c not in _COLUMNS]].to_numpy()
            scores["pinball"] = metrics.pinball(actual, values, self.quantiles)
        if len(self.quantiles) > 2:  # two alone say too little of the whole distribution
            scores["crps"] = metrics.crps(actual, values, self.quantiles)
        if len(self.quantiles) > 1:
            scores["coverage"] = metrics.coverage(actual, values[:, 0], values[:, -1])
            scores["width"] = metrics.interval_width(values[:, 0], values[:, -1])
        return scores

    def losses(self, metric: str = "mae", by: str = "origin") -> pd.DataFrame:
        """Return the mean loss of each model from each origin, or on each series: what tests of significance compare.

        Parameters
        ----------
        metric : str, default="mae"
            A column of `scores` of which less is better; of a root, such as ``rmse``, the square is the loss. Or
            ``qlike``, for variances: infinite where a forecast is not positive; actuals that are not are left out.
        by : {"origin", "series"}, default="origin"

        Returns
        -------
        DataFrame of shape (n_origins or n_series, n_models)
            Rows in the order of time, or of the names of the series; models in the order given.

        Raises
        ------
        ValueError
            If the metric is unknown or no loss, or `by` is unknown.

        Examples
        --------
        >>> from forecast import NaiveForecaster, RollingOrigin, backtest
        >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
        >>> result = backtest(models, [1.0, 2.0, 4.0, 7.0, 11.0], cv=RollingOrigin(horizon=1, origins=2))
        >>> result.losses()["drift"].to_dict()
        {2: 1.5, 3: 2.5}
        """
        check(one_of("origin", "series"), by, "by")
        scores = self.scores(by=by)
        known = [name for name in scores.columns if name not in _NOT_LOSSES]
        if metric not in [*known, "qlike"]:
            raise ValueError(f"{metric!r} is no loss of the backtest; {nearest(metric, [*known, 'qlike'])}.")
        losses = self._qlikes(by) if metric == "qlike" else scores[metric]
        table = losses.unstack("model")[list(scores.index.unique("model"))]
        return table**2 if metric in ROOTS else table

    def _qlikes(self, by: str) -> pd.Series:
        """Score variances by model and origin or series."""
        parts = self.forecasts.groupby(["model", by], sort=False, observed=True)
        found = {
            key: metrics.qlike(part["actual"].where(part["actual"] > 0), part["forecast"])
            if (part["forecast"] > 0).all()
            else np.inf
            for key, part in parts
        }
        return pd.Series(found).rename_axis(["model", by])

    def compare(self, metric: str = "mae", reference: str | None = None, coverage: float = 0.95) -> pd.DataFrame:
        """Say of each model whether it is better than a reference by more than chance.

        The test of `diebold_mariano` on the losses from each origin, with the overlap of their horizons. Origins of
        which no model has a loss, for want of actuals, are left out.

        Parameters
        ----------
        metric : str, default="mae"
            As in `losses`.
        reference : str, optional
            The model that all others are compared with; by default the first.
        coverage : float between 0 and 1, default=0.95
            Of the interval of each difference; the verdict errs with a probability of 1 - coverage.

        Returns
        -------
        DataFrame
            A row for each other model, in the order given; columns ``model``, ``reference``, ``difference`` (mean loss
            less that of the reference: negative is better), ``lower``, ``upper``, ``statistic``, ``p_value``,
            ``p_holm`` (adjusted for the number of models [1]_) and ``verdict``, which follows ``p_holm``: "better",
            "worse", "no more than chance", "too few origins" (2 · overlap + 1 are needed) or "undefined", where a
            loss is missing or infinite, or all differences are the same, though not zero.

        Raises
        ------
        ValueError
            If the metric is unknown or no loss, the reference unknown, or there is no other model.

        References
        ----------
        .. [1] Holm (1979), Scandinavian J. Statistics 6(2), 65-70.

        Examples
        --------
        >>> import numpy as np
        >>> from forecast import NaiveForecaster, RollingOrigin, backtest
        >>> y = np.arange(40) + np.random.default_rng(0).normal(0, 0.2, 40)
        >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
        >>> result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=12))
        >>> result.compare()[["model", "reference", "verdict"]]
           model reference verdict
        0  drift     naive  better
        """
        check(number(0, 1), coverage, "coverage")
        losses = self.losses(metric).dropna(how="all")
        models = list(losses.columns)
        reference = models[0] if reference is None else reference
        if reference not in models:
            raise ValueError(f"{reference!r} is not in the backtest; {nearest(reference, models)}.")
        others = [name for name in models if name != reference]
        if not others:
            raise ValueError(f"the backtest has one model, {reference!r}: to compare takes at least two.")
        rows = [_compared(losses[name], losses[reference], self._overlap, coverage) for name in others]
        names = ["difference", "lower", "upper", "statistic", "p_value", "verdict"]
        table = pd.DataFrame(rows, columns=names)
        table.insert(0, "model", others)
        table.insert(1, "reference", reference)
        table.insert(7, "p_holm", holm(table["p_value"].to_numpy()))
        sure = table["p_holm"] < 1 - coverage
        table.loc[sure, "verdict"] = np.where(table.loc[sure, "difference"] < 0, "better", "worse")
        return table

    @property
    def _overlap(self) -> int:
        """How many neighbouring origins' forecasts have moments in common; the gap counts, it is forecast as well."""
        return int(-(-self.forecasts["step"].max() // self.settings.get("step", 1)))

    def ranks(self, metric: str = "mae", size: float = 0.05) -> Ranking:
        """Rank the models over the series, and test whether their mean ranks differ by more than chance.

        For many series and few origins, where `compare` has too little to go by. With a single series, its origins
        are ranked, as many as do not overlap. Series or origins of which a model has no loss are left out.

        Parameters
        ----------
        metric : str, default="mae"
            As in `losses`.
        size : float between 0 and 1, default=0.05
            As in `friedman_nemenyi`.

        Returns
        -------
        Ranking
            As `friedman_nemenyi` returns it: ``ranks``, ``statistic``, ``p_value``, ``critical_difference``, ``rows``.

        Raises
        ------
        ValueError
            If the metric is unknown or no loss, or fewer than two models or rows are left.

        Examples
        --------
        >>> from forecast import NaiveForecaster, RollingOrigin, backtest
        >>> models = {"drift": NaiveForecaster(drift=True), "naive": NaiveForecaster()}
        >>> y = [1.0, 2.0, 4.0, 7.0, 11.0, 16.0]
        >>> backtest(models, y, cv=RollingOrigin(horizon=1, origins=3)).ranks().ranks.to_dict()
        {'drift': 1.0, 'naive': 2.0}
        """
        by = "series" if self.forecasts["series"].nunique() > 1 else "origin"
        losses = self.losses(metric, by)[:: self._overlap if by == "origin" else 1]
        return friedman_nemenyi(losses.replace(np.inf, np.nan).dropna(), size)

    def skill(self, reference: str, metric: str = "mae") -> pd.Series:
        """Return by how much each model beats a reference: ``1 - score / score of the reference``.

        Parameters
        ----------
        reference : str
            The name of a model in the table.
        metric : str, default="mae"
            A column of `scores`.

        Returns
        -------
        Series
            0.2 means a score that is 20 % lower.

        Raises
        ------
        ValueError
            If the model or the metric is not in the table.
        """
        scores = self.scores()
        for name, known in ((reference, scores.index), (metric, scores.columns)):
            if name not in known:
                raise ValueError(f"{name!r} is not in the backtest; {nearest(name, known)}.")
        return (1 - scores[metric] / float(scores[metric][reference])).rename("skill")

    def save(self, path: str | Path, force: bool = False) -> Path:
        """Write the table, the scores and the settings into a folder.

        Parameters
        ----------
        path : str or Path
            The folder; made if it is missing.
        force : bool, default=False
            Whether a run that is there already is replaced.

        Returns
        -------
        Path
            The folder, with ``forecasts.parquet``, ``scores.csv`` and ``run.json``.

        Raises
        ------
        ValueError
            If the folder holds a run and `force` is False, or cannot be written.
        """
        folder = claim(Path(path), force)
        try:
            (folder / "run.json").unlink(missing_ok=True)  # written last: a folder without it holds no run
        except OSError as error:
            raise ValueError(f"cannot write into {folder}: {error.strerror or error}. Choose another folder.") from None
        write_beside(folder / "forecasts.parquet", lambda p: self.forecasts.to_parquet(p, index=False))
        write_beside(folder / "scores.csv", lambda p: self.scores().to_csv(p))
        text = json.dumps({"schema": _SCHEMA, **self.settings}, indent=2, default=str)
        write_beside(folder / "run.json", lambda p: p.write_text(text + "\n", encoding="utf-8"))
        return folder

    @classmethod
    def load(cls, path: str | Path) -> Backtest:
        """Read a folder written by `save`.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Backtest

        Raises
        ------
        ValueError
            If the folder holds no run, or one of a newer schema.
        """
        folder = Path(path)
        try:
            settings = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            table = pd.read_parquet(folder / "forecasts.parquet")
        except (OSError, ValueError):
            raise ValueError(
                f"{folder} holds no run: it needs run.json and forecasts.parquet, as backtest writes them."
            ) from None
        schema = settings.get("schema") if isinstance(settings, dict) else None
        if schema != _SCHEMA:
            raise ValueError(f"{folder} has schema {schema!r}; this version reads {_SCHEMA}. Update seqcast.")
        settings.pop("schema")
        return cls(table, settings)

    def _repr_html_(self) -> str:
        s = self.settings
        title = f"Backtest: {s.get('origins')} origins × {s.get('horizon')} steps, refit {s.get('refit')}"
        return f"<p><b>{title}</b></p>" + self.scores().sort_values("mae").to_html(float_format="{:.3f}".format)


def _compared(losses: pd.Series, reference: pd.Series, overlap: int, coverage: float) -> tuple[float | str, ...]:
    """Return difference, bounds, statistic, p-value, and why there is no verdict yet."""
    unknown = (np.nan,) * 4  # bounds, statistic, p-value
    if not np.isfinite(losses).all() or not np.isfinite(reference).all():
        return np.nan, *unknown, "undefined"
    difference = float((losses - reference).mean())
    if len(losses) < fewest_origins(overlap):
        return difference, *unknown, "too few origins"
    test = diebold_mariano(losses, reference, overlap)
    verdict = "undefined" if np.isnan(test.p_value) and difference else "no more than chance"
    return difference, *test.interval(coverage), test.statistic, test.p_value, verdict


def claim(folder: Path, force: bool) -> Path:
    """Make a folder for a run; refuse one that cannot be written, or, without `force`, holds a run already."""
    if (folder / "run.json").exists() and not force:
        raise ValueError(f"{folder} already holds a run: choose another folder, or replace it with force (--force).")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write into {folder}: {error.strerror or error}. Choose another folder.") from None
    if not os.access(folder, os.W_OK):
        raise ValueError(f"cannot write into {folder}: permission denied. Choose another folder.")
    return folder


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
        Cloned, never changed. With ``refit="always"`` any scikit-learn regressor whose rows are moments will do, such
        as a pipeline that ends in a forecaster.
    X : array-like of shape (n_rows, n_features) or None
        What is known for each moment. With y missing, X is taken for y.
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
    cv : RollingOrigin, optional
        The origins; by default the last ten, one step ahead.
    refit : {"never", "always"} or int, default="never"
        Learn once, on the rows up to the first origin, and hindcast from all origins; learn anew at every origin; or at
        every k-th one.
    quantiles : sequence of floats between 0 and 1, default=()
        Quantiles to forecast beside the point.
    season_length : int, optional
        Of the seasonal naive errors that scale ``mase`` and ``rmsse``; by default that of the frequency.
    progress : callable, optional
        Called with the model's name, the origins done and the origins in all.

    Returns
    -------
    Backtest
        Series that begin after the last fit are not in it; ``settings["left_out"]`` names them.

    Raises
    ------
    ValueError
        If the table is too short for the origins, or a forecaster refuses it (its name is in the sentence).

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
                parts.append(_forecasts(name, model, table, cuts[at : at + every], cv, np.asarray(quantiles, float)))
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
            raise TypeError(f"{name} must be a forecaster, an instance with fit and predict; got {model!r}.")
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
            raise ValueError(f"X has {len(X)} rows and y has {len(values)}; both need one row per moment.")
        index = moments_of(X, y, len(values))
        X = X.set_axis(index, axis=0) if isinstance(X, pd.DataFrame) else X
        frame = pd.DataFrame(values.reshape(len(values), -1), index=index)
        named = isinstance(y, pd.Series) and y.name is not None
        frame.columns = list(y.columns) if isinstance(y, pd.DataFrame) else [y.name if named else "y"] * frame.shape[1]
        codes, moments = _numbered(index)
        multi = isinstance(index, pd.MultiIndex)
        series = index.get_level_values(0).astype(str).to_numpy() if multi else np.full(len(index), "")
        return cls(X, frame, values.ndim, index, codes, moments, series)

    def rows(self, keep: np.ndarray) -> tuple[Any, Any]:
        """Return X and y of some rows."""
        X = self.X if self.X is None else self.X.iloc[keep] if hasattr(self.X, "iloc") else np.asarray(self.X)[keep]
        return X, self.y.iloc[keep] if self.ndim == 2 else self.y.iloc[keep, 0]

    def label(self, series: str, target: Any) -> str:
        """Name what is forecast: the series, the target, or both."""
        return "/".join(part for part in (series, str(target) if not series or self.y.shape[1] > 1 else "") if part)

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
                    found[self.label(name, target)] = metrics.seasonal_scale(self.y.iloc[rows, k].to_numpy(), season)
                except ValueError:
                    found[self.label(name, target)] = None
        return found

    def digest(self) -> str:
        """Return a hash of the data: the same data give the same hash."""
        hashed = pd.util.hash_pandas_object(self.y).to_numpy()
        extra = b"" if self.X is None else np.ascontiguousarray(np.asarray(self.X, dtype=float)).tobytes()
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
        raise ValueError("it has no hindcast: use refit='always' and no quantiles, or a forecaster of this package.")
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


def _ahead(table: _Table, keep: np.ndarray, origins: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows that follow each origin in its series: whether they exist, and where; (origins, reach) each."""
    order = np.lexsort((table.codes[keep], table.series[keep]))
    place = np.empty(len(keep), dtype=np.intp)
    place[order] = np.arange(len(keep))
    wanted = place[origins][:, None] + np.arange(1, reach + 1)
    inside = np.minimum(wanted, len(keep) - 1)
    rows = order[inside]
    exists = (wanted < len(keep)) & (table.series[keep][rows] == table.series[keep][origins][:, None])
    return exists, rows


def _predicted(model: Any, table: _Table, keep: np.ndarray, rows: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Ask a plain regressor for the rows after the only origin."""
    X, _ = table.rows(keep)
    asked = rows[exists]
    values = np.full((*rows.shape, table.y.shape[1]), np.nan)
    frame = pd.DataFrame(index=table.index[keep][asked]) if X is None else table.rows(keep[asked])[0]
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
        columns |= {f"q{q:g}": answer[o, h, k, 1 + i] for i, q in enumerate(quantiles)}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
