"""Rolling-origin backtests: many honest forecasts of the past, in one table.

The loop over models and origins knows nothing of how a forecaster works. The cut is made once, on
the rows: what a model learns from and what it is asked for are rows of one table (`_Source`), and
no row after an origin holds a value when it is asked.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone

from forecast.evaluation.origins import RollingOrigin, numbered
from forecast.evaluation.results import Backtest, quantile_name
from forecast.exceptions import FitInterrupted
from forecast.files import versions
from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES, check_quantiles
from forecast.tables import intake
from forecast.tables.frequency import infer_frequency, ordered_by_series
from forecast.tables.panel import Panel
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
            "the RollingOrigin stands in the place of y: write "
            "backtest(forecasters, y, cv=RollingOrigin(…))."
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
    source = _Source.of(X, y)
    cuts = cv.cuts(len(source.moments))
    season = season_length or infer_frequency(source.index).season_length
    levels = check_quantiles(quantiles) if len(quantiles) else NO_QUANTILES
    # Each fit answers a run of origins: all of them, one, or every k.
    run_length = {"never": len(cuts), "always": 1}.get(str(refit)) or int(refit)
    folds = [
        _Fold.of(source, cuts[start : start + run_length], cv)
        for start in range(0, len(cuts), run_length)
    ]
    answers, seconds = {}, {}
    for name, model in models.items():
        started = time.perf_counter()
        answers[name] = _answers(name, model, source, folds, levels, progress)
        seconds[name] = round(time.perf_counter() - started, 3)
    table = _forecasts_table(answers, source, folds, levels)
    settings = {
        "horizon": cv.horizon,
        "origins": cv.origins,
        "gap": cv.gap,
        "window": cv.window,
        "step": cv.step or cv.horizon,
        "refit": refit,
        "season_length": season,
        "models": {name: " ".join(repr(model).split()) for name, model in models.items()},
        "seconds": seconds,
        "left_out": source.left_out(folds),
        "scales": source.scales(cuts[0][1], season),
        "data": source.digest(),
        "versions": versions(),
    }
    return Backtest(table, settings)


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


@dataclass(frozen=True)
class _Source:
    """The user's table, whose rows are counted series after series, in the order of time."""

    X: Any  # as given; a frame has the moments as its index
    y: pd.DataFrame
    flat: bool  # whether y had one axis
    index: pd.Index
    moments: pd.Index  # all moments of the table, ascending
    names: list[str]  # of the series; one empty name where there is but one
    order: np.ndarray  # (n_rows,) the user's rows, series after series
    series: np.ndarray  # (n_rows,) the series of each row
    moment: np.ndarray  # (n_rows,) the number of each row's moment

    @classmethod
    def of(cls, X: Any, y: Any) -> _Source:
        values = intake.numbers_of(y)
        n = len(values)
        if X is not None and len(X) != n:
            raise ValueError(f"X has {len(X)} rows and y has {n}; both need one row per moment.")
        index = intake.moments_of(X, y, n)
        frame = pd.DataFrame(values.reshape(n, -1), index=index)
        if isinstance(y, pd.DataFrame):
            frame.columns = y.columns
        elif isinstance(y, pd.Series) and y.name is not None:
            frame.columns = [y.name]
        else:
            frame.columns = ["y"] * frame.shape[1]
        codes, moments = numbered(index)
        if isinstance(index, pd.MultiIndex):
            keys, order, bounds = ordered_by_series(index)
        else:
            keys, order, bounds = pd.Index([""]), np.arange(n), np.array([0, n])
        X = X.set_axis(index, axis=0) if isinstance(X, pd.DataFrame) else X
        series = np.repeat(np.arange(len(keys)), np.diff(bounds))
        names = [str(key) for key in keys]
        flat = values.ndim == 1
        return cls(X, frame, flat, index, moments, names, order, series, codes[order])

    @cached_property
    def panel(self) -> Panel:
        """The table as the forecasters of this package learn from it; read once for all."""
        y = self.y.iloc[:, 0] if self.flat else self.y
        return intake.training_panel(intake.read_table(Forecaster(), self.X, y))

    @cached_property
    def actual(self) -> np.ndarray:
        """The values of y, (n_rows, n_targets)."""
        return self.y.to_numpy()[self.order]

    def users_rows(self, rows: np.ndarray) -> tuple[Any, Any]:
        """Return X and y of some rows as the user gave them, in the given order."""
        places = self.order[rows]
        y = self.y.iloc[places]
        X = self.X
        if X is not None:
            X = X.iloc[places] if hasattr(X, "iloc") else np.asarray(X)[places]
        return X, y.iloc[:, 0] if self.flat else y

    def labels(self) -> list[str]:
        """Name what is forecast, series by series and target by target: (n_series · n_targets)."""
        targets = [str(name) for name in self.y.columns]
        if len(targets) == 1 and self.names != [""]:
            return self.names
        return ["/".join(filter(None, (name, target))) for name in self.names for target in targets]

    def left_out(self, folds: list[_Fold]) -> list[str]:
        """Return the series of which nothing is forecast: all less those that have a row."""
        scored = [self.series[fold.origins[fold.exists.any(axis=1)]] for fold in folds]
        unseen = np.setdiff1d(np.arange(len(self.names)), np.concatenate(scored))
        return sorted(self.names[series] for series in unseen)

    def scales(self, cutoff: int, season: int) -> dict[str, tuple[float, float] | None]:
        """Return the mean absolute and squared seasonal naive error of each label up to the cutoff.

        None for a series that is constant there, or has no two values a season apart.
        """
        known = self.moment <= cutoff
        values, series = self.actual[known], self.series[known]
        change = values[season:] - values[:-season]  # (n_rows - season, n_targets)
        change[series[season:] != series[:-season]] = np.nan  # not within one series
        observed = ~np.isnan(change)
        change = np.where(observed, change, 0.0)
        of = series[season:]
        n = len(self.names)
        scales: list[np.ndarray] = []
        for target in range(change.shape[1]):
            counts = np.bincount(of, observed[:, target], n)
            sums = np.bincount(of, np.abs(change[:, target]), n)
            squares = np.bincount(of, change[:, target] ** 2, n)
            with np.errstate(invalid="ignore"):  # 0 / 0 where nothing was observed
                scales.append(np.column_stack([sums / counts, squares / counts]))
        pairs = np.stack(scales, axis=1).reshape(-1, 2)  # (n_series · n_targets, 2)
        found = zip(self.labels(), pairs.tolist(), strict=True)
        return {label: (a, s) if a > 0 and s > 0 else None for label, (a, s) in found}

    def digest(self) -> str:
        """Return a hash of the data: the same data give the same hash."""
        hashed = pd.util.hash_pandas_object(self.y).to_numpy()
        features = np.zeros(0) if self.X is None else np.asarray(self.X, dtype=float)
        return hashlib.sha256(hashed.tobytes() + features.tobytes()).hexdigest()


