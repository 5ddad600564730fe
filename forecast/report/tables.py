"""The tables of the report: cells as they are read, with the numbers that sort them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from forecast.evaluation.results import Backtest
from forecast.evaluation.verdict import Judgement
from forecast.figures.fans import CentralInterval
from forecast.report.moments import moment
from forecast.wording import decimals_of, score

N_WORST = 10  # series or origins in a table of the worst

# What the columns are, for those who meet them for the first time.
MEANINGS = {
    "mae": "mean absolute error, in the unit of the target",
    "rmse": "root of the mean squared error: large errors weigh more",
    "bias": "mean of actual less forecast: below 0 the forecasts are too high",
    "mase": "mean absolute error in units of the seasonal naive error before the first origin",
    "rmsse": "root mean squared error in such units",
    "smape": "symmetric mean absolute percentage error",
    "pinball": "mean loss of the quantiles",
    "coverage": "share of the actual values between the lowest and the highest quantile",
    "width": "mean distance between both",
    "crps": "continuous ranked probability score, the error of the whole distribution",
    "seconds": "time that learning and forecasting took",
}


class Cell(NamedTuple):
    """What stands in a cell, the number that it is sorted by, and how long its bar is."""

    text: str
    value: float | None = None
    bar: float | None = None  # from 0 to 1


class Column(NamedTuple):
    """The head of a column: its name, and what it means."""

    name: str
    meaning: str = ""
    is_number: bool = True


@dataclass(frozen=True)
class Table:
    """A table of the page; `marked` is the row that the page speaks of."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    marked: int | None = None


def of_models(result: Backtest, scores: pd.DataFrame, judgement: Judgement, shown: str) -> Table:
    """Return the models with their verdicts and scores, the best first."""
    ranked = scores.sort_values("mae", kind="stable")
    names = [str(name) for name in ranked.index]
    columns = [Column("model", is_number=False)]
    cells = [[Cell(name) for name in names]]
    reference = judgement.reference
    if reference is not None:
        columns.append(Column(f"against {reference}", is_number=False))
        cells.append([Cell(judgement.verdicts.get(name, "")) for name in names])
        columns.append(Column("better by", f"by how much its error is below that of {reference}"))
        skill = result.skill(reference)
        shares = {name: percent(skill[name]) for name in names if name != reference}
        cells.append([shares.get(name, Cell("")) for name in names])
    for name, values in ranked.items():
        columns.append(Column(str(name), MEANINGS.get(str(name), "")))
        cells.append(_numbers(values, with_bars=name == "mae"))
    return Table("Models", columns, list(zip(*cells, strict=True)), names.index(shown))


def of_choice(series: Mapping[str, str]) -> Table | None:
    """Return the model that was chosen for each series, if each has its own."""
    if not series:
        return None
    columns = [Column("series", is_number=False), Column("model", is_number=False)]
    return Table(
        "Chosen models", columns, [[Cell(name), Cell(model)] for name, model in series.items()]
    )


def by_step(errors: pd.DataFrame, shown: str) -> Table:
    """Return the mean absolute error of each model at each step ahead."""
    steps = [Cell(str(step), float(step)) for step in errors.index]
    return _of_errors("Error by step", "step", steps, errors, shown)


def worst_origins(errors: pd.DataFrame, shown: str) -> Table:
    """Return the errors from the origins from which one model was worst."""
    worst = errors.nlargest(N_WORST, shown)
    # Moments are sorted as numbers are, by their place in time.
    places = errors.index.get_indexer(worst.index)
    pairs = zip(worst.index, places, strict=True)
    origins = [Cell(moment(origin), float(place)) for origin, place in pairs]
    return _of_errors(f"Worst origins of {shown}", "origin", origins, worst, shown)


def worst_series(errors: pd.DataFrame, scaled: pd.DataFrame, shown: str) -> Table:
    """Return the errors on the series on which one model was worst, by scaled error.

    In the unit of the series, the largest would always be the worst.
    """
    is_scaled = scaled[shown].notna().any()
    worst = (scaled if is_scaled else errors)[shown].nlargest(N_WORST).index
    names = [Cell(str(name)) for name in worst]
    table = _of_errors(f"Worst series of {shown}", "series", names, errors.loc[worst])
    if not is_scaled:
        return table
    units = Column(f"mase of {shown}", MEANINGS["mase"])
    measured = _numbers(scaled.loc[worst, shown], with_bars=True)
    rows = [[row[0], cell, *row[1:]] for row, cell in zip(table.rows, measured, strict=True)]
    return Table(table.caption, [table.columns[0], units, *table.columns[1:]], rows)


def _of_errors(
    caption: str, by: str, groups: list[Cell], errors: pd.DataFrame, barred: str | None = None
) -> Table:
    """Return mean absolute errors (groups, models) and the best model of each group."""
    cells = [groups]
    # Steps and origins share a notation; what is small in one series may be large in another.
    shared = decimals_of(pd.Series(errors.to_numpy().ravel())) if by != "series" else None
    decimals = [decimals_of(row) if shared is None else shared for _, row in errors.iterrows()]
    for name, values in errors.items():
        longest = values.max() if name == barred else None
        pairs = zip(values, decimals, strict=True)
        cells.append([_number(value, digits, longest) for value, digits in pairs])
    # A group without actuals has no best model.
    best = [row.idxmin() if row.notna().any() else "" for _, row in errors.iterrows()]
    cells.append([Cell(str(name)) for name in best])
    models = [Column(str(name)) for name in errors.columns]
    columns = [Column(by, is_number=by != "series"), *models, Column("best", is_number=False)]
    return Table(caption, columns, list(zip(*cells, strict=True)))


def of_calibration(
    shares: Mapping[str, Sequence[float]], intervals: Sequence[CentralInterval], shown: str
) -> Table:
    """Return which share of the actual values lay inside each interval of each model."""
    names = list(shares)
    columns = [Column("model", is_number=False)]
    columns += [Column(f"inside the {interval.percent} interval") for interval in intervals]
    rows = [[Cell(name), *map(percent, shares[name])] for name in names]
    return Table("Calibration", columns, rows, names.index(shown))


def of_forecast(forecast: pd.DataFrame) -> Table:
    """Return the rows of a forecast as they stand in its file, series and moments first."""
    columns, cells = [], []
    for name, values in forecast.items():
        is_number = values.dtype.kind == "f"
        columns.append(Column(str(name), is_number=is_number))
        cells.append(_numbers(values) if is_number else [Cell(moment(value)) for value in values])
    return Table("Forecast", columns, list(zip(*cells, strict=True)))


def _numbers(values: pd.Series, with_bars: bool = False) -> list[Cell]:
    """Write the numbers of a column in one notation."""
    decimals = decimals_of(values)
    longest = values[values < math.inf].max() if with_bars else None
    return [_number(value, decimals, longest) for value in values]


def _number(value: float, decimals: int, longest: float | None = None) -> Cell:
    """Write a number that may be undefined, with a bar beside it if `longest` is given."""
    if math.isnan(value):
        return Cell(score(value, decimals))
    bar = min(value / longest, 1.0) if longest else None
    return Cell(score(value, decimals), float(value), bar)


def percent(share: float) -> Cell:
    """Write a share that may be undefined."""
    return (
        Cell("undefined") if math.isnan(share) else Cell(f"{round(share, 3) + 0:.1%}", float(share))
    )
