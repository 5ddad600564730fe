"""The forecasts table: a row for each model, series, origin and step; scores, tests and files are made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.evaluation import metrics
from forecast.evaluation.significance import (
    Ranking,
    diebold_mariano,
    fewest_origins,
    friedman_nemenyi,
    holm,
)
from forecast.files import claim, write_beside
from forecast.validation import check, nearest, number, one_of

__all__ = ["Backtest"]

_SCHEMA = 1
COLUMNS = ["model", "series", "origin", "step", "timestamp", "actual", "forecast"]
ROOTS = ("rmse", "rmsse")  # scores whose squares are means of a loss
_NOT_LOSSES = ("bias", "coverage", "width")  # scores of which less is not better


@dataclass
class Backtest:
    """The result of a backtest: the forecasts table and what it takes to read it.

    Parameters
    ----------
    forecasts : DataFrame
        Columns model, series, origin, step, timestamp, actual, forecast and one per quantile, such
        as ``q0.05``.
    settings : dict
        Horizon, origins, models, versions, seconds per model, the scale of each series, a hash of
        the data.

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
        return [float(name[1:]) for name in self.forecasts.columns if name not in COLUMNS]

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
            raise ValueError(f"by must be None, 'step', 'series' or 'origin'; got {by!r}.")
        keys = ["model"] if by is None else ["model", by]
        groups = self.forecasts.groupby(keys, sort=False, observed=True)
        scored = [
            (key if isinstance(key, tuple) else (key,), self._score(part)) for key, part in groups
        ]
        models = [key[0] for key, _ in scored]
        index = (
            pd.MultiIndex.from_tuples([key for key, _ in scored], names=keys)
            if by
            else pd.Index(models, name="model")
        )
        return pd.DataFrame([scores for _, scores in scored], index=index)

    def _score(self, part: pd.DataFrame) -> dict[str, float]:
        actual, forecast = part["actual"].to_numpy(), part["forecast"].to_numpy()
        scales = self.settings.get("scales", {})
        scale = np.array(
            [scales.get(str(s)) or (np.nan, np.nan) for s in part["series"]], dtype=float
        )
        scores = {
            "mae": metrics.mae(actual, forecast),
            "rmse": metrics.rmse(actual, forecast),
            "bias": metrics.bias(actual, forecast),
            "mase": metrics.mae(actual / scale[:, 0], forecast / scale[:, 0]),
            "rmsse": metrics.rmse(actual / np.sqrt(scale[:, 1]), forecast / np.sqrt(scale[:, 1])),
            "smape": metrics.smape(actual, forecast),
        }
        if self.quantiles:
            values = part[[c for c in part.columns if c not in COLUMNS]].to_numpy()
            scores["pinball"] = metrics.pinball(actual, values, self.quantiles)
        if len(self.quantiles) > 2:  # two alone say too little of the whole distribution
            scores["crps"] = metrics.crps(actual, values, self.quantiles)
        if len(self.quantiles) > 1:
            scores["coverage"] = metrics.coverage(actual, values[:, 0], values[:, -1])
            scores["width"] = metrics.interval_width(values[:, 0], values[:, -1])
        return scores

    def losses(self, metric: str = "mae", by: str = "origin") -> pd.DataFrame:
        """Return the mean loss of each model from each origin, or on each series: what tests of
        significance compare.

        Parameters
        ----------
        metric : str, default="mae"
            A column of `scores` of which less is better; of a root, such as ``rmse``, the square is
            the loss. Or ``qlike``, for variances: infinite where a forecast is not positive;
            actuals that are not are left out.
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
            raise ValueError(
                f"{metric!r} is no loss of the backtest; {nearest(metric, [*known, 'qlike'])}."
            )
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
        losses = self.losses(metric).dropna(how="all")
        models = list(losses.columns)
        reference = models[0] if reference is None else reference
        if reference not in models:
            raise ValueError(f"{reference!r} is not in the backtest; {nearest(reference, models)}.")
        others = [name for name in models if name != reference]
        if not others:
            raise ValueError(
                f"the backtest has one model, {reference!r}: to compare takes at least two."
            )
        rows = [
            _compared(losses[name], losses[reference], self._overlap, coverage) for name in others
        ]
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
        """Rank the models over the series, and test whether their mean ranks differ by more than
        chance.

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
            (folder / "run.json").unlink(
                missing_ok=True
            )  # written last: a folder without it holds no run
        except OSError as error:
            raise ValueError(
                f"cannot write into {folder}: {error.strerror or error}. Choose another folder."
            ) from None
        write_beside(
            folder / "forecasts.parquet", lambda p: self.forecasts.to_parquet(p, index=False)
        )
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
            raise ValueError(
                f"{folder} has schema {schema!r}; this version reads {_SCHEMA}. Update seqcast."
            )
        settings.pop("schema")
        return cls(table, settings)

    def _repr_html_(self) -> str:
        s = self.settings
        title = f"Backtest: {s.get('origins')} origins × {s.get('horizon')} steps, refit {s.get('refit')}"
        return f"<p><b>{title}</b></p>" + self.scores().sort_values("mae").to_html(
            float_format="{:.3f}".format
        )


def _compared(
    losses: pd.Series, reference: pd.Series, overlap: int, coverage: float
) -> tuple[float | str, ...]:
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
