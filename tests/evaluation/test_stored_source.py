"""A backtest of a table that is read in parts is that of the table in memory."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.linear_model import Ridge

from forecast import (
    EnsembleForecaster,
    LSTMForecaster,
    NaiveForecaster,
    RollingOrigin,
    StoredTable,
    ThetaForecaster,
    WindowForecaster,
    backtest,
    read,
)
from forecast.tables.reading import stored_table

MODELS = {"naive": NaiveForecaster(7), "theta": ThetaForecaster(7)}
CV = RollingOrigin(horizon=5, origins=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write 40 series that begin and end at different moments, one of them early."""
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    times = pd.date_range("2024-01-01", periods=80, name="day")
    for number in range(40):
        own = times[rng.integers(0, 30) : 80 - 3 * (number % 9 == 0)]
        table = pd.DataFrame({"y": rng.normal(size=len(own)).cumsum()}, own)
        table.iloc[:2] = np.nan
        if number == 7:
            table = table[:20]
        table.assign(series=f"s{number:02d}").to_parquet(folder / f"{number}.parquet")
    return folder


@pytest.mark.parametrize("refit", ["never", "always"])
@pytest.mark.parametrize("keep", [False, True])
def test_parts_that_read_their_own_rows_give_the_same_table(
    folder, refit, keep, tmp_path, monkeypatch
):
    monkeypatch.setattr(stored_table, "_ROWS_OF_A_RUN", 700)
    stored = StoredTable(folder)
    kept = tmp_path if keep else None
    result = backtest(MODELS, stored, cv=CV, refit=refit, quantiles=(0.1, 0.9), keep=kept)
    y = read(folder)["y"]
    expected = backtest(MODELS, None, y, CV, refit, (0.1, 0.9))
    assert len(stored.runs()) > 2
    assert_frame_equal(result.forecasts, expected.forecasts, rtol=1e-12)
    assert_frame_equal(result.scores("series"), expected.scores("series"), rtol=1e-12)
    for name in ("scales", "unobserved", "left_out", "season_length", "failed"):
        assert result.settings[name] == expected.settings[name]
    assert "s07" in result.left_out


@pytest.mark.slow
def test_processes_read_their_own_parts(folder):
    alone = backtest(MODELS, StoredTable(folder), cv=CV)
    shared = backtest(MODELS, StoredTable(folder), cv=CV, n_jobs=2)
    assert_frame_equal(shared.forecasts, alone.forecasts, check_exact=True)
    assert shared.settings["data"] == alone.settings["data"]


@pytest.mark.parametrize(
    ("refit", "model"),
    [
        ("always", WindowForecaster(lookback=7)),
        ("never", EnsembleForecaster([NaiveForecaster(7), WindowForecaster(lookback=7)])),
        ("never", LSTMForecaster(7, 5, units=2, epochs=1, ensemble=1, random_state=0)),
    ],
)
def test_what_learns_from_all_series_gets_them_from_files(folder, monkeypatch, refit, model):
    monkeypatch.setattr(stored_table, "_ROWS_OF_A_RUN", 700)
    result = backtest(model, StoredTable(folder), cv=CV, refit=refit)
    expected = backtest(model, None, read(folder)["y"], CV, refit)
    assert_frame_equal(result.forecasts, expected.forecasts, rtol=1e-12)


def test_what_is_no_forecaster_is_refused(folder):
    with pytest.raises(ValueError, match=r"other is no forecaster of this package.*leave it out"):
        backtest({**MODELS, "other": Ridge()}, StoredTable(folder), cv=CV)
