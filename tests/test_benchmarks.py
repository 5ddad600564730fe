"""The benchmarks run on a tiny input and print their table; no test looks at clock or memory.

They run in this process, where TensorFlow is imported once; what a benchmark itself measures in
processes of its own is left so where the process matters.
"""

import gzip
import importlib.util
import inspect
import io
import json
import os
import re
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from naive import warping_distance
from numpy.testing import assert_allclose

import forecast
from forecast import ARIMAForecaster

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = [path.stem for path in sorted(BENCHMARKS.glob("*.py")) if path.stem != "printing"]


@pytest.fixture
def benchmark(monkeypatch):
    """Return a function that imports a benchmark by its name, as a module of its own."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = os.environ.copy()

    def imported(name):
        path = BENCHMARKS / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"benchmark_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield imported
    # Benchmarks choose the number of threads of their processes: no other test shall inherit it.
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def lines(capsys):
    """Return a function that runs a benchmark and returns the lines that it prints."""

    def printed(module, *arguments):
        module.main(arguments)
        return capsys.readouterr().out.splitlines()

    return printed


@pytest.fixture
def refusal(capsys):
    """Return a function that runs a benchmark and returns why it refuses its arguments."""

    def said(module, *arguments):
        with pytest.raises(SystemExit) as stop:
            module.main(arguments)
        assert stop.value.code == 2
        return capsys.readouterr().err

    return said


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_benchmark_explains_itself(script, benchmark, capsys):
    with pytest.raises(SystemExit) as stop:
        benchmark(script).main(["--help"])
    assert stop.value.code == 0
    assert "usage" in capsys.readouterr().out


# Memory


@pytest.fixture
def memory(benchmark, monkeypatch):
    """Return the benchmark of memory, whose cases run in this process."""
    module = benchmark("memory")

    def measure(name, *arguments):
        if name in ("same", "changing"):
            used = module._many(name, *arguments)
            return {"used": {str(fits): memory for fits, memory in used.items()}}
        return {"peak": module._peak(name, *arguments)}

    monkeypatch.setattr(module, "_measure", measure)
    return module


@pytest.mark.slow
def test_memory_prints_its_table(memory, lines):
    title, header, *rows = lines(memory, "--rows", "400", "--lookback", "7", "--features", "3")
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
def test_memory_of_many_fits_is_a_table(memory, lines):
    rows = lines(memory, "--fits", "5")[2:]
    assert [row.split()[:2] for row in rows] == [
        *(["same", str(k)] for k in range(1, 6)),
        ["changing", "1"],
    ]


@pytest.mark.slow
def test_memory_is_measured_in_a_process_of_its_own(benchmark):
    measured = benchmark("memory")._measure("view", 400, 7, 3)
    assert list(measured) == ["peak"]
    assert measured["peak"] >= 0


def test_memory_measures_a_copy_that_does_not_fit_on_fewer_rows(benchmark):
    free = 168 * 8 * 4 * 1000
    # Half of the free memory.
    assert benchmark("memory").fitting_rows(lookback=168, features=8, free=free) == 500


def test_memory_refuses_fewer_rows_than_a_window_has(benchmark, refusal):
    said = refusal(benchmark("memory"), "--rows", "5", "--lookback", "7")
    assert "--rows 5 is less than --lookback 7" in said


# Speed


@pytest.mark.slow
def test_training_speed_prints_its_table(benchmark, lines, monkeypatch):
    module = benchmark("training_speed")
    monkeypatch.setattr(module, "SHAPES", {"2x3-4": (2, 3, 4)})
    monkeypatch.setattr(module, "matmul_rate", lambda: 1e9)
    machine, header, row = lines(
        module, "--shapes", "2x3-4", "--windows", "256", "--rounds", "1", "--threads", "1"
    )
    assert "GFLOP/s" in machine
    assert header.split()[:2] == ["shape", "keras/s"]
    assert row.startswith("2x3-4")


@pytest.mark.slow
def test_the_rate_of_matrix_products_is_positive(benchmark):
    assert benchmark("printing").matmul_rate(size=8) > 0


@pytest.fixture
def here(monkeypatch):
    """Return a function that lets a benchmark run its cases in this process, but for those named.

    Here the libraries are loaded.
    """
    start = subprocess.run

    def let(module, *elsewhere):
        expected = len(inspect.signature(module.case).parameters)

        def run(command, input="", **options):
            # What follows the code of a case is its name and its arguments.
            arguments = command[command.index("-c") + 2 :] if "-c" in command else []
            if not arguments or arguments[0] in elsewhere:
                return start(command, **options)
            monkeypatch.setattr(sys, "argv", ["-c", *arguments])
            monkeypatch.setattr(sys, "stdin", io.StringIO(input))
            out = io.StringIO()
            with redirect_stdout(out), warnings.catch_warnings(action="ignore"):
                module.case(*arguments[:expected])
            return subprocess.CompletedProcess(command, 0, out.getvalue())

        monkeypatch.setattr(module.subprocess, "run", run)
        return module

    return let


@pytest.mark.slow
def test_latency_shows_that_tensorflow_is_not_needed(benchmark, here, lines):
    tiny = ("--units", "4", "--origins", "10", "--epochs", "1", "--rounds", "1", "--threads", "1")
    without, loaded = lines(here(benchmark("latency"), "without"), *tiny)[2:]
    assert without.endswith("not loaded")
    assert loaded.startswith("with TensorFlow")


@pytest.mark.slow
def test_many_series_prints_seconds_and_how_they_grow(benchmark, here, lines, monkeypatch):
    module = here(benchmark("many_series"))
    monkeypatch.setattr(module, "MODELS", ("naive",))
    header, *rows = lines(module, "--series", "20,40", "--rows", "30", "--threads", "1")[1:]
    assert header.split()[:3] == ["forecaster", "series", "rows"]
    assert [row.split()[:3] for row in rows] == [["naive", "20", "600"], ["naive", "40", "1200"]]
    # Of the first number of series there is none before it to have grown from.
    assert len(rows[1].split()) == len(rows[0].split()) + 1


def test_simulation_prints_series_in_a_second_of_each_kind_of_season(benchmark, lines):
    _, header, *rows = lines(benchmark("simulation"), "--series", "3", "--rows", "20")
    assert header.split() == ["seasons", "seconds", "series/s"]
    assert [row[: row.index("  ")] for row in rows] == ["none", "7", "12", "24, 168", "48, 336"]


def test_windows_prints_the_errors_of_each_set(benchmark, lines):
    _, header, *rows = lines(benchmark("windows"), "--series", "2")
    assert header.split()[-5:] == ["value", "Ridge()", "default", "no", "log"]
    assert [row.split("  ")[0] for row in rows[-3:]] == [
        "random walks",
        "autoregressions",
        "white noise",
    ]
    assert all(float(cell) >= 0 for row in rows for cell in row.split()[-4:])


def test_growth_prints_seconds_and_ratios_of_three_sizes(benchmark, lines):
    _, header, *rows = lines(benchmark("growth"), "--size", "0.002", "--rounds", "1")
    assert header.split("  ")[0] == "task"
    assert len(rows) == 18
    # The first size has none before it.
    assert [len(row.split()[-3:]) for row in rows[:3]] == [3, 3, 3]
    assert rows[0].split()[:2] == ["Ljung-Box", "500"]
    assert [row.split()[1] for row in rows[:3]] == ["500", "1000", "2000"]


@pytest.mark.slow
def test_mapped_prints_memory_in_files_and_in_memory(benchmark, lines, here):
    module = here(benchmark("mapped"))
    small = ("--series", "3", "--features", "2", "--samples", "100", "--threads", "1")
    header, *rows = lines(module, *small)[1:]
    assert header.split()[:3] == ["table", "series", "rows"]
    assert [row.split()[:3] for row in rows] == [["files", "3", "6000"], ["memory", "3", "6000"]]


def test_seconds_that_grow_like_the_number_of_series_have_the_exponent_1(benchmark):
    many_series = benchmark("many_series")
    assert_allclose(many_series._exponent((1000, 2.0), (4000, 8.0)), 1.0)
    assert_allclose(many_series._exponent((1000, 2.0), (4000, 32.0)), 2.0)


# Accuracy


@pytest.mark.slow
@pytest.mark.usefixtures("networks_by_descent")
def test_weather_accuracy_prints_both_periods(benchmark, lines, monkeypatch):
    module = benchmark("weather_accuracy")
    monkeypatch.setattr(module, "LOOKBACK", 24)
    tiny = ("--rows", "500", "--days", "2", "--days-before", "3", "--epochs", "1")
    models = ("--models", "naive,ridge,tutorial,all", "--ensemble", "1")
    rows = lines(module, *models, *tiny, "--threads", "1")[1:]
    assert rows[0].split("  ")[0] == "model"
    labels = [row.strip().split("  ")[0] for row in rows[1:]]
    assert labels == [
        "last value",
        "ridge, one variable",
        "Keras, as in tutorials",
        "LSTMForecaster, all",
        "its network alone (all)",
        "its linear part alone (all)",
    ]
    for row in rows[1:]:
        errors_and_seconds = row.split()[-4:]
        assert np.isfinite([float(cell) for cell in errors_and_seconds]).all()


@pytest.mark.slow
def test_coverage_prints_each_kind_of_interval(benchmark, lines, monkeypatch):
    weather = forecast.load_weather("JFK", fill=True)[-1000:]
    monkeypatch.setattr(forecast, "load_weather", lambda *_, **__: weather)
    module = benchmark("coverage")
    rows = lines(module, "--stations", "JFK", "--origins", "3", "--threads", "1")
    assert rows[1].split()[:3] == ["station", "forecaster", "intervals"]
    assert len(rows) == 2 + 3 * 5
    assert all(row.startswith("JFK") for row in rows[2:])


def test_choosing_prints_what_each_rule_comes_to(benchmark, lines):
    module = benchmark("choosing")
    rows = [row.split() for row in lines(module, "--simulated", "4", "--threads", "1")[2:]]
    errors = {" ".join(row[:-4]): float(row[-1]) for row in rows}
    assert set(errors) > {"smallest error", "choose", "the best afterwards"}
    assert errors["the best afterwards"] == min(errors.values())


@pytest.mark.slow
def test_anomalies_prints_each_detector_with_and_without_features(benchmark, lines):
    tiny = ("--stations", "JFK", "--seeds", "0", "--models", "naive", "--each", "1")
    module = benchmark("anomalies")
    rows = lines(module, *tiny, "--hours", "1600", "--alpha", "0.01", "--threads", "1")
    assert rows[2].split()[:6] == ["detector", "features", "spike", "shift", "stuck", "drift"]
    assert [row.split()[0] for row in rows[3:]] == ["naive", "naive", "isolation"]
    found = np.array([row.split()[-8:-4] for row in rows[3:]], dtype=float)
    assert set(np.unique(found)) <= {0.0, 1.0}  # one event of each kind


@pytest.mark.slow
@pytest.mark.usefixtures("networks_by_descent")
def test_long_horizon_prints_each_horizon_and_the_mean(benchmark, lines, tmp_path):
    rng, hours = np.random.default_rng(0), pd.date_range("2020", periods=720, freq="h")
    frame = pd.DataFrame({"date": hours, "a": rng.normal(size=720), "b": rng.normal(size=720)})
    frame.to_csv(tmp_path / "tiny.csv", index=False)
    tiny = ("--shrink", "20", "--lookback", "48", "--epochs", "1", "--units", "2")
    rows = lines(benchmark("long_horizon"), str(tmp_path / "tiny.csv"), "--horizons", "6,12", *tiny)
    assert [row.split()[0] for row in rows[1:]] == ["horizon", "6", "12", "all"]


@pytest.fixture
def m4(tmp_path):
    """Return the files of three made-up series: 148 hours to learn from, 12 to forecast."""
    rng = np.random.default_rng(0)
    values = 50 + 9 * np.sin(np.arange(160) * np.pi / 12) + rng.normal(size=(3, 160))
    names = ["H0", "H1", "H2"]
    pd.DataFrame(values[:, :148], names).to_csv(tmp_path / "train.csv")
    pd.DataFrame(values[:, 148:], names).to_csv(tmp_path / "test.csv")
    return [str(tmp_path / "train.csv"), str(tmp_path / "test.csv")]


@pytest.mark.slow
@pytest.mark.usefixtures("networks_by_descent")
def test_m4_hourly_prints_scores_relative_to_naive2(benchmark, lines, m4):
    tiny = ("--horizon", "12", "--lookback", "72", "--epochs", "1", "--units", "2")
    rows = lines(benchmark("m4_hourly"), *m4, *tiny, "--threads", "1")
    assert rows[2].split() == ["Naive2", *rows[2].split()[1:3], "1.0000"]
    assert len(rows) == 13


@pytest.mark.parametrize("script", ["long_horizon", "m4_hourly"])
def test_a_missing_file_is_named(script, benchmark, refusal):
    files = ["nowhere.csv"] * (2 if script == "m4_hourly" else 1)
    assert "there is no file nowhere.csv" in refusal(benchmark(script), *files)


# Statistical speed


@pytest.mark.slow
def test_statistical_speed_prints_a_table_of_the_weather_and_two_of_m4(
    benchmark, here, lines, m4, monkeypatch
):
    module = here(benchmark("statistical_speed"))
    monkeypatch.setattr(module, "OURS", ("AutoARIMAForecaster",))
    tiny = ("--rows", "96", "--days", "2", "--series", "2", "--few", "1")
    printed = lines(module, *tiny, "--m4", *m4)
    assert [line.split(";")[0] for line in printed if ":" in line] == [
        "JFK: 1 series",
        "M4 Hourly: 1 series",
        "M4 Hourly: 2 series",
    ]
    rows = [line.split() for line in printed if line.startswith("AutoARIMAForecaster")]
    # How many series of how many, and the difference of the AICc to itself.
    assert [(row[1], row[3], row[7]) for row in rows] == [
        ("1", "1", "0.0"),
        ("1", "1", "0.0"),
        ("2", "2", "0.0"),
    ]


SLOW_PMDARIMA = """
import time
from types import SimpleNamespace as Model

