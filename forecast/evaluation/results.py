"""The forecasts table, a row for each model, series, origin and step: its columns, file and scores.

The columns are `COLUMNS` and one for each quantile, named by `quantile_name` and found by
`quantile_columns`. Scores, tests and figures are made of this table and nothing else. The module is
long because every method of `Backtest` documents what it answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.evaluation.choice import Choice, choose
from forecast.evaluation.ranking import Ranking, compare_with, friedman_nemenyi
from forecast.evaluation.runs import read_run, write_run
from forecast.evaluation.scoring import (
    ROOTS,
    loss_names,
    mean_losses,
    score_names,
    without_failed,
)
from forecast.evaluation.stored import StoredForecasts
from forecast.exceptions import InputError, InputTypeError
from forecast.run_folder import making
from forecast.validation import check, nearest, number, one_of

__all__ = ["Backtest"]

COLUMNS = ["model", "series", "origin", "step", "timestamp", "actual", "forecast"]


def quantile_name(quantile: float) -> str:
    """Return the column of a quantile: no other has the same, and it gives the number back."""
    return f"q{float(quantile)!r}"


def outer_quantiles(coverage: float) -> tuple[float, float]:
    """Return the quantiles between which a central interval of some coverage lies.

    They are 0.05 and 0.95 for 0.9, and not what halves leave of binary fractions: columns are named
    after them.
    """
    tail = round((1 - coverage) / 2, 9)
    return tail, round(1 - tail, 9)


def quantile_columns(table: pd.DataFrame) -> dict[float, str]:
    """Return the quantiles in a forecasts table and the names of their columns, ascending."""
    levels = {name: _level(name) for name in table.columns}
    named = {level: name for name, level in levels.items() if level is not None}
    return dict(sorted(named.items()))


def check_forecasts(table: Any) -> None:
    """Refuse what is no forecasts table: a column is missing, named twice or not of numbers."""
    if not isinstance(table, pd.DataFrame):
        raise InputTypeError(
            f"forecasts must be a DataFrame with the columns {', '.join(COLUMNS)};"
            f" got {type(table).__name__}."
        )
    for name in COLUMNS:
        if name not in table.columns:
            raise InputError(
                f"the forecasts table has no column {name!r}; it needs {', '.join(COLUMNS)}."
            )
    seen: set[Any] = set()
    for name in table.columns:
        # Two spellings of a quantile, such as q0.5 and q0.50, are one column twice.
        level = _level(name)
        key = name if level is None else level
        if key in seen:
            raise InputError(f"the forecasts table has {name!r} twice: leave one of both out.")
        seen.add(key)
    for name in ["step", "actual", "forecast", *quantile_columns(table).values()]:
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise InputError(
                f"{name} of the forecasts table is of type {table[name].dtype}: make it numbers."
            )


def _level(name: Any) -> float | None:
    """Return the quantile that a column is named after, if it is."""
    text = str(name)
    if not text.startswith("q"):
        return None
    try:
        level = float(text[1:])
    except ValueError:
        return None
    return level if 0 < level < 1 else None


class Backtest:
    """The result of a backtest: the forecasts table and what it takes to read it.

    Parameters
    ----------
    forecasts : DataFrame or StoredForecasts
        Columns model, series, origin, step, timestamp, actual, forecast and one per quantile, such
        as ``q0.05``. Models and series may be categories.
    settings : dict, optional
        Horizon, origins, models, versions, seconds per model, a hash of the data; under ``scales``
        the absolute and squared scale of each series, or None where it has none; under ``left_out``
        the series that have no row; under ``unobserved`` the number of rows that were left out
        because their series had not begun, or had ended.

    Raises
    ------
    TypeError
        If the forecasts are no DataFrame.
    ValueError
        If a column is missing, is there twice or holds no numbers.

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> cv = RollingOrigin(horizon=1, origins=2)
    >>> result = backtest(NaiveForecaster(), [1.0, 2.0, 4.0, 7.0, 11.0], cv=cv)
    >>> result.forecasts[["origin", "timestamp", "actual", "forecast"]]
       origin  timestamp  actual  forecast
    0       2          3     7.0       4.0
    1       3          4    11.0       7.0
    >>> result.scores()["mae"]
    model
    NaiveForecaster    3.5
    Name: mae, dtype: float64
    """

    def __init__(
        self, forecasts: pd.DataFrame | StoredForecasts, settings: dict[str, Any] | None = None
    ):
        self._table = forecasts
        self.settings = {} if settings is None else settings
        check_forecasts(self._head)

    @cached_property
    def forecasts(self) -> pd.DataFrame:
        """The forecasts table; that of a run in a folder is read when it is asked for."""
        if isinstance(self._table, StoredForecasts):
            return self._table.read()
        return self._table

    @property
    def _head(self) -> Any:
        """A table with the columns of the forecasts table, at least."""
        return self._table.head if isinstance(self._table, StoredForecasts) else self._table

    def _pieces(self, columns: list[str] | None = None) -> Iterable[pd.DataFrame]:
        """Return the forecasts table, piece by piece where it was not read as a whole.

        Of some columns at least.
        """
        if isinstance(self._table, StoredForecasts) and "forecasts" not in vars(self):
            return self._table.pieces(columns)
        return [self.forecasts]

    @property
    def quantiles(self) -> list[float]:
        """The quantiles in the table, ascending."""
        return list(quantile_columns(self._head))

    @property
    def left_out(self) -> list[str]:
        """The series that are not scored, since they have no row in the table.

        They ended before the first origin, began after the last fit, or have no moment in common
        with the origins.
        """
        return list(self.settings.get("left_out", []))

    @property
    def series(self) -> list[Any]:
        """The names of the series in the table."""
        return self._values("series")

    @property
    def origins(self) -> list[Any]:
        """The moments from which something was forecast."""
        return sorted(self._values("origin"))

    def _values(self, column: str) -> list[Any]:
        """Return the different values of a column, in the order in which they come."""
        found = [piece[column].unique() for piece in self._pieces([column])]
        return list(dict.fromkeys(value for values in found for value in values))

    @property
    def overlap(self) -> int:
        """How many neighbouring origins' forecasts have moments in common.

        The gap counts, since it is forecast as well.
        """
        farthest_step = max(piece["step"].max() for piece in self._pieces(["step"]))
        return int(np.ceil(farthest_step / self.settings.get("step", 1)))

    def scores(self, by: str | None = None) -> pd.DataFrame:
        """Score each model.

        Parameters
        ----------
        by : {None, "step", "series", "origin"}, default=None
            Over everything, or for each step, series or origin apart.

        Returns
        -------
        DataFrame
            Rows: models (in the order given), with `by` a second level. Columns: ``mae``, ``rmse``
            and ``bias`` in the unit of the series, ``mase``, ``rmsse``, ``smape`` (percent) and,
            with quantiles, ``pinball``; with two or more ``coverage`` (share of actuals between the
            lowest and the highest quantile) and ``width`` (mean distance between both); with three
            or more ``crps``. ``mase`` and ``rmsse`` are in units of the seasonal naive errors
            before the first origin; NaN for a series that is constant there.

        Raises
        ------
        ValueError
            If `by` is unknown.
        """
        if by not in (None, "step", "series", "origin"):
            raise InputError(f"by must be None, 'step', 'series' or 'origin'; got {by!r}.")
        names = score_names(len(self.quantiles))
        keys = ["model"] if by is None else ["model", by]
        scores = self._mean_losses(names, keys)
        # The mean comes first, then the root.
        for name in ROOTS:
            scores[name] = np.sqrt(scores[name])
        return scores

    def losses(self, metric: str = "mae", by: str = "origin") -> pd.DataFrame:
        """Return the mean loss of each model from each origin, or on each series.

        It is what tests of significance compare.

        Parameters
        ----------
        metric : str, default="mae"
            A column of `scores` of which less is better; of a root, such as ``rmse``, the square is
            the loss. Or ``qlike``, for variances: infinite where a forecast is not positive; rows
            whose actual is not positive are left out.
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
        >>> cv = RollingOrigin(horizon=1, origins=2)
        >>> result = backtest(models, [1.0, 2.0, 4.0, 7.0, 11.0], cv=cv)
        >>> result.losses()["drift"].to_dict()
        {2: 1.5, 3: 2.5}
        """
        check(one_of("origin", "series"), by, "by")
        known = loss_names(len(self.quantiles))
        if metric not in known:
            raise InputError(f"{metric!r} is no loss of the backtest; {nearest(metric, known)}.")
        losses = self._mean_losses([metric], ["model", by])[metric]
        # Unstacking sorts the models as well as the rows: take them in the order given.
        models = list(losses.index.unique("model"))
        return losses.unstack("model")[models]

    def _mean_losses(self, names: list[str], by: list[str]) -> pd.DataFrame:
        """Average the losses behind some scores over groups of rows."""
        scales = self.settings.get("scales", {})
        pieces = self._pieces()
        if self.settings.get("failed"):
            # What one model has failed to forecast is no part of the score of another.
            key = self._pieces(["series", "origin", "forecast"])
            pieces = without_failed(pieces, key)
        return mean_losses(pieces, quantile_columns(self._head), scales, names, by)

    def compare(
        self, metric: str = "mae", reference: str | None = None, coverage: float = 0.95
    ) -> pd.DataFrame:
        """Say of each model whether it is better than a reference by more than chance.

        The test of `diebold_mariano` on the losses from each origin, with the overlap of their
        horizons. Origins of which no model has a loss, for want of actuals, are left out.

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
            A row for each other model, in the order given; columns ``model``, ``reference``,
            ``difference`` (mean loss less that of the reference: negative is better), ``lower``,
            ``upper``, ``statistic``, ``p_value``, ``p_holm`` (adjusted for the number of models
            [1]_) and ``verdict``, which follows ``p_holm``: "better", "worse", "no more than
            chance", "too few origins" (2 · overlap + 1 are needed) or "undefined", where a loss is
            missing or infinite, or all differences are the same, though not zero.

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
        # Of an origin without actuals no model has a loss.
        losses = self.losses(metric).dropna(how="all")
        return compare_with(losses, reference, self.overlap, coverage)

    def choose(self, metric: str = "mae", simplest_first: Sequence[str] | None = None) -> Choice:
        """Choose the model to go on with: of those as good as the best, the simplest.

        The one with the smallest score; or a simpler one whose score is at most 1 % larger and that
        the test of `compare` does not tell apart from it. On simulated months, the M4 hours and
        ETTh1 this was as accurate afterwards as the smallest score, while the simplest model that
        the test does not tell apart, however far behind, was 4 to 24 % less accurate
        (``benchmarks/choosing.py``).

        Parameters
        ----------
        metric : str, default="mae"
            As in `losses`, and a column of `scores`.
        simplest_first : sequence of str, optional
            The models in the order of their simplicity; by default the order in which they were
            given.

        Returns
        -------
        Choice
            A named tuple: ``model``, and the ``reason`` in a sentence.

        Raises
        ------
        ValueError
            If the metric is unknown, or no model has a score.

        Examples
        --------
        >>> from forecast import NaiveForecaster, RollingOrigin, backtest
        >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
        >>> result = backtest(models, range(40), cv=RollingOrigin(horizon=2, origins=12))
        >>> result.choose().model
        'drift'
        """
        losses = self.losses(metric).dropna(how="all")
        return choose(self.scores()[metric], losses, self.overlap, simplest_first)

    def choose_by_series(
        self, metric: str = "mae", simplest_first: Sequence[str] | None = None
    ) -> dict[str, Choice]:
        """Choose a model for each series apart, as `choose` does for all together.

        Parameters
        ----------
        metric : str, default="mae"
        simplest_first : sequence of str, optional
            As in `choose`.

        Returns
        -------
        dict of str to Choice
            The choice for each series that has a score; of others nothing can be said.
        """
        scores = self.scores("series")[metric].unstack("series")
        losses = self._mean_losses([metric], ["model", "series", "origin"])[metric]
        # Unstacking sorts the models: the order given is that of the scores.
        scores = scores.loc[list(losses.index.unique("model"))]
        choices = {}
        for series, of_series in losses.groupby("series", observed=True):
            table = of_series.droplevel("series").unstack("model").dropna(how="all")
            if len(table):
                own = scores[series].rename(metric)
                choices[str(series)] = choose(own, table, self.overlap, simplest_first)
        return choices

    def ranks(self, metric: str = "mae", size: float = 0.05) -> Ranking:
        """Rank the models over the series, and test whether they differ by more than chance.

        For many series and few origins, where `compare` has too little to go by. With a single
        series, its origins are ranked, as many as do not overlap. Series or origins of which a
        model has no loss are left out.

        Parameters
        ----------
        metric : str, default="mae"
            As in `losses`.
        size : float between 0 and 1, default=0.05
            As in `friedman_nemenyi`.

        Returns
        -------
        Ranking
            As `friedman_nemenyi` returns it: ``ranks``, ``statistic``, ``p_value``,
            ``critical_difference``, ``rows``.

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
        # Series are taken for independent, and so are origins whose horizons do not overlap.
        losses = self.losses(metric, by="series")
        if len(losses) == 1:
            losses = self.losses(metric, by="origin")[:: self.overlap]
        # A rank takes a loss of every model.
        known = losses.replace(np.inf, np.nan).dropna()
        return friedman_nemenyi(known, size)

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
                raise InputError(f"{name!r} is not in the backtest; {nearest(name, known)}.")
        reference_score = float(scores[metric][reference])
        return (1 - scores[metric] / reference_score).rename("skill")

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
        with making(Path(path), force) as unfinished:
            self.write(unfinished)
        return Path(path)

    def write(self, folder: Path) -> None:
        """Write the files of `save` into a folder, whatever it holds.

        Parameters
        ----------
        folder : Path
        """
        write_run(folder, self._table, self.scores(), self.settings)

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
            If the folder holds no run, one of a newer schema, or a table that lacks columns.
        """
        forecasts, settings = read_run(path)
        try:
            return cls(forecasts, settings)
        except InputError as error:
            raise error.within(f"{path} holds a damaged run") from None

    def _repr_html_(self) -> str:
        """Show the models with their verdicts in a notebook, the best first, and their errors."""
        from forecast.evaluation.showing import as_html

        return as_html(self)

    def report(self, path: str | Path) -> Path:
        """Write one HTML file that shows the backtest to whoever has nothing but a browser.

        It holds the answer in a sentence, the models with their verdicts, charts of forecasts and
        errors to move through, calibration and settings, and needs no network.

        Parameters
        ----------
        path : str or Path
            The file; replaced if it exists.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If the file cannot be written.
        """
        # The one import upwards: a result knows how to be read (tests/test_layers.py).
        from forecast.report.page import write_report

        return write_report(self, path)
