"""What the report shows, as plain values: sentences, tables, figures, settings, charts."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

import pandas as pd

from forecast.evaluation.results import Backtest
from forecast.exceptions import InputError
from forecast.figures.choice import models_to_draw
from forecast.report import drawings, facts, tables
from forecast.report.answer import Answer, answer_of
from forecast.report.calibration import calibration_in_words
from forecast.report.extras import Extras
from forecast.report.moments import has_clock, history_of, with_moments, zone_of
from forecast.report.run import Run
from forecast.report.tables import Table
from forecast.wording import counted, number

MOST_FORECAST_ROWS = 120  # of the forecast on the page; its file has all of them
MOST_SCORES = 20_000  # rows of the scores by series that may be downloaded


class Download(NamedTuple):
    """A file inside the page."""

    name: str
    address: str


class Forecast(NamedTuple):
    """The forecast past the end."""

    table: Table
    n_rows: int
    figure: str
    chart: dict[str, Any]
    download: Download


class Errors(NamedTuple):
    """How errors are spread over steps, origins and series."""

    tables: list[Table]
    charts: dict[str, Any]
    wins: str


class Calibration(NamedTuple):
    """Whether intervals hold what they claim."""

    sentence: str
    table: Table | None


@dataclass(frozen=True)
class Contents:
    """All that the page shows, from top to bottom."""

    title: str
    subtitle: str
    answer: Answer
    forecast: Forecast | None
    models: Table
    refused: dict[str, str]
    chosen: Table | None
    scores: list[Download]
    chart: dict[str, Any]
    errors: Errors
    calibration: Calibration
    notes: list[str]
    attention: list[str]
    groups: list[facts.Group]
    command: str | None
    figures: dict[str, str]
    target: str
    zone: str | None
    has_clock: bool


def contents(result: Backtest, extras: Extras) -> Contents:
    """Collect what the page shows of a backtest and of what lies beside it."""
    run = Run(result, extras)
    seconds = result.settings.get("seconds") or {}
    scores = run.scores.assign(seconds=run.scores.index.map(seconds)) if seconds else run.scores
    widest = run.intervals[0] if run.intervals else None
    checked = models_to_draw(result.forecasts, run.shown)
    return Contents(
        title=f"Forecasts of {run.target}" if run.target else "Forecasts",
        subtitle=_subtitle(result),
        answer=answer_of(run),
        forecast=_forecast(run),
        models=tables.of_models(result, scores, run.judgement, run.shown),
        refused=result.settings.get("refused") or {},
        chosen=tables.of_choice(extras.choice.get("series") or {}),
        scores=_downloads(result, scores),
        chart=drawings.backtest_data(result, widest, run.looks, run.shown, checked),
        errors=_errors(run),
        calibration=_calibration(run),
        notes=facts.notes(result),
        attention=facts.attention(extras.profile),
        groups=facts.groups(result, extras.profile),
        command=facts.command(result.settings),
        figures=drawings.figures(result, run.shown),
        target=run.target,
        zone=zone_of(result.forecasts["timestamp"]),
        has_clock=has_clock(result.forecasts["timestamp"]),
    )


def _subtitle(result: Backtest) -> str:
    """Say what was tried."""
    table = result.forecasts
    counts = (
        counted(table["model"].nunique(), "model"),
        f"{number(table['series'].nunique(), 0)} series",
        counted(table["origin"].nunique(), "origin"),
        f"{counted(int(table['step'].max()), 'step')} ahead",
    )
    source = result.settings.get("source")
    return " · ".join([PurePath(source).name, *counts] if source else counts)


def _forecast(run: Run) -> Forecast | None:
    """Return the forecast past the end, if the folder holds one."""
    written = run.extras.forecast
    if written is None:
        return None
    backtested = run.result.forecasts
    if "series" not in written and backtested["series"].nunique() > 1:
        raise InputError("the forecast has no column 'series', but the backtest has several.")
    table = with_moments(written, backtested["timestamp"])
    history = history_of(backtested, by_series="series" in table)
    coverage = run.extras.choice.get("coverage")
    color = run.looks[0]["light"], run.looks[0]["dark"]
    look = {"name": "forecast", "light": color[0], "dark": color[1], "dash": []}
    return Forecast(
        tables.of_forecast(table.head(MOST_FORECAST_ROWS)),
        len(table),
        drawings.forecast_figure(table, history, coverage, run.target),
        drawings.forecast_data(table, history, look, coverage),
        _csv("forecast.csv", written),
    )


def _errors(run: Run) -> Errors:
    """Return the errors by step, from the worst origins and on the worst series."""
    by = {name: _mean_errors(run.result, name) for name in ("step", "origin", "series")}
    found = [
        tables.worst_origins(by["origin"], run.shown),
        tables.by_step(by["step"], run.shown),
    ]
    charts = {name: drawings.error_data(by[name]) for name in ("step", "origin")}
    if len(by["series"]) < 2:
        return Errors(found, charts, "")
    scaled = _mean_errors(run.result, "series", "mase")
    found.insert(0, tables.worst_series(by["series"], scaled, run.shown))
    best = by["series"].idxmin(axis=1).value_counts()
    wins = ", ".join(f"{name} on {n}" for name, n in best.items())
    return Errors(found, charts, f"Of {len(by['series'])} series, the best is {wins}.")


def _mean_errors(result: Backtest, by: str, metric: str = "mae") -> pd.DataFrame:
    """Return errors (steps, origins or series; models), models in the order given."""
    errors = result.scores(by)[metric]
    names = list(errors.index.unique("model"))
    unstacked = errors.unstack("model")[names]
    # Groups without actuals have no errors; all are undefined where a scale is missing.
    return unstacked.dropna(how="all") if metric == "mae" else unstacked


def _calibration(run: Run) -> Calibration:
    """Say whether the intervals hold what they claim."""
    if not run.intervals:
        return Calibration("The run has no two quantiles around the median: no interval.", None)
    share = run.shares[run.shown][0]
    sentence = calibration_in_words(run.result, share, run.intervals[0], run.shown)
    ranked = run.scores.sort_values("mae", kind="stable").index
    shares = {str(name): run.shares[str(name)] for name in ranked}
    return Calibration(sentence, tables.of_calibration(shares, run.intervals, run.shown))


def _downloads(result: Backtest, scores: pd.DataFrame) -> list[Download]:
    """Return the scores as files: of all series together, and of each."""
    files = [_csv("scores.csv", scores.reset_index())]
    by_series = result.scores("series")
    if len(scores) < len(by_series) <= MOST_SCORES:
        files.append(_csv("scores-by-series.csv", by_series.reset_index()))
    return files


def _csv(name: str, table: pd.DataFrame) -> Download:
    """Return a table as an address that holds it."""
    text = table.to_csv(index=False, float_format="%.8g")
    encoded = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return Download(name, f"data:text/csv;charset=utf-8;base64,{encoded}")