class _Fold(NamedTuple):
    """One fit, and the origins that it answers; rows are those of the source."""

    training: np.ndarray  # (n_training_rows,)
    known: np.ndarray  # the rows that forecasts may read, of the series that have begun
    origins: np.ndarray  # (n_origins,)
    ahead: np.ndarray  # (n_origins, reach): the rows that follow each origin
    exists: np.ndarray  # (n_origins, reach): whether there are such rows
    last_origin: int  # the number of its moment
    n_moments: int  # of the origins
    gap: int

    @classmethod
    def of(cls, source: _Source, cuts: list[tuple[int, int]], cv: RollingOrigin) -> _Fold:
        first, cutoff = cuts[0]
        last_origin = cuts[-1][1]
        reach = cv.gap + cv.horizon
        moment = source.moment
        training = np.flatnonzero((moment >= first) & (moment <= cutoff))
        # Nothing is known of a series that begins after the fit: it is not forecast.
        begun = np.zeros(len(source.names), dtype=bool)
        begun[source.series[training]] = True
        has_begun = begun[source.series]
        known = np.flatnonzero(has_begun & (moment <= last_origin + reach))
        is_origin = np.zeros(len(source.moments), dtype=bool)
        is_origin[[origin for _, origin in cuts]] = True
        origins = np.flatnonzero(has_begun & is_origin[moment])
        # The rows of a series stand behind one another, so those ahead are the next ones.
        ahead = origins[:, None] + np.arange(1, reach + 1)
        inside = np.minimum(ahead, len(moment) - 1)
        exists = (ahead < len(moment)) & (source.series[inside] == source.series[origins][:, None])
        exists &= moment[inside] <= last_origin + reach
        return cls(training, known, origins, inside, exists, last_origin, len(cuts), cv.gap)

    @property
    def scored(self) -> tuple[np.ndarray, ...]:
        """The place of each forecast: which origin and which step, the gap left out."""
        asked = self.exists & (np.arange(self.exists.shape[1]) >= self.gap)
        return np.nonzero(asked)


