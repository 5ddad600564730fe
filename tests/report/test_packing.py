"""What the page draws from is what the backtest has, to the digits that are seen."""

import base64
import gzip

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.report.packing import (
    LEVELS,
    MISSING,
    from_forecast,
    from_forecasts,
    numbers_of,
    packed,
    scale,
)


def unpacked(series, n_models, n_quantities):
    """Read a block as the page does, one part after the other."""
    data = gzip.decompress(base64.b64decode(series["block"]))
    place = 0

    def take(kind, count):
        nonlocal place
        part = np.frombuffer(data, kind, count, place)
        place += part.nbytes
        return part

    rows, origins, horizon = series["rows"], series["origins"], series["horizon"]
    scales = take("<f8", 2 * (1 + n_models)).reshape(-1, 2)
    moments, starts = np.cumsum(take("<f8", rows)), np.cumsum(take("<f8", origins))
    places = take("<i4", origins * horizon).reshape(origins, horizon)
    shape = (n_quantities, origins, horizon)
    parts = [take("<i2", rows), *[take("<i2", np.prod(shape)).reshape(shape) for _ in scales[1:]]]
    assert place == len(data)
    values = [
        np.where(part == MISSING, np.nan, base + unit * part)
        for part, (base, unit) in zip(parts, scales, strict=True)
    ]
    return moments, starts, places, values[0], np.array(values[1:])


def test_every_number_of_a_backtest_comes_back(result):
    columns = ["forecast", "q0.05", "q0.95"]
    models = ["naive", "seasonal", "ridge"]
    for name, part in result.forecasts.groupby("series"):
        drawn = from_forecasts(part, models, columns)
        series = packed(drawn)
        assert series["name"] == name
        moments, starts, places, actual, values = unpacked(series, 3, 3)
        part = part.assign(
            place=np.searchsorted(moments, numbers_of(part["timestamp"])),
            number=np.searchsorted(starts, numbers_of(part["origin"])),
        )
        # A ten-thousandth of what is between the least and the largest value is not seen.
        tolerance = 1e-3 * (part["actual"].max() - part["actual"].min())
        assert_allclose(actual[part["place"]], part["actual"], atol=tolerance)
        assert_array_equal(places[part["number"], part["step"] - 1], part["place"])
        for model, name in enumerate(models):
            of_model = part[part["model"] == name]
            for quantity, column in enumerate(columns):
                got = values[model, quantity, of_model["number"], of_model["step"] - 1]
                assert_allclose(got, of_model[column], atol=tolerance)


def test_what_is_missing_stays_missing(result):
    part = result.forecasts[result.forecasts["series"] == "north"].copy()
    gone = part.index[(part["model"] == "ridge") & (part["step"] == 2)]
    part = part.drop(gone)
    part.loc[part["timestamp"] == part["timestamp"].max(), "actual"] = np.nan
    _, _, places, actual, values = unpacked(
        packed(from_forecasts(part, ["naive", "seasonal", "ridge"], ["forecast"])), 3, 1
    )
    assert np.isnan(values[2, 0, :, 1]).all()
    assert not np.isnan(values[2, 0, :, 0]).any()
    assert_array_equal(np.isnan(actual), np.arange(len(actual)) == len(actual) - 1)
    assert (places >= 0).all()


def test_a_forecast_follows_its_history():
    day = pd.date_range("2024-01-01", periods=5, freq="D")
    history = pd.Series([1.0, 2.0, 3.0, 4.0], day[:4])
    forecast = pd.DataFrame({"timestamp": day[3:], "forecast": [7.0, 8.0]})
    drawn = from_forecast("a", forecast, history, ["forecast"])
    # An observed row at a moment that is forecast is none of its history.
    assert_array_equal(drawn.actual, [1, 2, 3, np.nan, np.nan])
    assert_array_equal(drawn.places, [[3, 4]])
    assert_array_equal(drawn.origins, numbers_of(pd.Series(day[2:3])))
    assert_array_equal(drawn.values, [[[[7, 8]]]])


@pytest.mark.parametrize(
    "values", [[1.0, 1.5], [1e-9, 2e-9], [-1e12, 1e12], [0.0, 0.0], [7.0], [np.nan, 3.0, np.inf]]
)
def test_the_unit_is_a_power_of_ten_that_is_finer_than_a_screen(values):
    values = np.array(values)
    base, unit = scale(values)
    known = values[np.isfinite(values)]
    assert_allclose(np.log10(unit), np.rint(np.log10(unit)), atol=1e-9)
    assert np.abs((known - base) / unit).max() <= LEVELS
    assert_allclose(base + unit * np.rint((known - base) / unit), known, atol=0.51 * unit)


def test_nothing_known_has_a_scale_all_the_same():
    assert scale(np.array([np.nan, np.inf])) == (0.0, 1.0)


def test_moments_are_milliseconds_of_utc_periods_their_beginning_and_rows_themselves():
    naive = pd.Series(pd.to_datetime(["1970-01-02"]))
    assert numbers_of(naive).tolist() == [86_400_000]
    assert numbers_of(naive.dt.tz_localize("Europe/Berlin")).tolist() == [82_800_000]
    assert numbers_of(pd.Series(pd.period_range("1970-01", periods=1, freq="M"))).tolist() == [0]
    assert numbers_of(pd.Series([3, 4])).tolist() == [3, 4]
