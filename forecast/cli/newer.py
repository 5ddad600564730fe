"""The newer rows of SOURCE: those that a saved forecaster observes, and those that it forecasts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from forecast.cli.columns import VALUE, Roles, chosen_columns, offer
from forecast.cli.common import listed, tell
from forecast.cli.reading import check_unread, read_as_before, read_source
from forecast.exceptions import InputError
from forecast.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.tables.reading.reader import Reading

_FEWEST_STEPS = 5  # of a forecaster that has learned no horizon and has no season


def rows_to_forecast(model: Any, args: argparse.Namespace) -> int | pd.DataFrame:
    """Return what to ask a forecaster for: a number of steps, or rows with what is known ahead.

    With a SOURCE, the forecaster first observes the rows of it that it has not seen.
    """
    from forecast.forecasters.newer import needs_features_ahead

    horizon = args.horizon or _default_horizon(model)
    if args.source is None:
        check_unread(args, "it says how SOURCE is read, but there is none")
        return horizon
    args = read_as_before(args, getattr(model, "reading_", {}))
    ahead = _observe(model, args)
    # Where nothing has to be known ahead, the horizon may reach beyond the table.
    if _reach(ahead, args.horizon) or needs_features_ahead(model):
        return _first_rows(model, ahead, args)
    return horizon


def _default_horizon(model: Any) -> int:
    """Return how many steps a forecaster was fitted for, as it was told or as it has learned."""
    # Forecasts may continue beyond the horizon that was learned, but not by default.
    told = getattr(model, "asked_horizon_", None) or getattr(model, "horizon", None)
    season = model.memory_.frequency.season_length
    return int(told or max(season, _FEWEST_STEPS))


def _observe(model: Any, args: argparse.Namespace) -> pd.DataFrame:
    """Let a forecaster observe the newer rows of SOURCE; return those that are to be forecast."""
    from forecast.forecasters.newer import observe_newer

    X, y, notes = table_for(model, args)
    try:
        observed, ahead = observe_newer(model, X, y)
    except InputError as error:
        if args.fill and "--fill" in error.at_command_line():
            # What the file begins with has no value before it.
            remedy = "Give a SOURCE that begins earlier, with a value before the gap."
            error = InputError(error.args[0], remedy)
        raise error.within(args.source) from None

    rows = f"observed {counted(observed, 'newer row')} of {args.source}"
    if len(ahead):
        rows = f"{rows}; {counted(len(ahead), 'row')} without a target at the end: to be forecast"
    tell(args, "\n".join([rows, *listed(notes), *listed(_without_rows_ahead(model, ahead))]))
    return ahead


def table_for(model: Any, args: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Read the columns of SOURCE that a forecaster was fitted with, and what was done to them."""
    reading = read_source(args)
    features = list(getattr(model, "feature_names_in_", []))
    roles = Roles(_targets(model, reading), [], features)
    if features:
        # Rows to forecast need no column for what nobody knows yet.
        for target in set(roles.targets) - set(reading.frame.columns):
            reading.frame[target] = float("nan")
    _check_fitted(roles.columns, reading, args)
    frame, filled = chosen_columns(reading, roles, args)
    return frame[features], frame[roles.value], [*reading.notes, *filled]


def _targets(model: Any, reading: Reading) -> list[str]:
    """Name the columns that a forecaster was fitted with as its target, or as several of them."""
    target = model.target_names_[0]
    if target != VALUE or target in reading.frame.columns:
        return [target]
    names = [str(series) for series in model.series_]
    if reading.frame.index.nlevels > 1:
        # Each series of the file is one for each target: "series/target".
        names = [name.rpartition("/")[2] for name in names]
    return list(dict.fromkeys(names))


def _check_fitted(columns: list[str], reading: Reading, args: argparse.Namespace) -> None:
    """Refuse a table without a column that the forecaster was fitted with."""
    for name in columns:
        if name not in reading.frame.columns:
            raise InputError(
                f"{args.source} has no numeric column {name!r}, which {args.file} was fitted with; "
                f"{offer(name, reading)}. Add it, or fit anew without it."
            )


def _without_rows_ahead(model: Any, ahead: pd.DataFrame) -> list[str]:
    """Name the series that a table with rows to forecast has none for."""
    if not len(ahead) or ahead.index.nlevels == 1:
        return []
    asked = set(ahead.index.unique(0))
    without = [str(name) for name in model.series_ if name not in asked]
    if not without:
        return []
    return [f"no row without a target at the end, so not forecast: {', '.join(without)}"]


def _shortest(ahead: pd.DataFrame) -> int:
    """Return the number of rows ahead of the series that has the fewest of them, but some."""
    if ahead.index.nlevels == 1 or not len(ahead):
        return len(ahead)
    return int(ahead.groupby(level=0).size().min())


def _reach(ahead: pd.DataFrame, horizon: int | None) -> bool:
    """Whether the rows ahead are those to forecast: without a horizon, all that there are."""
    return _shortest(ahead) >= (horizon or 1)


def _first_rows(model: Any, ahead: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    """Return the rows ahead of each series, of --horizon the first; refuse too few of them."""
    from forecast.tables.timeline import by_series

    if not len(ahead):
        raise InputError(
            f"{args.source} has no row with {model.target_names_[0]!r} empty: "
            "rows to forecast need their features known ahead. Add them."
        )
    shortest = _shortest(ahead)
    if args.horizon is None:
        return by_series(ahead).head(_most_steps(model, ahead))
    if shortest < args.horizon:
        raise InputError(
            f"{args.source} has {counted(shortest, 'row')} to forecast, but --horizon "
            f"{args.horizon} needs {args.horizon}. Add the others, or give --horizon {shortest}."
        )
    return by_series(ahead).head(args.horizon)


def _most_steps(model: Any, ahead: pd.DataFrame) -> int:
    """Return how many of the rows ahead are forecast where nobody says: all that the model can."""
    try:
        model._check_steps(len(ahead))
    except InputError:
        return _default_horizon(model)
    return len(ahead)
