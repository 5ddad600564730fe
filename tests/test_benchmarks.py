"""The benchmarks run on a tiny input and print their table; no test looks at the clock or at the memory."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import ARIMAForecaster

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = [path.name for path in sorted(BENCHMARKS.glob("*.py")) if path.name != "printing.py"]


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _lines(script: str, *arguments: str) -> list[str]:
    done = _run(script, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _module(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return __import__(name)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_benchmark_explains_itself(script):
    assert "usage" in "".join(_lines(script, "--help"))


@pytest.mark.slow
def test_memory_prints_its_table():
    title, header, *rows = _lines(
        "memory.py", "--rows", "400", "--lookback", "7", "--features", "3"
    )
    assert title == "lookback 7, 3 features"
    assert header.split() == ["case", "rows", "series", "MiB", "peak", "MiB", "peak", "/", "series"]
    assert [row.split("  ")[0] for row in rows] == [
        "SlidingWindow",
        "LSTMRegressor.fit on its view",
        "LSTMForecaster.fit",
        "windows copied by NumPy",
        "windows of keras.utils as an array",
    ]


@pytest.mark.slow
def test_memory_of_many_fits_is_a_table():
    lines = _lines("memory.py", "--fits", "5")
    assert [line.split()[:2] for line in lines[2:]] == [
        *(["same", str(k)] for k in range(1, 6)),
        ["changing", "1"],
    ]


def test_memory_measures_a_copy_that_does_not_fit_on_fewer_rows(monkeypatch):
    memory = _module("memory", monkeypatch)
    assert (
        memory.fitting_rows(lookback=168, features=8, free=168 * 8 * 4 * 1000) == 500
    )  # half of the free memory


def test_memory_refuses_fewer_rows_than_a_window_has():
    done = _run("memory.py", "--rows", "5", "--lookback", "7")
    assert done.returncode == 2
    assert "--rows 5 is less than --lookback 7" in done.stderr


@pytest.mark.slow
def test_training_speed_prints_its_table():
    machine, header, row = _lines(
        "training_speed.py", "--shapes", "7x24-64", "--windows", "256", "--rounds", "1"
    )
    assert "GFLOP/s" in machine
    assert header.split()[:2] == ["shape", "keras/s"]
    assert row.startswith("7x24-64")


@pytest.mark.slow
def test_latency_shows_that_tensorflow_is_not_needed():
    lines = _lines(
        "latency.py", "--units", "4", "--origins", "10", "--epochs", "1", "--rounds", "1"
    )
    without, loaded = lines[2:]
    assert without.endswith("not loaded")
    assert loaded.startswith("with TensorFlow")


@pytest.mark.slow
def test_weather_accuracy_prints_both_periods():
    tiny = (
        "--rows",
        "500",
        "--days",
        "2",
        "--days-before",
        "3",
        "--epochs",
        "1",
        "--ensemble",
        "1",
    )
    lines = _lines("weather_accuracy.py", "--models", "naive,ridge,tutorial,all", *tiny)
    assert lines[1].split("  ")[0] == "model"
    labels = [
        line.split("  ")[0] if line[0] != " " else line.strip().split("  ")[0] for line in lines[2:]
    ]
    assert labels == [
        "last value",
        "ridge, one variable",
        "Keras, as in tutorials",
        "LSTMForecaster, all",
        "its network alone (all)",
        "its linear part alone (all)",
    ]
    assert all(len(line.split()[-4:]) == 4 for line in lines[2:])


@pytest.mark.slow
def test_coverage_prints_each_kind_of_interval():
    lines = _lines("coverage.py", "--stations", "JFK", "--origins", "3")
    assert lines[1].split()[:3] == ["station", "forecaster", "intervals"]
    assert len(lines) == 2 + 3 * 5
    assert all(line.startswith("JFK") for line in lines[2:])


@pytest.mark.slow
def test_long_horizon_prints_each_horizon_and_the_mean(tmp_path):
    rng, hours = np.random.default_rng(0), pd.date_range("2020", periods=720, freq="h")
    frame = pd.DataFrame({"date": hours, "a": rng.normal(size=720), "b": rng.normal(size=720)})
    frame.to_csv(tmp_path / "tiny.csv", index=False)
    tiny = (
        "--shrink",
        "20",
        "--horizons",
        "6,12",
        "--lookback",
        "48",
        "--epochs",
        "1",
        "--units",
        "2",
    )
    lines = _lines("long_horizon.py", str(tmp_path / "tiny.csv"), *tiny)
    assert [line.split()[0] for line in lines[1:]] == ["horizon", "6", "12", "all"]


def _m4(folder: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    values = 50 + 9 * np.sin(np.arange(160) * np.pi / 12) + rng.normal(size=(3, 160))
    paths = [folder / f"{part}.csv" for part in ("train", "test")]
    for path, columns in zip(paths, (values[:, :148], values[:, 148:]), strict=True):
        pd.DataFrame(columns, [f"H{k}" for k in range(3)]).to_csv(path)
    return paths


@pytest.mark.slow
def test_m4_hourly_prints_scores_relative_to_naive2(tmp_path):
    files = [str(path) for path in _m4(tmp_path)]
    tiny = ("--horizon", "12", "--lookback", "72", "--epochs", "1", "--units", "2")
    lines = _lines("m4_hourly.py", *files, *tiny)
    assert lines[2].split() == ["Naive2", *lines[2].split()[1:3], "1.0000"]
    assert len(lines) == 11


@pytest.mark.parametrize("script", ["long_horizon.py", "m4_hourly.py"])
def test_a_missing_file_is_named(script):
    done = _run(script, *["nowhere.csv"] * (2 if script.startswith("m4") else 1))
    assert done.returncode == 2
    assert "there is no file nowhere.csv" in done.stderr


@pytest.mark.slow
def test_statistical_speed_prints_a_table_of_the_weather_and_two_of_m4(tmp_path):
    files = [str(path) for path in _m4(tmp_path)]
    lines = _lines(
        "statistical_speed.py",
        "--rows",
        "96",
        "--days",
        "2",
        "--series",
        "2",
        "--few",
        "1",
        "--m4",
        *files,
    )
    assert [line.split(";")[0] for line in lines if ":" in line] == [
        "JFK: 1 series",
        *(f"M4 Hourly: {n} series" for n in "12"),
    ]
    rows = [line.split() for line in lines if line.startswith("AutoARIMAForecaster")]
    assert [(row[1], row[3], row[7]) for row in rows] == [
        ("1", "1", "0.0"),
        ("1", "1", "0.0"),
        ("2", "2", "0.0"),
    ]


@pytest.mark.slow
def test_statistical_speed_says_who_is_missing_and_who_is_too_slow(tmp_path, monkeypatch):
    (tmp_path / "pmdarima.py").write_text(
        "import time\n"
        "from types import SimpleNamespace as Model\n"
        "def auto_arima(y, m):\n"
        "    time.sleep(60 * (len(y) > 40))\n"
        "    result = Model(param_names=[], params=[])\n"
        "    return Model(order=(0, 0, 0), seasonal_order=(0, 0, 0, 0), arima_res_=result)\n"
    )
    monkeypatch.setenv(
        "PYTHONPATH",
        os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]),
    )
    lines = _lines("statistical_speed.py", "--rows", "96", "--days", "2", "--limit", "2")
    assert lines[1].startswith("statsforecast is not installed in")
    assert lines[-1].split() == ["pmdarima", "0", "of", "1", *"------"]


def test_the_referee_agrees_with_the_exact_likelihood_of_the_forecaster(monkeypatch):
    speed = _module("statistical_speed", monkeypatch)
    y = (
        7
        + 3 * np.sin(np.arange(90) * np.pi / 2)
        + np.random.default_rng(0).normal(size=90).cumsum()
    )
    model = ARIMAForecaster((1, 0, 1), (1, 1, 0, 4), trend="t").fit(y)
    terms = model.summary().set_index("term")["value"]
    found = speed.Process(
        (1, 0, 1),
        (1, 1, 0, 4),
        terms["t"] * 4 / 1000,
        terms[["ar1", "ma1", "seasonal_ar1"]].tolist(),
    )
    unscaled = 2 * (90 - 4) * np.log(model.scale_[0, 0])
    assert_allclose(
        speed._aicc(speed.Task(y.tolist(), 90, [], 1), found),
        model.aicc_[0, 0] + unscaled,
        atol=1e-2,
    )
