"""Why moments are irregular, and what makes them regular.

Moments that merely lack some rows are mended by opening these. Others are brought to a step that
people know (hours, days, weeks, months, …): one that has one row at most, so that no value is lost,
or one that has rows in most of its steps, which are then merged.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.grid import alias_of_step, grid_of, inferred_alias

OR_SPLIT = ", or split with TimeSeriesSplit or RollingOrigin where a splitter made the hole"

# Steps that people know, and about how many days they have. Weeks may end on any day.
_STEPS = {
    "min": 1 / 1440,
    "h": 1 / 24,
    "D": 1.0,
    **{f"W-{day}": 7.0 for day in ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")},
    "MS": 30.4,
    "QS": 91.3,
    "YS": 365.25,
}
_FILLED = 2 / 3  # share of steps with a row, below which a step is too fine
_FAR = 100_000  # missing rows, from which a moment is wrong rather than others missing
_FEW = 0.1  # share of steps with several rows, up to which these are repetitions


def refuse_twice(index: pd.Index, row: int) -> NoReturn:
    """Refuse a moment that has two rows, of which `row` is the second."""
    fault = f"{index[row]} stands twice."
    if not isinstance(index, pd.DatetimeIndex):
        remedy = "Keep one of its rows with frame[~frame.index.duplicated()]."
        raise InputError(fault, remedy, "Remove one of its rows from the file.")
    moments = index.unique()
    alias = _usual_alias(moments) if len(moments) > 1 else "D"
    frame_remedy = "If a column tells its rows apart, index by (series, timestamp); "
    sentence = "If a column tells its rows apart, name it with {}; "
    options: list[dict[str, Any]] = [{"series": None}]
    # Hours that happened twice are no duplicates, once their time zone is known.
    if index.tz is None and (index.hour > 0).any():
        localize = "localize the times with index.tz_localize(zone, ambiguous='infer')"
        frame_remedy += f"if clocks went back, {localize}; "
        sentence += "if clocks went back, name the place with {}; "
        options.append({"time_zone": None})
    merge = f"forecast.regularize(frame, {alias!r}, how='mean')"
    options += [{"freq": alias, "how": "mean"}, {"how": "sum"}]
    raise InputError(
        fault,
        f"{frame_remedy}else merge them with {merge}, or 'sum', ….",
        Remedy(f"{sentence}else merge them with {{}}, or {{}}, ….", *options),
    )


def refuse_irregular(index: pd.DatetimeIndex) -> NoReturn:
    """Name the first moment that breaks the frequency that most rows follow."""
    # The grid that most rows follow, from the first row on it to the last.
    alias = _usual_alias(index)
    if grid_of(alias).is_too_fine(index, _FAR):
        _refuse_far(index, alias)
    grid = grid_of(alias).between(index[0], index[-1])
    missing, extra = grid.difference(index), index.difference(grid)
    if len(extra):
        _refuse_off_grid(index, alias, extra)
    rows = "1 row is" if len(missing) == 1 else f"{len(missing)} rows are"
    fault = f"{missing[0]} is missing ({rows}) although the rows come with frequency {alias!r}."
    remedy = f"forecast.regularize(frame, {alias!r}, fill=True)."
    options = {"freq": alias, "fill": True}
    if _may_be_left_out(missing):
        raise InputError(
            fault,
            "If clocks went forward, localize the times with index.tz_localize(zone); else mend it "
            f"with {remedy}",
            Remedy(
                "If clocks went forward, name the place with {}; else mend it with {}.",
                {"time_zone": None},
                options,
            ),
        )
    # One hole of many rows may be the part that a splitter has held out.
    hole = grid_of(alias).between(missing[0], missing[-1])
    if 1 < len(missing) == len(hole):
        remedy = f"{remedy.rstrip('.')}{OR_SPLIT}."
    raise InputError(fault, f"Mend it with {remedy}", Remedy("Mend it with {}.", options))


def _refuse_far(index: pd.DatetimeIndex, alias: str) -> NoReturn:
    """Refuse a moment whose year is mistyped, it seems, so far is it from the others."""
    gap = int(np.argmax(np.diff(index.asi8)))
    n_missing = grid_of(alias).n_steps(index[gap], index[gap + 1])
    raise InputError(
        f"after {index[gap]} comes {index[gap + 1]}, but the rows come with frequency {alias!r}: "
        f"{n_missing:.3g} of them are missing. Correct the moment that is wrong, or drop its row."
    )


def _refuse_off_grid(index: pd.DatetimeIndex, alias: str, extra: pd.DatetimeIndex) -> NoReturn:
    """Refuse moments between the steps, with a step that takes them all."""
    others = f", as do {len(extra) - 1} other rows" if len(extra) > 1 else ""
    fault = f"{extra[0]} lies off the grid of frequency {alias!r}{others}."
    step, counts = _step_of_single_rows(index)
    if step:
        fill = {"fill": True} if (counts == 0).any() else {}
        raise InputError(
            f"{fault} Each step of frequency {step!r} has one row at most.",
            f"Use forecast.regularize(frame, {step!r}{', fill=True' if fill else ''}).",
            Remedy("Use {}.", {"freq": step, **fill}),
        )
    step, counts = _step_of_most_rows(index)
    # A few repetitions of a reading have a mean; entries of a log add up.
    hows = ["mean", "sum"] if (counts > 1).mean() <= _FEW else ["sum", "mean"]
    fill = {"fill": True} if (counts == 0).any() else {}
    arguments = f"{step!r}, how={hows[0]!r}{', fill=True' if fill else ''}"
    merge = "Merge the rows of each step with"
    raise InputError(
        fault,
        f"{merge} forecast.regularize(frame, {arguments}), or {hows[1]!r}, 'count', ….",
        Remedy(
            f"{merge} {{}}, or {{}}, {{}}, ….",
            {"freq": step, "how": hows[0], **fill},
            {"how": hows[1]},
            {"how": "count"},
        ),
    )


def _step_of_single_rows(index: pd.DatetimeIndex) -> tuple[str, pd.Series]:
    """Return the step as long as the usual distance that has one row at most; "" if there is none.

    Also return the rows in each step.
    """
    usual = np.median(np.diff(index)) / np.timedelta64(1, "D")
    for step, days in _STEPS.items():
        if not 0.6 <= days / usual <= 1.7 or grid_of(step).is_too_fine(index, _FAR):
            continue
        counts = _rows_in_steps(index, step)
        if counts.max() == 1 and (counts > 0).mean() >= _FILLED:
            return step, counts
    return "", pd.Series()


def _step_of_most_rows(index: pd.DatetimeIndex) -> tuple[str, pd.Series]:
    """Return the finest step that most rows of the table fill, and the rows in each."""
    span = (index[-1] - index[0]) / pd.Timedelta(days=1)
    # With more steps than rows could fill, a step is too fine.
    coarse = [step for step, days in _STEPS.items() if span / days * _FILLED <= len(index) + 1]
    for step in coarse:
        counts = _rows_in_steps(index, step)
        if (counts > 0).mean() >= _FILLED:
            return step, counts
    return "YS", _rows_in_steps(index, "YS")


def _rows_in_steps(index: pd.DatetimeIndex, step: str) -> pd.Series:
    """Count the rows in each step of a frequency."""
    return pd.Series(1, index).resample(step).size()


def _may_be_left_out(missing: pd.DatetimeIndex) -> bool:
    """Whether missing moments may be hours that clocks leave out: early on Sundays, once a year."""
    if missing.tz is not None:
        return False
    early = missing[(missing.day_of_week == 6) & (missing.hour < 4)]
    years = missing.year.unique()
    return bool(len(early) == len(missing) and len(missing.normalize().unique()) == len(years))


def _usual_alias(index: pd.DatetimeIndex) -> str:
    """Return the frequency of the first five regular rows, else the most frequent step."""
    for i in range(min(len(index) - 4, 50)):
        alias = inferred_alias(index[i : i + 5])
        if alias:
            break
    else:
        alias = alias_of_step(pd.Series(np.diff(index)).mode()[0])
    only_weekdays = (index.day_of_week < 5).all()
    return "B" if alias == "D" and only_weekdays else alias
