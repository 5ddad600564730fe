"""The folder of a run: written whole, read as it was, refused where something is wrong with it."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from forecast import Backtest, NaiveForecaster, RollingOrigin, backtest


@pytest.fixture(scope="module")
def result():
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    y = np.random.default_rng(0).normal(size=30).cumsum()
    return backtest(models, y, cv=RollingOrigin(horizon=3, origins=4), quantiles=(0.1, 0.9))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_can_be_saved_and_loaded(result, tmp_path):
    folder = result.save(tmp_path / "runs" / "a")
    assert folder == tmp_path / "runs" / "a"
    assert set(files(folder)) == {"forecasts.parquet", "scores.csv", "run.json"}
    loaded = Backtest.load(str(folder))
    assert_frame_equal(loaded.forecasts, result.forecasts)
    for by in (None, "step", "series", "origin"):
        assert_frame_equal(loaded.scores(by=by), result.scores(by=by))
    assert loaded.settings == json.loads(json.dumps(result.settings, default=str))
    assert_frame_equal(pd.read_csv(folder / "scores.csv", index_col="model"), result.scores())


def test_categories_come_back_as_categories(result, tmp_path):
    table = result.forecasts.astype({"model": "category", "series": "category"})
    loaded = Backtest.load(Backtest(table, result.settings).save(tmp_path))
    assert_frame_equal(loaded.forecasts, table)
    assert_frame_equal(loaded.scores(by="series"), result.scores(by="series"))


def test_a_series_without_a_scale_survives_the_file(result, tmp_path):
    settings = result.settings | {"scales": {"y": None}}
    loaded = Backtest.load(Backtest(result.forecasts, settings).save(tmp_path))
    assert loaded.settings["scales"] == {"y": None}
    assert loaded.scores()["mase"].isna().all()
    text = (tmp_path / "run.json").read_text()
    json.loads(text, parse_constant=pytest.fail)  # no NaN in it


def test_a_run_is_replaced_only_by_force(result, tmp_path):
    result.save(tmp_path)
    before = files(tmp_path)
    other = Backtest(result.forecasts[:5], result.settings)
    with pytest.raises(ValueError, match=f"{re.escape(str(tmp_path))} already holds a run.*force"):
        other.save(tmp_path)
    assert files(tmp_path) == before
    other.save(tmp_path, force=True)
    assert_frame_equal(Backtest.load(tmp_path).forecasts, other.forecasts)


def test_a_folder_without_a_run_is_refused(result, tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match=f"{re.escape(str(folder))} holds no run"):
            Backtest.load(folder)
    result.save(tmp_path)
    (tmp_path / "forecasts.parquet").unlink()
    with pytest.raises(ValueError, match=r"holds no run.*forecasts\.parquet"):
        Backtest.load(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "\x00\x01"])
def test_damaged_settings_are_refused(result, tmp_path, text):
    result.save(tmp_path)
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        Backtest.load(tmp_path)


def test_a_damaged_table_is_refused(result, tmp_path):
    result.save(tmp_path)
    file = tmp_path / "forecasts.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        Backtest.load(tmp_path)


def test_a_table_that_lacks_a_column_is_refused(result, tmp_path):
    result.save(tmp_path)
    result.forecasts.drop(columns="origin").to_parquet(tmp_path / "forecasts.parquet")
    words = rf"{re.escape(str(tmp_path))} holds a damaged run: .* no column 'origin'; it needs"
    with pytest.raises(ValueError, match=words) as caught:
        Backtest.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_newer_run_is_refused(result, tmp_path):
    result.save(tmp_path)
    run = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(run | {"schema": 2}))
    with pytest.raises(ValueError, match=r"schema 2; this version reads 1\. Update seqcast"):
        Backtest.load(tmp_path)


def test_a_folder_that_cannot_be_written_is_refused(result, tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(ValueError, match=f"cannot write into {re.escape(str(folder))}"):
            result.save(folder)
    assert files(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_no_file_is_left_half_written(result, tmp_path, monkeypatch, error):
    def half(_, path, **__):
        path.write_bytes(b"PAR1")
        raise error

    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises((ValueError, KeyboardInterrupt)):
        result.save(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
