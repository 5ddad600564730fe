"""Presets: from the name of a model and the rows of a table to a configured forecaster.

Season, horizon, lookback, calendar and epochs follow from the frequency and from the number of
rows. Only the standard library is imported on top, so that the command lists the names at once. A
new model is one function here and one entry in `MODELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.exceptions import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from forecast.forecasters.base import Forecaster
    from forecast.tables.frequency import Frequency

__all__ = ["preset"]

_SAMPLES = 40_000  # that a network sees in all its epochs together
_FEWEST_EPOCHS = 5
_MOST_EPOCHS = 60
_MANY_SAMPLES = 2000  # from here on, batches are large
_MOST_SEASONS = 7  # in a lookback
_LOCAL_SEASONS = 14  # in which the scale of errors is that of today
_FEWEST_HORIZONS = 20  # of rows, from which those of the last one need not be learned from
_FEWEST_WINDOWS = 8  # of a series, from which a lookback of one season can be learned

# The functions of the target that have a name.
TRANSFORMS = ("log", "log1p", "box-cox", "yeo-johnson")


class _Facts(NamedTuple):
    """What the settings of a model follow from."""

    frequency: Frequency
    season_length: int
    horizon: int
    n_rows: int  # of all series together
    typical: int  # rows of a series: the median
    past_features: Sequence[Any]
    lookback: int | None
    random_state: int | None


def preset(
    name: str,
    y: Any,
    *,
    horizon: int | None = None,
    past_features: Sequence[Any] = (),
    season_length: int | None = None,
    lookback: int | None = None,
    random_state: int | None = 0,
    transform: Any = None,
    lower: float | None = None,
    upper: float | None = None,
    coverage: float | None = None,
) -> Forecaster:
    """Return a forecaster with settings that fit a table, not fitted yet.

    These are the settings of ``forecast fit --model NAME``. They follow from the moments of the
    rows and from their number, never from the values. For a backtest, pass the rows up to its first
    origin: those that the models learn from.

    Parameters
    ----------
    name : str
        "naive" (the last value), "seasonal" (the last season), "drift", "arima" (of orders that the
        season decides), "autoarima", "ets", "theta", "ensemble" (the mean of "autoarima" and
        "lstm"), "har", "garch", "croston" (intermittent demand), "tsb" (the same, where it may
        end), "pretrained" (a network that has learned from simulated series), "ridge" (regression
        on a window), "lstm" or "gru".
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        The rows to learn from. Their index says the frequency: timestamps, periods, integers, or a
        MultiIndex (series, timestamp).
    horizon : int, optional
        Steps to forecast; by default a season, or 5 where there is none.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead. "garch" finds its returns among them: the only
        column, or the only one whose name has "return".
    season_length : int, optional
        Rows in a season; by default that of the frequency: 24 for hours, 7 for days, 12 for months.
    lookback : int, optional
        Rows in a window of "ridge", "lstm" and "gru"; by default as many seasons (or horizons) as a
        third of a typical series, of median length, holds beside the horizon, at most seven; one
        season where that leaves eight windows to learn from.
    random_state : int or None, default=0
        Of "lstm" and "gru".
    transform : {"log", "log1p", "box-cox", "yeo-johnson"} or transformer, optional
        If given, the model learns this function of y (`TransformedTargetForecaster`).
    lower, upper : float, optional
        The least and the largest value that forecasts, and y, can have.
    coverage : float between 0 and 1, optional
        If given, intervals of up to this coverage come, for `horizon` steps, from errors on the
        latest rows, a fifth or more, that were held out in a fit of their own, in units of their
        mean size in the latest fourteen seasons, or horizons (`ConformalForecaster` with
        ``refit=True`` and ``local``). Where a typical series has fewer rows than twenty horizons,
        or no more than such errors take, intervals are the model's own.

    Returns
    -------
    Forecaster
        Networks get the more epochs the fewer rows there are (from 5 to 60), and the calendar: hour
        and day of the year for hours, day of the week and of the year for days.

    Raises
    ------
    ValueError
        If the name is unknown, the rows are not sorted, unique and regular, or the returns for
        "garch" cannot be told.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from forecast import preset
    >>> days = pd.date_range("2024-01-01", periods=365, freq="D")
    >>> y = pd.Series(np.sin(np.arange(365)), index=days)
    >>> preset("seasonal", y)
    NaiveForecaster(season_length=7)
    >>> model = preset("lstm", y, horizon=14)
    >>> model.lookback, model.epochs, model.calendar
    (49, 60, ('day_of_week', 'day_of_year'))
    """
    import numpy as np

    from forecast.tables.cells import as_pandas
    from forecast.tables.frequency import infer_frequency
    from forecast.tables.rows import moments_of

    _check(name, coverage, horizon=horizon, season_length=season_length, lookback=lookback)
    # What nobody has said follows from the moments of the rows.
    index = moments_of(None, as_pandas(y), len(y))
    frequency = infer_frequency(index)
    season_length = season_length or frequency.season_length

    # Each model reads of these facts what it depends on.
    lengths = _lengths(index)
    facts = _Facts(
        frequency=frequency,
        season_length=season_length,
        horizon=horizon or default_horizon(season_length),
        n_rows=len(index),
        typical=int(np.median(lengths)),
        past_features=past_features,
        lookback=lookback,
        random_state=random_state,
    )
    model = MODELS[name](facts)
    if coverage is not None:
        model = _calibrated(model, facts, lengths, coverage)
    model = _with_fallback(model, facts, lengths)
    if transform is None and lower is None and upper is None:
        return model
    from forecast.forecasters.target import TransformedTargetForecaster

    return TransformedTargetForecaster(model, transform, lower, upper)


def default_horizon(season_length: int) -> int:
    """Return the steps to forecast where nobody says how many: a season, or 5 without one."""
    return season_length if season_length > 1 else 5


def _check(name: str, coverage: float | None, **counts: int | None) -> None:
    """Refuse an unknown model, and settings by their own names, whichever forecaster gets them."""
    from forecast.validation import check, integer, nearest, number, optional

    if name not in MODELS:
        raise InputError(f"there is no model {name!r}; {nearest(name, MODELS)}.")
    for argument, value in counts.items():
        check(optional(integer(1)), value, argument)
    check(optional(number(0, 1)), coverage, "coverage")


def _lengths(index: pd.Index) -> np.ndarray:
    """Return the number of rows of each series."""
    import numpy as np

    from forecast.tables.frequency import numbered_series

    series, _ = numbered_series(index)
    return np.bincount(series)


def _calibrated(
    model: Forecaster, facts: _Facts, lengths: np.ndarray, coverage: float
) -> Forecaster:
    """Return a model with intervals from its errors on held-out rows, if a series has so many."""
    from forecast.forecasters.conformal import ConformalForecaster
    from forecast.forecasters.past_errors import errors_needed

    # Its parameters learn from all rows but those of the last horizon.
    if facts.typical < _FEWEST_HORIZONS * facts.horizon:
        return model
    # On simulated days, ETTh1 and other weather the local scale took 3 to 9 % from the pinball
    # loss of intervals, and without it there was little to gain.
    conformal = ConformalForecaster(
        model,
        facts.horizon,
        local=_LOCAL_SEASONS * _unit(facts),
        refit=True,
        fewest_errors=errors_needed((1 - coverage) / 2),
    )
    needed, _ = conformal._needs()
    return conformal if needed <= lengths.max() else model


def _with_fallback(model: Forecaster, facts: _Facts, lengths: np.ndarray) -> Forecaster:
    """Return a model with a fallback where some series, but not all, are too short for it."""
    needed, _ = model._needs()
    is_wanted = lengths.min() < needed <= lengths.max()
    return with_fallback(model, facts.season_length) if is_wanted else model


def with_fallback(model: Forecaster, season_length: int) -> Forecaster:
    """Return a model beside those that answer what is too short for it: last season, last value."""
    from forecast.forecasters.fallback import FallbackForecaster
    from forecast.forecasters.naive import NaiveForecaster

    seasons = dict.fromkeys([season_length, 1])
    return FallbackForecaster([model, *map(NaiveForecaster, seasons)])


def _naive(_: _Facts) -> Forecaster:
    from forecast.forecasters.naive import NaiveForecaster

    return NaiveForecaster(1, drift=False)


def _seasonal(facts: _Facts) -> Forecaster:
    from forecast.forecasters.naive import NaiveForecaster

    return NaiveForecaster(facts.season_length, drift=False)


def _drift(_: _Facts) -> Forecaster:
    from forecast.forecasters.naive import NaiveForecaster

    return NaiveForecaster(1, drift=True)


def _arima(facts: _Facts) -> Forecaster:
    """Choose the orders of a textbook: the airline model for months and the like."""
    from forecast.forecasters.arima import ARIMAForecaster

    season = facts.season_length
    # Without a season, or with one that is too long for the state space of the exact likelihood.
    if not 1 < season <= 24:
        return ARIMAForecaster((1, 1, 1), past_features=facts.past_features)
    # Hours have a level that decays towards that of the season; months have one that drifts.
    order = (0, 1, 1) if season <= 12 else (1, 0, 0)
    return ARIMAForecaster(order, (0, 1, 1, season), past_features=facts.past_features)


def _autoarima(facts: _Facts) -> Forecaster:
    from forecast.forecasters.auto_arima import AutoARIMAForecaster

    return AutoARIMAForecaster(facts.season_length, past_features=facts.past_features)


def _ets(facts: _Facts) -> Forecaster:
    from forecast.forecasters.exponential import ETSForecaster

    return ETSForecaster(facts.season_length)


def _theta(facts: _Facts) -> Forecaster:
    from forecast.forecasters.theta import ThetaForecaster

    return ThetaForecaster(facts.season_length)


def _ensemble(facts: _Facts) -> Forecaster:
    from forecast.forecasters.ensemble import EnsembleForecaster

    return EnsembleForecaster([_autoarima(facts), _lstm(facts)])


def _har(facts: _Facts) -> Forecaster:
    from forecast.forecasters.har import HARForecaster

    return HARForecaster(horizon=facts.horizon)


def _garch(facts: _Facts) -> Forecaster:
    """Find the column of returns by its name, unless it is the only one."""
    from forecast.forecasters.garch import GARCHForecaster

    columns = list(facts.past_features)
    # A single column needs no telling name.
    returns = [column for column in columns if "return" in str(column)] or columns
    if len(returns) != 1:
        raise InputError(
            f"garch needs the returns, and finds {_listed(returns)}.",
            "Give one column of past_features, or one whose name alone has 'return'.",
            "Give one column to --past, or one whose name alone has 'return'.",
        )
    return GARCHForecaster(returns[0])


def _listed(columns: Sequence[Any]) -> str:
    """Name some columns."""
    return ", ".join(map(repr, columns)) or "no column"


def _pretrained(facts: _Facts) -> Forecaster:
    from forecast.pretrained.forecaster import PretrainedForecaster

    # Where the season is the one of the frequency, so is that of weeks beside it.
    own = facts.season_length == facts.frequency.season_length
    season = None if own else facts.season_length
    return PretrainedForecaster(season, past_features=facts.past_features)


def _croston(_: _Facts) -> Forecaster:
    from forecast.forecasters.intermittent import CrostonForecaster

    return CrostonForecaster("sba")


def _tsb(_: _Facts) -> Forecaster:
    from forecast.forecasters.intermittent import CrostonForecaster

    return CrostonForecaster("tsb")


def _ridge(facts: _Facts) -> Forecaster:
    from forecast.forecasters.windowed import WindowForecaster

    return WindowForecaster(
        lookback=_lookback(facts), horizon=facts.horizon, past_features=facts.past_features
    )


def _lstm(facts: _Facts) -> Forecaster:
    return _network(facts, "lstm")


def _gru(facts: _Facts) -> Forecaster:
    return _network(facts, "gru")


def _network(facts: _Facts, cell: str) -> Forecaster:
    """Give a network as many epochs as make up for few rows."""
    from forecast.recurrent.forecaster import LSTMForecaster

    lookback = _lookback(facts)
    # Windows with their horizon, about, in all series together: each series has some fewer.
    samples = max(1, facts.n_rows - lookback - facts.horizon)
    return LSTMForecaster(
        lookback=lookback,
        horizon=facts.horizon,
        past_features=facts.past_features,
        calendar=_calendar(facts.frequency),
        cell=cell,
        epochs=min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, _SAMPLES // samples)),
        batch_size=128 if samples >= _MANY_SAMPLES else 32,
        random_state=facts.random_state,
    )


def _lookback(facts: _Facts) -> int:
    """Choose some seasons of history, or some horizons where there is no season."""
    if facts.lookback is not None:
        return facts.lookback
    unit = _unit(facts) if facts.season_length > 1 else max(facts.horizon, 8)
    # Lookback and horizon together take a third of a typical series at most, unless it has just
    # begun: a single season tells more than a few rows.
    longest = facts.typical // 3 - facts.horizon
    seasons = min(longest // unit, _MOST_SEASONS)
    if seasons > 0:
        return seasons * unit
    one_fits = unit + facts.horizon - 1 + _FEWEST_WINDOWS <= facts.typical
    return unit if one_fits else max(1, longest)


def _unit(facts: _Facts) -> int:
    """Return the rows after which much is as it was: a season, or a horizon where there is none."""
    return facts.season_length if facts.season_length > 1 else facts.horizon


def _calendar(frequency: Frequency) -> tuple[str, ...]:
    """Name what of a timestamp may matter: the hour or the weekday, and the season of the year."""
    if len(frequency.seasons) > 1:
        return "hour", "day_of_year"
    if frequency.season_length == 7:
        return "day_of_week", "day_of_year"
    return ()


# The names in the order in which people read them: from the simplest to the largest.
MODELS: dict[str, Callable[[_Facts], Forecaster]] = {
    "naive": _naive,
    "seasonal": _seasonal,
    "drift": _drift,
    "arima": _arima,
    "autoarima": _autoarima,
    "ets": _ets,
    "theta": _theta,
    "ensemble": _ensemble,
    "har": _har,
    "garch": _garch,
    "croston": _croston,
    "tsb": _tsb,
    "pretrained": _pretrained,
    "ridge": _ridge,
    "lstm": _lstm,
    "gru": _gru,
}