def _answers(
    name: str,
    model: Any,
    source: _Source,
    folds: list[_Fold],
    quantiles: np.ndarray,
    progress: Callable[[str, int, int], None] | None,
) -> list[np.ndarray]:
    """Let one model learn and answer fold by fold; what it refuses is refused in its name."""
    answer = _forecaster_answer if isinstance(model, Forecaster) else _regressor_answer
    n_origins = sum(fold.n_moments for fold in folds)
    done = 0
    answers = []
    try:
        for fold in folds:
            if progress is not None:
                progress(name, done, n_origins)
            answers.append(answer(model, source, fold, quantiles))
            done += fold.n_moments
        if progress is not None:
            progress(name, done, done)
    except Exception as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name}: {error}") from error
    return answers


def _forecaster_answer(
    model: Forecaster, source: _Source, fold: _Fold, quantiles: np.ndarray
) -> np.ndarray:
    """Fit a copy and hindcast from all origins: (n_origins, reach, n_targets, 1 + n_quantiles)."""
    panel = source.panel
    learned = _fitted(lambda: clone(model)._fit(panel.take(fold.training).as_training()))
    # Nobody sees what follows the last origin.
    known = panel.take(fold.known)
    known.y[source.moment[fold.known] > fold.last_origin] = np.nan
    known = known.as_training()
    origins = np.searchsorted(fold.known, fold.origins)
    shape = (*fold.exists.shape, known.y.shape[1], 1 + len(quantiles))
    answer = np.full(shape, np.nan)
    # A series that ends early is asked for fewer steps.
    steps = fold.exists.sum(axis=1)
    for n in np.unique(steps[steps > 0]):
        asked = steps == n
        learned._check_read(known, origins[asked], int(n))
        answer[asked, :n] = learned._hindcast(known, origins[asked], int(n), quantiles)
    return answer


def _regressor_answer(
    model: Any, source: _Source, fold: _Fold, quantiles: np.ndarray
) -> np.ndarray:
    """Fit any other regressor and ask it for the rows after the only origin."""
    training = np.sort(source.order[fold.training])  # in the user's order
    place = np.empty(len(source.order), dtype=np.intp)
    place[source.order] = np.arange(len(source.order))
    learned = _fitted(lambda: clone(model).fit(*source.users_rows(place[training])))
    if fold.n_moments > 1 or len(quantiles):
        raise ValueError(
            "it has no hindcast: use refit='always' and no quantiles, or a forecaster of this "
            "package."
        )
    asked = fold.ahead[fold.exists]
    X, y = source.users_rows(asked)
    X = pd.DataFrame(index=y.index) if X is None else X
    answer = np.full((*fold.exists.shape, source.y.shape[1], 1), np.nan)
    answer[fold.exists] = np.reshape(learned.predict(X), (len(asked), -1, 1))
    return answer


def _fitted(fit: Callable[[], Any]) -> Any:
    """Fit; Ctrl-C ends the backtest, for the score of a half-learned model would be no one's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitInterrupted)
        try:
            return fit()
        except FitInterrupted as stopped:
            raise KeyboardInterrupt from stopped


def _forecasts_table(
    answers: dict[str, list[np.ndarray]],
    source: _Source,
    folds: list[_Fold],
    quantiles: np.ndarray,
) -> pd.DataFrame:
    """Lay the answers of all models out as the forecasts table."""
    blocks = [
        _block(number, target, source, fold, answer, quantiles)
        for number, of_model in enumerate(answers.values())
        for fold, answer in zip(folds, of_model, strict=True)
        for target in range(source.y.shape[1])
    ]
    table = pd.concat(blocks, ignore_index=True)
    models = pd.Categorical.from_codes(table["model"].to_numpy(), pd.Index(list(answers)))
    series = pd.Categorical.from_codes(table["series"].to_numpy(), pd.Index(source.labels()))
    table["model"] = models
    table["series"] = series.remove_unused_categories()
    if len(blocks) > len(answers):
        # However often a model was fitted, the rows of a series stand together.
        table = table.sort_values(["model", "series", "origin"], kind="stable", ignore_index=True)
    return table


def _block(
    model: int,
    target: int,
    source: _Source,
    fold: _Fold,
    answer: np.ndarray,
    quantiles: np.ndarray,
) -> pd.DataFrame:
    """Lay one target's answers of one fold out as rows; model and series are numbers."""
    origin, step = fold.scored
    rows = fold.ahead[origin, step]
    of_origin = fold.origins[origin]
    columns = {
        "model": np.full(len(rows), model),
        "series": source.series[of_origin] * source.y.shape[1] + target,
        "origin": source.moments[source.moment[of_origin]],
        "step": step + 1,
        "timestamp": source.moments[source.moment[rows]],
        "actual": source.actual[rows, target],
        "forecast": answer[origin, step, target, 0],
    }
    for place, quantile in enumerate(quantiles):
        columns[quantile_name(quantile)] = answer[origin, step, target, 1 + place]
    return pd.DataFrame(columns)
