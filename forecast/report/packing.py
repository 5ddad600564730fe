"""Series and their forecasts as bytes that the page draws from, one block for each series.

A block is compressed, and written in base64. It holds, in the order of little-endian machines:

- float64: base and unit of the actual values, and of each model's forecasts,
- float64: the moments of the series, the first and then the differences, in milliseconds or rows,
- float64: the origins in the same way,
- int32: the place of each origin's steps among the moments, (origins, horizon); -1 for none,
- int16: the actual values, and the forecasts (models, quantities, origins, horizon).

A number is ``base + unit * integer``, and `MISSING` is none. The unit is a power of ten that leaves
more levels than a screen has lines. Quantities are the forecast and, with an interval, both ends.
"""

from __future__ import annotations

import base64
import gzip
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

MISSING = -32768
LEVELS = 20_000  # at least a tenth of them lies between the least and the largest value


@dataclass(frozen=True)
class Drawn:
    """A series as it is drawn."""

    name: str
    moments: np.ndarray  # (rows,) ascending
    actual: np.ndarray  # (rows,)
    origins: np.ndarray  # (origins,) ascending
    places: np.ndarray  # (origins, horizon), among the moments
    values: np.ndarray  # (models, quantities, origins, horizon)


def from_forecasts(part: pd.DataFrame, models: list[str], columns: list[str]) -> Drawn:
    """Arrange the rows of one series of a forecasts table; `columns` are the quantities."""
    # The series' own moments and origins, ascending, and each row's place among them.
    moments, place = np.unique(numbers_of(part["timestamp"]), return_inverse=True)
    origins, origin = np.unique(numbers_of(part["origin"]), return_inverse=True)
    step = part["step"].to_numpy() - 1
    horizon = int(step.max()) + 1
    model = pd.Index(models).get_indexer(pd.Index(part["model"]))

    actual = np.full(len(moments), np.nan)
    actual[place] = part["actual"]
    places = np.full((len(origins), horizon), -1)
    places[origin, step] = place
    values = np.full((len(models), len(columns), len(origins), horizon), np.nan)
    for number, column in enumerate(columns):
        values[model, number, origin, step] = part[column]
    return Drawn(str(part["series"].iloc[0]), moments, actual, origins, places, values)


def from_forecast(
    name: str, forecast: pd.DataFrame, history: pd.Series, columns: list[str]
) -> Drawn:
    """Arrange a single forecast of one series, and what was observed before it."""
    past = numbers_of(history.index.get_level_values(-1).to_series())
    future = numbers_of(forecast["timestamp"])
    is_before = past < future[0]
    past, observed = past[is_before], history.to_numpy()[is_before]
    # Without a history the forecast begins where it is made.
    origins = past[-1:] if len(past) else future[:1]
    places = len(past) + np.arange(len(future))
    values = forecast[columns].to_numpy(dtype=np.float64).T
    return Drawn(
        name,
        np.concatenate([past, future]),
        np.concatenate([observed, np.full(len(future), np.nan)]),
        origins,
        places[np.newaxis],
        values[np.newaxis, :, np.newaxis],
    )


def packed(drawn: Drawn) -> dict[str, str | int]:
    """Return a series as JSON takes it: name, sizes and block."""
    scales = [scale(drawn.actual), *map(scale, drawn.values)]
    parts = [
        np.array(scales, dtype="<f8"),
        np.diff(drawn.moments, prepend=0.0).astype("<f8"),
        np.diff(drawn.origins, prepend=0.0).astype("<f8"),
        drawn.places.astype("<i4"),
        _integers(drawn.actual, *scales[0]),
        *[
            _integers(of_model, *its)
            for of_model, its in zip(drawn.values, scales[1:], strict=True)
        ],
    ]
    block = gzip.compress(b"".join(part.tobytes() for part in parts), compresslevel=6, mtime=0)
    n_origins, horizon = drawn.places.shape
    return {
        "name": drawn.name,
        "rows": len(drawn.moments),
        "origins": n_origins,
        "horizon": horizon,
        "block": base64.b64encode(block).decode("ascii"),
    }


def numbers_of(moments: pd.Series) -> np.ndarray:
    """Return moments as milliseconds since 1970 in UTC, or rows as they are."""
    index = pd.Index(moments)
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex):
        return index.to_numpy(dtype=np.float64)
    return index.as_unit("ms").asi8.astype(np.float64)


def scale(values: np.ndarray) -> tuple[float, float]:
    """Return base and unit that make integers of values: the unit is a power of ten."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    least, largest = float(known.min()), float(known.max())
    # A constant has no spread: its digits are what there is to see.
    spread = (largest - least) or abs(largest) or 1.0
    unit = 10.0 ** math.ceil(math.log10(spread / LEVELS))
    return round((least + largest) / 2 / unit) * unit, unit


def _integers(values: np.ndarray, base: float, unit: float) -> np.ndarray:
    """Return values as integers, which `base` and `unit` turn back."""
    is_known = np.isfinite(values)
    scaled = np.rint((np.where(is_known, values, base) - base) / unit)
    return np.where(is_known, scaled, MISSING).astype("<i2")
