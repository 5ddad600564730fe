"""Figures of forecasts and backtests, as scikit-learn's displays make them.

A display holds tables; ``plot`` draws them on new axes, or on those given, and keeps the axes.
Nothing here touches pyplot: a figure belongs to whoever made it. A model has the same colour in all
figures of a backtest. Long because the displays share the helpers below and each argument is
described where it is taken.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from forecast.evaluation import distributions
from forecast.evaluation.ranking import Ranking
from forecast.persistence import write_beside
from forecast.validation import check, integer, nearest, one_of, optional

__all__ = ["BacktestDisplay", "CalibrationDisplay", "ForecastDisplay", "RankDisplay"]

# Okabe & Ito's colours for all kinds of sight; black is the actual's, yellow is too pale for a line
# on white.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_DASHES = ("-", "--", ":")  # one more for each round through the colours
_MOST = 6  # series in one figure
_SPAN = 120  # timesteps in one panel, unless the user asks for a number of origins
_COLUMNS = ("model", "series", "origin", "step", "timestamp", "actual", "forecast")


class ForecastDisplay:
    """A forecast with its intervals, the history before it and what came.

    Parameters
    ----------
    forecast : DataFrame of n_rows
        As `Forecaster.forecast` makes it: the moments, or (series, moment), as index; the column
        ``forecast`` and perhaps ``lower`` and ``upper``, or quantiles such as ``q0.05`` and
        ``q0.95``, drawn as a fan.
    history, actual : Series, optional
        Observed values with the same kind of index. Of the history, the rows before the forecast
        are drawn, of the actual those of the forecast.
    coverage : float, optional
        Of the interval from ``lower`` to ``upper``, for the legend.
    target, unit : str, optional
        What is forecast and in which unit, for the axis.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per series.
    figure_ : Figure

    Examples
    --------
    >>> from forecast import NaiveForecaster
    >>> naive = NaiveForecaster().fit([1.0, 3.0, 2.0])
    >>> display = ForecastDisplay.from_forecaster(naive, 2, coverage=0.9, unit="°F")
    >>> display.ax_.get_ylabel()
    '°F'
    """

    def __init__(
        self,
        forecast: pd.DataFrame,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        coverage: float | None = None,
        target: str | None = None,
        unit: str | None = None,
    ):
        self.forecast = forecast
        self.history = history
        self.actual = actual
        self.coverage = coverage
        self.target = target
        self.unit = unit

    @classmethod
    def from_forecast(
        cls,
        forecast: pd.DataFrame,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        coverage: float | None = None,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> ForecastDisplay:
        """Draw a table of forecasts.

        Parameters
        ----------
        forecast : DataFrame of n_rows
        history, actual : Series, optional
        coverage : float, optional
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ForecastDisplay
        """
        return cls(forecast, history, actual, coverage=coverage, target=target, unit=unit).plot(ax)

    @classmethod
    def from_forecaster(
        cls,
        forecaster: Any,
        X: Any,
        coverage: float | Sequence[float] | None = None,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> ForecastDisplay:
        """Forecast the rows of X and draw them.

        Parameters
        ----------
        forecaster : fitted forecaster
        X : DataFrame, array-like, Index or int
            As in `Forecaster.forecast`.
        coverage : float between 0 and 1, or a sequence of such, optional
            If given, the interval is drawn; of several, such as (0.5, 0.8, 0.95), a fan, darker
            inside.
        history, actual : Series, optional
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ForecastDisplay
        """
        if isinstance(coverage, (Sequence, np.ndarray)):
            forecast, only = _with_intervals(forecaster, X, coverage), None
        else:
            forecast, only = forecaster.forecast(X, coverage=coverage), coverage
        return cls.from_forecast(
            forecast, history, actual, coverage=only, target=target, unit=unit, ax=ax
        )

    def plot(self, ax: Any = None, *, history_length: int | None = None) -> ForecastDisplay:
        """Draw one panel per series, the first six at most.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        history_length : int, optional
            Rows of history to draw; by default seven times the rows of the forecast.

        Returns
        -------
        ForecastDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table has no column ``forecast`` or no row, `history` or `actual` has another
            kind of index, or `ax` has another number of axes.
        """
        check(optional(integer(0)), history_length, "history_length")
        _check_forecast(self.forecast, history=self.history, actual=self.actual)
        tables = {
            name: _by_series(getattr(self, name)) for name in ("forecast", "history", "actual")
        }
        keys = list(tables["forecast"])
        axes = _panels(ax, min(len(keys), _MOST))
        for key, axis in zip(keys, axes, strict=False):
            forecast = tables["forecast"][key].sort_index()
            length = 7 * len(forecast) if history_length is None else history_length
            self._draw(
                axis, forecast, tables["history"].get(key), tables["actual"].get(key), length
            )
        _finish(self, axes, keys, _label(self.target, self.unit))
        return self

    def _draw(
        self,
        axis: Axes,
        forecast: pd.DataFrame,
        history: pd.Series | None,
        actual: pd.Series | None,
        length: int,
    ) -> None:
        moments = _moment_axis(axis, forecast.index)
        style = "o" if len(forecast) == 1 else ""
        if history is not None:
            past = history[history.index < forecast.index[0]].sort_index()
            past = past.iloc[max(len(past) - length, 0) :]
            axis.plot(
                _positions(past.index),
                past.to_numpy(),
                color="0.45",
                linewidth=1.2,
                label="history",
            )
        if actual is not None:
            came = actual[
                (actual.index >= forecast.index[0]) & (actual.index <= forecast.index[-1])
            ].sort_index()
            line = _positions(came.index), came.to_numpy()
            axis.plot(*line, color="black", linewidth=1.4, marker=style, label="actual")
        if {"lower", "upper"} <= set(forecast.columns):
            name = "interval" if self.coverage is None else f"{100 * self.coverage:g} % interval"
            bounds = forecast["lower"].to_numpy(), forecast["upper"].to_numpy()
            _fan(axis, moments, *bounds, _COLORS[0], name)
        for lower, upper, share, strength in _bands(forecast.columns):
            bounds = forecast[lower].to_numpy(), forecast[upper].to_numpy()
            _fan(axis, moments, *bounds, _COLORS[0], f"{share} interval", strength)
        values = forecast["forecast"].to_numpy()
        axis.plot(moments, values, color=_COLORS[0], linewidth=1.6, marker=style, label="forecast")


class BacktestDisplay:
    """The forecasts of a backtest beside what came, or their errors.

    Parameters
    ----------
    forecasts : DataFrame
        The forecasts table: columns model, series, origin, step, timestamp, actual, forecast and
        perhaps quantiles such as ``q0.05``.
    target, unit : str, optional
        What is forecast and in which unit, for the axis.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per series where forecasts are drawn, else one.
    figure_ : Figure

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> result = backtest(NaiveForecaster(), [1.0, 2.0, 4.0, 7.0], cv=RollingOrigin(horizon=1, origins=2))
    >>> display = BacktestDisplay.from_backtest(result, kind="step", unit="°F")
    >>> display.ax_.get_ylabel()
    'mean absolute error (°F)'
    """

    def __init__(
        self, forecasts: pd.DataFrame, *, target: str | None = None, unit: str | None = None
    ):
        self.forecasts = forecasts
        self.target = target
        self.unit = unit

    @classmethod
    def from_backtest(
        cls,
        backtest: Any,
        kind: str = "forecasts",
        *,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> BacktestDisplay:
        """Draw a backtest.

        Parameters
        ----------
        backtest : Backtest
        kind : {"forecasts", "step", "origin"}, default="forecasts"
            As in `plot`, which has more choices.
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        BacktestDisplay
        """
        return cls(backtest.forecasts, target=target, unit=unit).plot(ax, kind=kind)

    def plot(
        self,
        ax: Any = None,
        *,
        kind: str = "forecasts",
        models: Sequence[str] | None = None,
        interval: str | None = None,
        n_origins: int | None = None,
    ) -> BacktestDisplay:
        """Draw the last forecasts, or the errors by step or by origin.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        kind : {"forecasts", "step", "origin"}, default="forecasts"
            The forecasts of the last origins that do not overlap, one panel per series (six at
            most); the mean absolute error at each step ahead; or that at each origin, over all
            series.
        models : sequence of str, optional
            The models to draw; by default all. A model keeps its colour.
        interval : str, optional
            The model whose quantiles are drawn as a fan; by default that with the least mean
            absolute error.
        n_origins : int, optional
            How many origins; by default those within the last 120 timesteps, at least two.

        Returns
        -------
        BacktestDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column or has no row, an argument or a model is unknown, or `ax`
            has another number of axes.
        """
        check(one_of("forecasts", "step", "origin"), kind, "kind")
        check(optional(integer(1)), n_origins, "n_origins")
        _check_table(self.forecasts)
        styles = _styles(pd.unique(self.forecasts["model"]))
        for name in [*(models or []), *([interval] if interval else [])]:
            if name not in styles:
                raise ValueError(f"model {name!r} is not in the backtest; {nearest(name, styles)}.")
        table = (
            self.forecasts
            if models is None
            else self.forecasts[self.forecasts["model"].isin(models)]
        )
        styles = {
            model: style for model, style in styles.items() if models is None or model in models
        }
        if kind == "forecasts":
            return self._plot_forecasts(ax, table, styles, interval, n_origins)
        return self._plot_errors(ax, table, styles, kind)

    def _plot_forecasts(
        self,
        ax: Any,
        table: pd.DataFrame,
        styles: dict,
        interval: str | None,
        n_origins: int | None,
    ) -> BacktestDisplay:
        names = [lower for lower, *_ in _bands(table.columns)]
        if interval is None and names:
            interval = _best(table.dropna(subset=names))
        keys = list(pd.unique(table["series"]))
        axes = _panels(ax, min(len(keys), _MOST))
        for key, axis in zip(keys, axes, strict=False):
            part = _last_origins(table[table["series"] == key], n_origins)
            _moment_axis(axis, pd.Index(part["timestamp"]))
            axis.plot(*_came(part), color="black", linewidth=1.8, label="actual")
            for model, style in styles.items():
                own = part[part["model"] == model]
                axis.plot(*_broken(own, "forecast"), label=model, **style)
                if model == interval:
                    _draw_fans(axis, own, style["color"], model)
        only = str(keys[0]) if len(keys) == 1 else None
        _finish(self, axes, keys, _label(self.target or only, self.unit))
        return self

    def _plot_errors(
        self, ax: Any, table: pd.DataFrame, styles: dict, kind: str
    ) -> BacktestDisplay:
        (axis,) = _panels(ax, 1)
        errors = table.assign(error=(table["actual"] - table["forecast"]).abs())
        mean = errors.groupby([kind, "model"], observed=True)["error"].mean().unstack("model")
        moments = _moment_axis(axis, mean.index)
        for model, style in styles.items():
            marker = "o" if len(mean) <= 31 else ""
            axis.plot(
                moments, mean[model].to_numpy(), label=model, marker=marker, markersize=3, **style
            )
        axis.set_ylim(bottom=0)
        if kind == "step":
            axis.set_xlabel("step")
            axis.set_xlim(left=0.5)
        _finish(self, [axis], [None], _label("mean absolute error", self.unit))
        return self


class CalibrationDisplay:
    """How often actuals lay inside the intervals and below the quantiles of a backtest, and how
    often they should.

    On the diagonal forecasts are calibrated [1]_: below it in the left panel, intervals are too
    narrow; above it in the right one, quantiles are too high. 95 % of calibrated forecasts lie in
    the grey bands [2]_, ``nominal ± 1.96 · sqrt(nominal · (1 - nominal) / n)``, the binomial
    distribution made smooth: in the dark band if all n actuals were independent, in the light one
    if only the n origins were, and the steps and series after each told the same. What chance
    allows is between both, and more where origins are closer than the horizon.

    With ``kind="pit"`` each model has its histogram of the probability integral transform [3]_: the
    share of actuals between two neighbouring quantiles, over what it should be. Calibrated is flat;
    a valley says that intervals are too narrow, a hill too wide, a slope that forecasts are biased.

    Parameters
    ----------
    forecasts : DataFrame
        The forecasts table: columns model, series, origin, step, timestamp, actual, forecast and
        quantiles such as ``q0.05``.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        The central intervals and the quantiles; the latter alone where no quantile has its
        counterpart. Or one for each model.
    figure_ : Figure

    References
    ----------
    .. [1] Gneiting, Balabdaoui & Raftery (2007), J. Royal Statistical Society B 69(2), 243-268.
    .. [2] Bröcker & Smith (2007), Weather and Forecasting 22(3), 651-661.
    .. [3] Dawid (1984), J. Royal Statistical Society A 147(2), 278-292.

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> y, cv = [1.0, 2.0, 4.0, 3.0, 5.0], RollingOrigin(horizon=1, origins=2)
    >>> result = backtest(NaiveForecaster(), y, cv=cv, quantiles=(0.1, 0.9))
    >>> display = CalibrationDisplay.from_backtest(result)
    >>> [axis.get_xlabel() for axis in display.ax_]
    ['coverage that the interval claims', 'level of the quantile']
    """

    def __init__(self, forecasts: pd.DataFrame):
        self.forecasts = forecasts

    @classmethod
    def from_backtest(
        cls, backtest: Any, kind: str = "shares", *, ax: Any = None
    ) -> CalibrationDisplay:
        """Draw the calibration of a backtest.

        Parameters
        ----------
        backtest : Backtest
            With quantiles.
        kind : {"shares", "pit"}, default="shares"
            As in `plot`.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        CalibrationDisplay
        """
        return cls(backtest.forecasts).plot(ax, kind)

    def plot(self, ax: Any = None, kind: str = "shares") -> CalibrationDisplay:
        """Draw the share of actuals inside each central interval and below each quantile, over all
        series.

        Parameters
        ----------
        kind : {"shares", "pit"}, default="shares"
            These shares, or a histogram between the quantiles for each model.
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.

        Returns
        -------
        CalibrationDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column, has no quantiles or no actual, or `ax` has another number
            of axes.
        """
        check(one_of("shares", "pit"), kind, "kind")
        _check_table(self.forecasts)
        table = self.forecasts.dropna(subset=["actual"]).assign(lowest=-np.inf)
        intervals = {1 - 2 * q: _ends(q) for q in _nested(table.columns)}
        quantiles = {q: ("lowest", f"q{q:g}") for q in _quantiles(table.columns)}
        if not quantiles:
            raise ValueError(
                "the table of forecasts has no quantile: backtest with some, such as 0.05 and 0.95."
            )
        if table.empty:
            raise ValueError("the table of forecasts has no actual: backtest where they are known.")
        if kind == "pit":
            return self._plot_pit(ax, table, quantiles)
        panels = [
            ("inside the central interval", "coverage that the interval claims", intervals),
            ("below the quantile", "level of the quantile", quantiles),
        ]
        panels = [panel for panel in panels if panel[-1]]
        axes = _panels(ax, len(panels), columns=len(panels), height=3)
        for axis, (_, label, ends) in zip(axes, panels, strict=True):
            _draw_shares(axis, table, ends)
            axis.set_xlabel(label)
        _finish(self, axes, [title for title, *_ in panels], "share of actuals")
        return self

    def _plot_pit(
        self, ax: Any, table: pd.DataFrame, quantiles: dict[float, tuple[str, str]]
    ) -> CalibrationDisplay:
        models, edges = _styles(pd.unique(table["model"])), np.array([0.0, *quantiles, 1.0])
        axes = _panels(ax, len(models))
        for axis, (model, style) in zip(axes, models.items(), strict=True):
            part = table[table["model"] == model]
            below = [
                distributions.coverage(part["actual"], part[low], part[high])
                for low, high in quantiles.values()
            ]
            density = np.diff([0.0, *below, 1.0]) / np.diff(edges)
            axis.bar(
                edges[:-1],
                density,
                np.diff(edges),
                align="edge",
                color=style["color"],
                edgecolor="white",
            )
            axis.axhline(1.0, color="black", linewidth=0.8, label="calibrated")
            axis.set(xlim=(0, 1), xlabel="level of the quantile")
        _finish(self, axes, list(models), "share of actuals / claimed")
        return self


class RankDisplay:
    """The mean ranks of models, each in the middle of a bar as long as the critical difference.

    Two models whose bars overlap do not differ by more than chance [1]_. Black are the best and
    those that cannot be told from it, grey all others.

    Parameters
    ----------
    ranking : Ranking
        As `friedman_nemenyi` and `Backtest.ranks` return it.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    References
    ----------
    .. [1] Koning, Franses, Hibon & Stekler (2005), Int. J. Forecasting 21(3), 397-409.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecast import friedman_nemenyi
    >>> losses = pd.DataFrame({"lstm": [1.0, 2.0, 5.0], "naive": [3.0, 4.0, 6.0]})
    >>> display = RankDisplay(friedman_nemenyi(losses)).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['lstm', 'naive']
    """

    def __init__(self, ranking: Ranking):
        self.ranking = ranking

    @classmethod
    def from_backtest(
        cls, backtest: Any, metric: str = "mae", size: float = 0.05, *, ax: Any = None
    ) -> RankDisplay:
        """Rank the models of a backtest and draw their mean ranks.

        Parameters
        ----------
        backtest : Backtest
        metric : str, default="mae"
        size : float between 0 and 1, default=0.05
            As in `Backtest.ranks`.
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        RankDisplay
        """
        return cls(backtest.ranks(metric, size)).plot(ax)

    def plot(self, ax: Any = None) -> RankDisplay:
        """Draw a line for each model, the best on top.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        RankDisplay
            The display itself, with `ax_` and `figure_`.
        """
        (axis,) = _panels(ax, 1)
        ranks, half = self.ranking.ranks, self.ranking.critical_difference / 2
        best, lines = float(ranks.iloc[0]), np.arange(len(ranks))
        apart = ranks.to_numpy() - best > 2 * half
        axis.axvspan(best - half, best + half, color="0.93", zorder=0)
        for group, color, label in (
            (~apart, "black", "best, or not told from it"),
            (apart, "0.55", "worse"),
        ):
            if group.any():
                means = ranks.to_numpy()[group]
                axis.errorbar(
                    means, lines[group], xerr=half, fmt="o", color=color, linewidth=1.6, label=label
                )
        axis.set_yticks(lines, [str(model) for model in ranks.index])
        axis.set_ylim(len(ranks) - 0.5, -0.5)
        axis.set_xlabel(
            f"mean rank in {self.ranking.rows} comparisons, with the critical difference"
        )
        axis.set_title(f"Friedman p = {self.ranking.p_value:.2g}", loc="left", fontsize="medium")
        _finish(self, [axis], [None], "")
        return self


def _draw_shares(axis: Axes, table: pd.DataFrame, ends: dict[float, tuple[str, str]]) -> None:
    """Draw for each model how many actuals lie between each pair of columns, against how many should."""
    for model, style in _styles(pd.unique(table["model"])).items():
        part = table[table["model"] == model]
        shares = [
            distributions.coverage(part["actual"], part[lower], part[upper])
            for lower, upper in ends.values()
        ]
        axis.plot(
            list(ends),
            shares,
            label=model,
            marker="o",
            markersize=4,
            clip_on=False,
            zorder=3,
            **style,
        )
    axis.plot([0, 1], [0, 1], color="black", linewidth=0.8, label="calibrated", zorder=1)
    nominal = np.linspace(0, 1, 201)
    origins, actuals = (
        table.groupby("model", observed=True)["origin"].agg(["nunique", "size"]).max()
    )
    for n, (what, color) in {
        origins: ("origins", "0.93"),
        actuals: ("actuals", "0.82"),
    }.items():  # one if they agree
        reach = 1.96 * np.sqrt(nominal * (1 - nominal) / n)
        band = np.clip(nominal - reach, 0, 1), np.clip(nominal + reach, 0, 1)
        axis.fill_between(
            nominal, *band, color=color, linewidth=0, label=f"chance (95 %), {n} {what}", zorder=0
        )
    axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")


def _check_table(table: pd.DataFrame) -> None:
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(
            f"the table of forecasts lacks the columns {missing}: pass the table of a backtest."
        )
    if table.empty:
        raise ValueError("the table of forecasts has no row: backtest at least one origin.")


def _with_intervals(forecaster: Any, X: Any, coverages: Iterable[float]) -> pd.DataFrame:
    """Forecast with several intervals, as quantiles."""
    forecast = forecaster.forecast(X)
    _check_forecast(forecast)
    for coverage in coverages:
        interval = forecaster.forecast(X, coverage=coverage)
        forecast[list(_ends((1 - coverage) / 2))] = interval[["lower", "upper"]].to_numpy()
    return forecast


def _check_forecast(forecast: Any, **observed: Any) -> None:
    if not isinstance(forecast, pd.DataFrame):
        raise TypeError(
            f"forecast must be the DataFrame of a forecaster's forecast; got {type(forecast).__name__}."
        )
    if "forecast" not in forecast.columns or isinstance(forecast.columns, pd.MultiIndex):
        raise ValueError(
            f"the table has the columns {list(forecast.columns)[:10]} and no column 'forecast': pass what a "
            "forecaster's forecast returns, one target at a time."
        )
    if forecast.empty:
        raise ValueError("the table of forecasts has no row: forecast at least one step.")
    for name, table in observed.items():
        levels = forecast.index.nlevels
        if table is not None and table.index.nlevels != levels:
            raise ValueError(
                f"{name} has {table.index.nlevels} levels of index and the forecast {levels}: both need the "
                "moments, or (series, moment)."
            )


def _by_series(table: Any) -> dict[Hashable, Any]:
    """Take a table apart: series -> its rows; None stands for the only one."""
    if table is None:
        return {}
    if not isinstance(table.index, pd.MultiIndex):
        return {None: table}
    keys = table.index.get_level_values(0)
    return {key: table[keys == key].droplevel(0) for key in keys.unique()}


def _styles(models: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give each model its look, by its place in the table."""
    n = len(_COLORS)
    return {
        model: {
            "color": _COLORS[i % n],
            "linestyle": _DASHES[i // n % len(_DASHES)],
            "linewidth": 1.3,
        }
        for i, model in enumerate(models)
    }


def _label(*parts: str | None) -> str:
    """Write "target (unit)", or the one that is known."""
    target, unit = parts
    return f"{target} ({unit})" if target and unit else target or unit or ""


def _panels(ax: Any, n: int, columns: int | None = None, height: float = 2.4) -> list[Axes]:
    """Return `n` axes: those given, or those of a new figure, by default in one column up to three."""
    if ax is not None:
        given = list(np.ravel(np.asarray(ax, dtype=object)))
        if len(given) != n:
            raise ValueError(
                f"ax holds {len(given)} axes, but {n} panels are to be drawn: pass {n}, or None."
            )
        return given
    columns = columns or (1 if n <= 3 else 2)
    rows = -(-n // columns)
    figure = Figure(figsize=(9 + 2 * (columns - 1), 1.4 + height * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for spare in grid[n:]:
        spare.remove()
    return list(grid[:n])


def _finish(display: Any, axes: list[Axes], keys: list, label: str) -> None:
    """Put titles, labels and the legend around the data and hand the axes to the display."""
    for axis, key in zip(axes, keys, strict=False):
        place = axis.get_subplotspec()
        axis.set_ylabel(label if place is None or place.is_first_col() else "")
        axis.grid(axis="y", color="0.9", linewidth=0.8)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
        if len(keys) > 1:
            axis.set_title(str(key), loc="left", fontsize="medium")
    places = [axis.get_subplotspec() for axis in axes]
    corner = next(
        (axis for axis, place in zip(axes, places, strict=True) if place and place.is_last_col()),
        axes[0],
    )
    corner.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, frameon=False)
    display.ax_ = axes[0] if len(axes) == 1 else np.array(axes, dtype=object)
    display.figure_ = axes[0].get_figure()
    if len(keys) > len(axes):
        display.figure_.suptitle(f"the first {len(axes)} of {len(keys)} series", fontsize="medium")


def _positions(moments: pd.Index) -> np.ndarray:
    """Return where moments lie on an axis: days since 1970 for dates, else the numbers themselves."""
    if isinstance(moments, pd.PeriodIndex):
        moments = moments.to_timestamp()
    if isinstance(moments, pd.DatetimeIndex):
        if moments.tz is not None:
            moments = moments.tz_convert("UTC").tz_localize(None)
        return date2num(moments.to_numpy())
    return moments.to_numpy(dtype=np.float64)


def _moment_axis(axis: Axes, moments: pd.Index) -> np.ndarray:
    """Make the x axis readable for these moments and return where they lie."""
    if isinstance(moments, (pd.DatetimeIndex, pd.PeriodIndex)):
        zone = getattr(moments, "tz", None)
        locator = AutoDateLocator(tz=zone, minticks=3, maxticks=8)
        axis.xaxis.set_major_locator(locator)
        axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))
        axis.set_xlabel("" if zone is None else str(zone))
    else:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("row")
    return _positions(moments)


def _last_origins(part: pd.DataFrame, count: int | None) -> pd.DataFrame:
    """Return the rows of the last origins of one series whose forecasts do not overlap."""
    codes = pd.factorize(part["origin"], sort=True)[0]
    moments = _positions(pd.Index(part["timestamp"]))
    strides = np.diff(np.unique(moments))
    early = moments.max() - _SPAN * np.median(strides) if strides.size else -np.inf
    spans = pd.Series(moments).groupby(codes).agg(["min", "max"])
    kept: list[int] = []
    for code, first, last in spans[::-1].itertuples():
        wanted = len(kept) < (count or 2) or (count is None and first >= early)
        if wanted and (not kept or last < spans["min"][kept[-1]]):
            kept.append(code)
    return part[np.isin(codes, kept)]


def _broken(part: pd.DataFrame, *names: str) -> tuple[np.ndarray, ...]:
    """Return moments and columns of one model as one line, which breaks between origins of several steps."""
    part = part.sort_values(["origin", "step"])
    moments = _positions(pd.Index(part["timestamp"]))
    columns = [part[name].to_numpy(dtype=np.float64) for name in names]
    if part["step"].nunique() == 1:
        return moments, *columns
    cuts = np.flatnonzero(np.diff(pd.factorize(part["origin"])[0])) + 1
    return np.insert(moments, cuts, moments[cuts]), *(np.insert(c, cuts, np.nan) for c in columns)


def _came(part: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return moments and actuals of one series as one line, which breaks where no forecast reaches."""
    part = part.drop_duplicates("timestamp").sort_values("timestamp")
    moments = _positions(pd.Index(part["timestamp"]))
    strides = np.diff(moments)
    within = np.diff(pd.factorize(part["origin"])[0]) == 0
    usual = strides[within].max() if within.any() else np.inf
    cuts = np.flatnonzero(strides > usual * 1.001) + 1
    values = part["actual"].to_numpy(dtype=np.float64)
    return np.insert(moments, cuts, moments[cuts]), np.insert(values, cuts, np.nan)


def _fan(
    axis: Axes,
    moments: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    color: str,
    label: str,
    strength: float = 0.2,
) -> None:
    """Draw an interval in a paler colour, opaque, so that one inside another looks as in the legend."""
    pale = 1 - strength * (1 - np.array(to_rgb(color)))
    if len(moments) == 1:  # no area: a bar
        axis.vlines(moments, lower, upper, color=pale, linewidth=6, label=label, zorder=1)
    else:
        axis.fill_between(moments, lower, upper, color=pale, linewidth=0, label=label, zorder=1)


def _quantiles(columns: Iterable[str]) -> list[float]:
    """Return the levels of the quantiles in a table."""
    return sorted(
        float(name[1:])
        for name in columns
        if name[:1] == "q" and name[1:].replace(".", "").isdigit()
    )


def _ends(q: float) -> tuple[str, str]:
    """Name the columns of a quantile below the median and of its counterpart above it."""
    return f"q{q:g}", f"q{round(1 - q, 6):g}"


def _nested(columns: Iterable[str]) -> list[float]:
    """Return the quantiles below the median that have their counterpart above it, the outermost first."""
    return [q for q in _quantiles(columns) if q < 0.5 and _ends(q)[1] in set(columns)]


def _bands(columns: Iterable[str]) -> Iterator[tuple[str, str, str, float]]:
    """Yield the columns of each central interval, its coverage and the strength of its colour, the outermost first."""
    nested = _nested(columns)
    for i, q in enumerate(nested):
        yield *_ends(q), f"{100 * (1 - 2 * q):g} %", 0.2 + 0.4 * i / max(len(nested) - 1, 1)


def _draw_fans(axis: Axes, part: pd.DataFrame, color: str, model: str) -> None:
    for below, above, share, strength in _bands(part.columns):
        moments, lower, upper = _broken(part, below, above)
        _fan(axis, moments, lower, upper, color, f"{model}, {share}", strength)


def _best(table: pd.DataFrame) -> str | None:
    """Return the model with the least mean absolute error."""
    errors = (
        (table["actual"] - table["forecast"]).abs().groupby(table["model"], observed=True).mean()
    )
    return None if errors.dropna().empty else str(errors.idxmin())


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of the path; nobody ever sees half a file."""
    path = Path(path)
    kind = path.suffix[1:].lower()
    check(one_of("png", "svg", "pdf"), kind, f"the ending of {path.name}")
    write_beside(path, lambda beside: figure.savefig(beside, format=kind, dpi=150))
    return path