def auto_arima(y, m):
    time.sleep(60 * (len(y) > 40))
    result = Model(param_names=[], params=[])
    return Model(order=(0, 0, 0), seasonal_order=(0, 0, 0, 0), arima_res_=result)
"""


@pytest.mark.slow
def test_statistical_speed_says_who_is_missing_and_who_is_too_slow(
    benchmark, lines, tmp_path, monkeypatch
):
    (tmp_path / "pmdarima.py").write_text(SLOW_PMDARIMA)
    module = benchmark("statistical_speed")
    monkeypatch.setattr(module, "OURS", ("ThetaForecaster",))
    path = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
    printed = lines(module, "--rows", "96", "--days", "2", "--limit", "2")
    assert printed[1].startswith("statsforecast is not installed in")
    assert printed[-1].split() == ["pmdarima", "0", "of", "1", *"------"]


def test_the_referee_agrees_with_the_exact_likelihood_of_the_forecaster(benchmark):
    speed = benchmark("statistical_speed")
    walk = np.random.default_rng(0).normal(size=90).cumsum()
    y = 7 + 3 * np.sin(np.arange(90) * np.pi / 2) + walk
    model = ARIMAForecaster((1, 0, 1), (1, 1, 0, 4), trend="t").fit(y)
    terms = model.summary().set_index("term")["value"]
    coefficients = terms[["ar1", "ma1", "seasonal_ar1"]].tolist()
    # A line of slope t / 1000 a row rises by four times that in a season.
    found = speed.Process((1, 0, 1), (1, 1, 0, 4), terms["t"] * 4 / 1000, coefficients)
    judged = speed._aicc(speed.Task(y.tolist(), 90, [], 1), found)
    assert_allclose(judged, model.aicc_[0, 0], atol=1e-2)


# Classification


def test_classification_prints_accuracy_beside_the_nearest_neighbour(benchmark, lines, monkeypatch):
    module = benchmark("classification")
    monkeypatch.setattr(module, "SIMULATED", {"rare": module.SIMULATED["rare"]})
    _, header, row = lines(module, "--samples", "20", "--seeds", "1")
    assert header.split()[0] == "set"
    name, samples, timesteps, classes, accuracy, *_, neighbour = row.split()
    assert (name, samples, timesteps, classes) == ("rare", "20", "60", "2")
    assert float(accuracy) > 0.8
    assert float(neighbour) > 0.5


def test_warped_distances_are_those_of_a_table_filled_cell_by_cell(benchmark):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 2))
    others = rng.normal(size=(4, 9, 2))
    for place, length in enumerate([9, 4, 1, 7]):
        others[place, length:] = np.nan
    padded = np.pad(x, ((0, 3), (0, 0)), constant_values=np.nan)
    distances = benchmark("classification").warped_distances(padded, others)
    lengths = [9, 4, 1, 7]
    expected = [warping_distance(x, other[:n]) for other, n in zip(others, lengths, strict=True)]
    assert_allclose(distances, expected)


def test_classification_reads_sets_with_padding_and_several_channels(benchmark, tmp_path):
    path = tmp_path / "Toy_TRAIN.ts.gz"
    path.write_bytes(gzip.compress(b"@classLabel true a b\n@data\n1,2,3:4,5,?:a\n6:7:b\n"))
    X, y = benchmark("classification").read(path)
    n = np.nan
    assert_allclose(X, [[[1, 4], [2, 5], [3, n]], [[6, 7], [n, n], [n, n]]])
    assert y.tolist() == ["a", "b"]


# Tokens


def test_recommendation_prints_hit_rates_beside_the_optimum(benchmark, lines, monkeypatch):
    module = benchmark("recommendation")
    monkeypatch.setattr(module, "SETTINGS", ({"units": 4, "epochs": 1},))
    settings, header, *rows = lines(module, "--customers", "60")
    assert settings.startswith("60 customers, 200 items; network: {'units': 4")
    assert header.split()[:3] == ["model", "hit", "rate@1"]
    assert len(rows) == 7
    rates = [float(row.split()[-4]) for row in rows]
    assert rates[-1] == max(rates)
    assert rows[-1].split()[-2] == "100%"


def test_chains_count_what_followed(benchmark):
    recommendation = benchmark("recommendation")
    histories = [[1, 2, 3], [1, 2, 4], [5, 2, 4], [9, 1, 2]]
    by_one = recommendation.after_one(histories, prior=1e-9)[3]
    assert_allclose(by_one[[3, 4]], [1 / 3, 2 / 3], rtol=1e-6)
    by_two = recommendation.after_two(histories, prior=1e-9)[3]
    assert_allclose(by_two[[3, 4]], [1 / 2, 1 / 2], rtol=1e-6)
    for p in (recommendation.after_one(histories), recommendation.after_two(histories)):
        assert_allclose(p.sum(axis=1), 1.0, rtol=1e-6)


@pytest.fixture
def modules(tmp_path):
    """Return a folder of modules with docstrings, one of which stands in two of them."""
    for number in range(6):
        code = f'"""Return module {number}."""\ndef f():\n    """Return nothing at all."""\n'
        (tmp_path / f"module_{number}.py").write_text(code)
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "test_it.py").write_text('"""Test."""')
    (tmp_path / "wrong.py").write_text("def (")
    return tmp_path


def test_text_prints_bits_of_compressors_n_grams_and_the_network(benchmark, lines, modules):
    tiny = ("--folder", str(modules), "--units", "4", "--epochs", "1", "--threads", "1")
    printed = lines(benchmark("text"), *tiny)
    assert "characters to learn from" in printed[0]
    names = [line.split("  ")[0] for line in printed[2:]]
    assert names[:2] == ["bz2", "xz"]
    assert "Kneser-Ney, order 9" in names
    assert names[-2] == "LSTM, 4 units"
    assert names[-1].startswith("both, ")
    bits = [float(line.split()[-3]) for line in printed[2:]]
    assert 0 < min(bits) <= max(bits) < 60


def test_text_is_parted_by_module_and_without_repeats(benchmark, modules):
    text = benchmark("text")
    texts = text.texts_by_module(modules)
    assert texts["module_0.py"] == "Return module 0.\n\n\nReturn nothing at all."
    assert texts["module_5.py"] == "Return module 5."
    assert list(texts) == [f"module_{number}.py" for number in range(6)]
    learned, asked = text.parted(texts)
    assert sorted(learned + asked) == sorted(texts.values())
    assert len(asked) == 1


def test_bits_per_character_count_the_ends_of_texts(benchmark):
    generator = forecast.SequenceGenerator(order=2, epochs=0).fit(["ab", "abc"])
    bits = benchmark("text").bits_per_character(generator, ["ab", "b"])
    assert_allclose(bits, -generator.score(["ab", "b"]) * 5 / 3)


# Speed on text


def test_text_speed_prints_its_table(benchmark, lines, monkeypatch):
    module = benchmark("text_speed")
    monkeypatch.setattr(module, "matmul_rate", lambda: 1e9)
    monkeypatch.setattr(module, "STEPS", 4)
    small = ["--units", "4", "--batch-size", "2", "--batches", "8", "--rounds", "1"]
    machine, header, *rows = lines(module, *small, "--threads", "1")
    assert "GFLOP/s" in machine
    assert header.split() == ["library", "characters/s", "of", "matmul"]
    assert [row.split()[0] for row in rows][:2] == ["keras", "seqcast"]


# Sequence to sequence


@pytest.fixture
def translation(benchmark):
    return benchmark("translation")


def test_what_is_asked_was_not_learned_and_is_answered_rightly(translation):
    rng = np.random.default_rng(0)
    for name, task in translation.TASKS.items():
        learned, judged = translation.drawn(task, 300, rng)
        assert not {source for source, _ in learned} & {source for source, _ in judged}
        if name.startswith("sums"):
            assert all(sum(map(int, source.split("+"))) == int(y) for source, y in judged)
        if name == "sorting":
            assert all(sorted(source) == list(y) for source, y in judged)
        if name == "programs":
            for source, printed in judged[:50]:
                said = io.StringIO()
                with redirect_stdout(said):
                    exec(source, {})
                assert said.getvalue().strip() == printed


def test_translation_prints_its_table(translation, lines, monkeypatch):
    monkeypatch.setattr(translation, "JUDGED", 20)
    small = ["--samples", "64", "--epochs", "1", "--units", "8"]
    header, row = lines(translation, "--task", "sums of 3 digits", *small)
    assert header.split()[:2] == ["task", "seed"]
    *_, exact, edits, seconds = row.split()
    assert 0 <= float(exact) <= 1
    assert float(edits) >= 0
    assert float(seconds) >= 0


def test_scale_measures_a_backtest_and_says_what_more_workers_would_do(benchmark, tmp_path, capsys):
    scale = benchmark("scale")
    scale._write(tmp_path / "table", number=3, n_rows=40)
    scale.measure("naive", str(tmp_path / "table"), 1, 2, 2)
    found = json.loads(capsys.readouterr().out)
    assert found["forecasts"] == 3 * 2 * 2
    assert found["parts"] == 1
    assert found["seconds"] >= found["model"] > 0
    # Of ten seconds four are shared by two workers: eight are shared, two are not.
    lines = scale._of_many_workers({1: 10.0, 2: 6.0}).splitlines()
    assert lines[0] == "alone 2.0 s, shared 8.0 s"
    assert lines[-1].split()[:3] == ["1000", "2.0", "5.0"]


# The pretrained network


@pytest.mark.slow
def test_pretraining_goes_on_where_it_was_stopped(benchmark, lines, tmp_path, monkeypatch):
    module = benchmark("pretrain")
    for name, value in {"_TOGETHER": 40, "_KINDS": 2, "_BATCH": 16, "_KEPT_EVERY": 1}.items():
        monkeypatch.setattr(module, name, value)
    whole, parts = tmp_path / "whole.npz", tmp_path / "parts.npz"
    one_round = module.one_round

    def first_round(seed, number):
        if number:
            raise KeyboardInterrupt
        return one_round(seed, number)

    def flags(out):
        return "--out", str(out), "--rounds", "2", "--workers", "0"

    lines(module, *flags(whole))
    monkeypatch.setattr(module, "one_round", first_round)
    with pytest.raises(KeyboardInterrupt):
        lines(module, *flags(parts))
    monkeypatch.setattr(module, "one_round", one_round)
    line = lines(module, *flags(parts))[-1]
    assert line.startswith("2 of 2 rounds")
    with np.load(whole) as one, np.load(parts) as other:
        for name in one.files:
            assert_allclose(other[name], one[name], rtol=1e-2, atol=1e-3)


@pytest.mark.slow
def test_pretrained_prints_scores_and_coverage_of_each_set(benchmark, lines):
    tiny = ("--models", "pretrained", "--origins", "3", "--simulated", "20", "--many", "12")
    printed = lines(benchmark("pretrained"), *tiny, "--threads", "1")
    rows = [line for line in printed if "pretrained" in line]
    assert [line.split("  ")[0] for line in rows] == [
        "temperatures",
        "stocks",
        "simulated, season 1",
        "simulated, season 12",
        "simulated, season 24",
    ]
    assert re.fullmatch(r"12 series of 500 rows, 48 steps of each: \d+\.\d s", printed[-1])
