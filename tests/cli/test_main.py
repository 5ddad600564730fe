"""The command: what it prints where, what it writes, and the sentence for each bad input.

Most tests call `main` in this process; those that ask what a process loads, how it ends and what
reaches its stderr start one.
"""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal

import forecast
from forecast import (
    Backtest,
    LSTMRegressor,
    NaiveForecaster,
    RollingOrigin,
    WindowForecaster,
    backtest,
    load,
    load_weather,
    read,
    save,
)
from forecast.cli.main import main
from forecast.presets import MODELS

COMMANDS = ("backtest", "compare", "fit", "predict", "plot", "datasets")
SMALL = ("--horizon", "3", "--origins", "4", "--lookback", "7")  # of any backtest here
HEAVY = {"numpy", "pandas", "sklearn", "scipy", "matplotlib", "statsmodels", "keras", "tensorflow"}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, monkeypatch):
    """Call the command in this process."""
    monkeypatch.setenv(
        "PYTHONWARNINGS", "default"
    )  # which the command may change: restored afterwards

    def run(*arguments):
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:
            code = stop.code
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def refused(run):
    """Call the command quietly and assert that it refuses in one sentence, which is returned."""

    def refused(command, *arguments):
        ran = run(command, *arguments, "--quiet")
        assert ran.code == 2, ran
        assert ran.out == ""
        assert ran.err.count("\n") == 1, ran.err
        assert ran.err.endswith((".\n", "?\n"))
        assert ran.err.startswith(f"forecast {command}: ")
        assert "Traceback" not in ran.err
        return ran.err

    return refused


def python(*arguments, cwd, **options):
    """Start a process as a user would: without what conftest sets."""
    hidden = ("TF_CPP_MIN_LOG_LEVEL", "PYTHONWARNINGS", "TF_ENABLE_ONEDNN_OPTS")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(Path(forecast.__file__).parents[1]), *sys.path[1:]]
    )
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def sales(n=60, seed=0):
    """Return the first n of 80 days of sales, with a promotion known ahead and a temperature that is not."""
    rng = np.random.default_rng(seed)
    day = pd.date_range("2024-01-01", periods=80, freq="D").rename("day")
    promo, temp = rng.integers(0, 2, 80).astype(float), rng.normal(15, 3, 80).round(2)
    week = 10 * np.sin(2 * np.pi * np.arange(80) / 7)
    values = 100 + week + 5 * promo + temp + np.cumsum(rng.normal(0, 1, 80))
    return pd.DataFrame({"sales": values.round(3), "temp": temp, "promo": promo}, day)[:n]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Stand in a folder with three files."""
    monkeypatch.chdir(tmp_path)
    sales()[["sales"]].to_csv("sales.csv")
    sales().to_csv("wide.csv")
    long = pd.concat({"north": sales(seed=1), "south": sales(52, seed=2)}, names=["shop", "day"])
    long.to_csv("long.csv")
    return tmp_path


@pytest.fixture
def saved(folder):
    """Save a forecaster of the sales."""
    return save(NaiveForecaster(7).fit(read("sales.csv")["sales"]), folder / "naive.seqcast")


@pytest.fixture
def small_networks(monkeypatch):
    """Let the command make networks that learn at once."""
    network = forecast.LSTMForecaster

    def small(**settings):
        return network(**settings | {"units": 3, "epochs": 1})

    monkeypatch.setattr(forecast, "LSTMForecaster", small)


def contents(folder):
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def scores_of(text):
    return pd.read_csv(io.StringIO(text), index_col="model")


# Help


def test_help_loads_neither_numpy_nor_pandas(tmp_path):
    program = f"""
import sys
from forecast.cli.main import main
for command in [[], *([c] for c in {COMMANDS})]:
    try:
        main([*command, "--help"])
    except SystemExit as stop:
        assert stop.code == 0
print("loaded:", sorted({HEAVY} & set(sys.modules)))
"""
    out, err = python("-c", program, cwd=tmp_path).communicate()
    assert out.splitlines()[-1] == "loaded: []"
    assert err == ""


def test_the_module_is_the_command(tmp_path):
    process = python("-X", "importtime", "-m", "forecast", "--help", cwd=tmp_path)
    out, err = process.communicate()
    assert process.returncode == 0
    assert out.startswith("usage: forecast ")
    assert not HEAVY & {line.rsplit("|", 1)[-1].strip() for line in err.splitlines()}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_for_each_flag(run, command):
    ran = run(command, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith(f"usage: forecast {command} ")
    flags = re.findall(r"^  (?:-\w.*, )?(--[a-z-]+)(?: [^ ]+)*(.*)$", ran.out, re.MULTILINE)
    assert {"--quiet", "--debug"} <= {flag for flag, _ in flags}
    for later in ("--jobs", "--engine", "--resume"):
        assert later not in ran.out


def test_the_version(run):
    ran = run("--version")
    assert ran.code == 0
    assert forecast.__version__ in ran.out


@pytest.mark.parametrize(
    "arguments", [(), ("forcast",), ("report",), ("backtest", "weather", "--jobs", "2")]
)
def test_an_unknown_command_or_flag_is_refused(run, arguments):
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("forecast")
    assert "--help" in ran.err


# Backtest


def test_a_backtest_says_what_it_inferred_and_prints_an_aligned_table(run):
    ran = run("backtest", "sales.csv", *SMALL, "--models", "naive,seasonal,ridge")
    assert ran.code == 0
    told = ran.err.splitlines()
    assert "sales.csv: 60 rows from 2024-01-01 00:00:00 to 2024-02-29 00:00:00" in told[0]
    assert "frequency 'D', season length 7; target sales" in told[0]
    assert "4 origins × 3 steps" in told[1]
    assert "naive, seasonal, ridge" in told[1]
    table, verdict = ran.out.split("\n\n")
    lines = table.splitlines()
    scores = [
        "mae",
        "rmse",
        "bias",
        "mase",
        "rmsse",
        "smape",
        "pinball",
        "coverage",
        "width",
        "seconds",
    ]
    assert lines[0].split()[:-1] == [*scores, "against"]
    assert lines[0].split()[-1] in ("naive", "seasonal")
    assert lines[1].split() == ["model"]
    assert len({len(line) for line in lines}) == 1
    assert {line.split()[0] for line in lines[2:]} == {"naive", "seasonal", "ridge"}
    mae = [float(line.split()[1]) for line in lines[2:]]
    assert mae == sorted(mae)
    assert re.match(r"(ridge beat|Nothing beat) the (naive|seasonal) forecast", verdict)
    assert set(os.listdir()) == {"sales.csv", "wide.csv", "long.csv"}  # no stray file


def test_the_scores_are_those_of_the_library(run):
    ran = run("backtest", "sales.csv", *SMALL, "--models", "naive,drift,ridge", "--format", "csv")
    y = read("sales.csv")["sales"]
    models = {
        "naive": NaiveForecaster(),
        "drift": NaiveForecaster(drift=True),
        "ridge": WindowForecaster(lookback=7, horizon=3),
    }
    expected = backtest(models, y, cv=RollingOrigin(3, 4), quantiles=(0.05, 0.95)).scores()
    got = scores_of(ran.out)
    assert_frame_equal(got.drop(columns="seconds"), expected.loc[got.index])
    assert (got["seconds"] >= 0).all()


def test_the_scores_as_json(run):
    ran = run("backtest", "sales.csv", *SMALL, "--models", "naive,drift", "--format", "json")
    csv = run("backtest", "sales.csv", *SMALL, "--models", "naive,drift", "--format", "csv")
    document = json.loads(ran.out, parse_constant=pytest.fail)
    got = pd.DataFrame.from_dict(document, orient="index").drop(columns="seconds")
    assert_allclose(got, scores_of(csv.out).drop(columns="seconds").loc[got.index])


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_quiet_leaves_stderr_empty(run, form):
    flags = ("--models", "naive,arima,ridge", "--season-length", "1", "--quiet", "--format", form)
    ran = run("backtest", "sales.csv", *SMALL, *flags)
    assert (ran.code, ran.err) == (0, "")
    assert "naive" in ran.out


def test_models_come_in_any_order_and_once(run):
    ran = run("backtest", "sales.csv", *SMALL, "--models", " drift ,naive,drift", "--format", "csv")
    assert sorted(scores_of(ran.out).index) == ["drift", "naive"]


@pytest.mark.parametrize("refit", ["never", "always", "2"])
def test_refit(run, refit):
    ran = run(
        "backtest", "sales.csv", *SMALL, "--models", "drift", "--refit", refit, "--format", "csv"
    )
    assert f"refit {refit}" in ran.err
    y, when = read("sales.csv")["sales"], int(refit) if refit.isdigit() else refit
    result = backtest({"drift": NaiveForecaster(drift=True)}, y, cv=RollingOrigin(3, 4), refit=when)
    assert_allclose(scores_of(ran.out)["mae"], result.scores()["mae"])


def test_step_and_season_length(run):
    ran = run(
        *("backtest", "sales.csv", *SMALL, "--models", "seasonal", "--format", "csv"),
        *("--step", "1", "--season-length", "5"),
    )
    assert "season length 5" in ran.err
    y = read("sales.csv")["sales"]
    result = backtest(
        {"seasonal": NaiveForecaster(5)}, y, cv=RollingOrigin(3, 4, 1), season_length=5
    )
    assert_allclose(scores_of(ran.out)[["mae", "mase"]], result.scores()[["mae", "mase"]])


def test_quantiles(run):
    ran = run(
        "backtest",
        "sales.csv",
        *SMALL,
        "--models",
        "naive",
        "--quantiles",
        "0.9,.5,0.1",
        "--out",
        "run",
    )
    assert ran.code == 0
    assert Backtest.load("run").quantiles == [0.1, 0.5, 0.9]
    without = run(
        "backtest", "sales.csv", *SMALL, "--models", "naive", "--quantiles", "", "--format", "csv"
    )
    assert without.code == 0
    assert not {"pinball", "crps", "coverage", "width"} & set(scores_of(without.out).columns)


def test_past_and_future_columns(run):
    ran = run(
        *(
            "backtest",
            "wide.csv",
            *SMALL,
            "--models",
            "naive,ridge,arima",
            "--format",
            "csv",
            "--out",
            "run",
        ),
        *("--target", "sales", "--past", "temp", "--future", "promo", "--season-length", "1"),
    )
    assert ran.code == 0, ran.err
    assert "target sales, past temp, future promo" in ran.err
    frame = read("wide.csv")
    model = WindowForecaster(lookback=7, horizon=3, past_features=["temp"])
    expected = backtest(
        {"ridge": model}, frame[["temp", "promo"]], frame["sales"], RollingOrigin(3, 4)
    )
    assert_allclose(scores_of(ran.out).loc["ridge", "mae"], expected.scores().loc["ridge", "mae"])
    assert "past_features=['temp']" in Backtest.load("run").settings["models"]["arima"]


def test_a_long_table(run):
    ran = run(
        *(
            "backtest",
            "long.csv",
            *SMALL,
            "--models",
            "naive,ridge",
            "--format",
            "csv",
            "--out",
            "run",
        ),
        *("--series", "shop", "--target", "sales", "--past", "temp"),
    )
    assert ran.code == 0, ran.err
    assert "2 series, 112 rows" in ran.err
    frame = read("long.csv", series="shop")
    models = {
        "naive": NaiveForecaster(),
        "ridge": WindowForecaster(lookback=7, horizon=3, past_features=["temp"]),
    }
    expected = backtest(models, frame[["temp"]], frame["sales"], RollingOrigin(3, 4)).scores()
    got = scores_of(ran.out)
    assert_allclose(got["mae"], expected["mae"].loc[got.index])
    assert set(Backtest.load("run").forecasts["series"]) == {"north", "south"}


def test_a_named_time_column(run):
    frame = sales()[["sales"]].reset_index()
    frame["ordered"] = frame["day"] - pd.Timedelta("400D")
    frame[["ordered", "day", "sales"]].to_csv("two.csv", index=False)
    ran = run("backtest", "two.csv", *SMALL, "--models", "naive", "--time", "day")
    assert "from 2024-01-01" in ran.err
    assert (
        "from 2022-11-27"
        in run("backtest", "two.csv", *SMALL, "--models", "naive", "--time", "ordered").err
    )


@pytest.mark.usefixtures("small_networks")
def test_everything_is_inferred_for_ones_own_file(run):
    frame = pd.DataFrame({"y": 20 + 3 * np.sin(2 * np.pi * np.arange(100) / 4)})
    frame.insert(0, "when", pd.date_range("1990-01-01", periods=100, freq="QS"))
    frame["y"] += np.random.default_rng(0).normal(0, 0.3, 100).round(2)
    frame.to_csv("my.csv", index=False)
    ran = run("backtest", "my.csv", "--target", "y", "--horizon", "12", "--origins", "3")
    assert ran.code == 0, ran.err
    assert re.search(r"frequency 'QS(-\w+)?', season length 4; target y", ran.err)
    table, verdict = ran.out.split("\n\n")
    models = {line.split()[0] for line in table.splitlines()[2:]}
    assert models == {"naive", "seasonal", "autoarima", "ets", "theta", "ridge", "lstm"}
    assert "forecast" in verdict


def test_a_trading_calendar_is_recognised(run):
    days = pd.bdate_range("2024-01-01", periods=80).drop(
        pd.to_datetime(["2024-01-15", "2024-02-19"])
    )
    prices = pd.Series(
        100 + np.cumsum(np.random.default_rng(0).normal(0, 1, 78)),
        days.rename("Date"),
        name="Close",
    )
    prices.to_csv("prices.csv")
    ran = run("backtest", "prices.csv", *SMALL, "--models", "naive,drift")
    assert ran.code == 0
    assert "trading days (weekdays, holidays missing), season length 1" in ran.err


def test_a_shipped_data_set_and_whether_anything_beat_the_naive_forecast(run):
    ran = run("backtest", "stocks", "--models", "naive,drift", "--origins", "3")
    assert ran.code == 0
    assert "5 series" in ran.err
    assert "3 origins × 5 steps" in ran.err
    assert {line.split()[0] for line in ran.out.split("\n\n")[0].splitlines()[2:]} == {
        "naive",
        "drift",
    }
    assert re.search(r"beat the naive forecast", ran.out)


@pytest.mark.parametrize("better", [True, False])
def test_the_verdict_agrees_with_the_scores(run, better):
    n = np.arange(120)
    noise = np.random.default_rng(1).normal(0, 1, 120)
    y = 10 * np.sin(2 * np.pi * n / 9) + 0.1 * noise if better else np.cumsum(noise)
    pd.DataFrame({"t": n, "y": y}).to_csv("y.csv", index=False)
    ran = run(
        "backtest",
        "y.csv",
        "--time",
        "t",
        "--models",
        "naive,ridge",
        "--lookback",
        "9",
        "--horizon",
        "3",
    )
    assert ran.code == 0, ran.err
    verdict = ran.out.split("\n\n")[1]
    assert verdict.startswith(
        "ridge beat the naive forecast by" if better else "Nothing beat the naive forecast"
    )


def test_a_constant_series_works_and_its_scaled_errors_are_said_to_be_undefined(run):
    frame = sales()[["sales"]] * 0 + 4.0
    frame.to_csv("flat.csv")
    ran = run(
        "backtest",
        "flat.csv",
        *SMALL,
        "--models",
        "naive,arima,autoarima,ridge",
        "--season-length",
        "1",
    )
    assert ran.code == 0, ran.err
    assert ran.out.count("undefined") > 6  # mase and rmsse of three models, and the sentence
    assert re.search(
        r"(?i)constant, .*before the first origin.*mase and rmsse are undefined", ran.out
    )
    as_json = run("backtest", "flat.csv", *SMALL, "--models", "naive", "--format", "json")
    assert json.loads(as_json.out, parse_constant=pytest.fail)["naive"]["mase"] is None


def test_gaps_are_filled_on_demand(run):
    frame = sales()[["sales"]]
    frame.iloc[[20, 21, 40]] = np.nan
    frame.to_csv("gaps.csv")
    filled = run(
        "backtest", "gaps.csv", *SMALL, "--models", "naive,ridge", "--fill", "--format", "csv"
    )
    assert filled.code == 0
    y = read("gaps.csv")["sales"].ffill()
    expected = backtest({"naive": NaiveForecaster()}, y, cv=RollingOrigin(3, 4)).scores()
    assert_allclose(scores_of(filled.out).loc["naive", "mae"], expected.loc["naive", "mae"])
    assert (
        run("backtest", "gaps.csv", *SMALL, "--models", "arima", "--season-length", "1").code == 0
    )


@pytest.mark.usefixtures("small_networks")
def test_the_seed_makes_networks_reproducible(run):
    arguments = (
        "backtest",
        "sales.csv",
        "--horizon",
        "2",
        "--origins",
        "2",
        "--lookback",
        "4",
        "--models",
        "lstm",
    )

    def mae(*seed):
        return scores_of(run(*arguments, "--format", "csv", *seed).out).loc["lstm", "mae"]

    first = mae("--seed", "1")
    assert_allclose(mae("--seed", "1"), first, rtol=1e-6)
    assert abs(mae("--seed", "2") / first - 1) > 1e-4


def test_the_table_says_of_each_model_what_its_difference_is_worth(run):
    arguments = ("backtest", "sales.csv", *SMALL, "--models", "naive,drift,ridge")
    ran = run(*arguments, "--origins", "9", "--step", "2", "--out", "run")
    against = {
        line.split()[0]: line.split(None, 11)[11:]
        for line in ran.out.split("\n\n")[0].splitlines()[2:]
    }
    compared = Backtest.load("run").compare(reference="naive").set_index("model")
    expected = {
        m: [f"{compared['verdict'][m]}, p = {compared['p_holm'][m]:.2g}"]
        for m in ("drift", "ridge")
    }
    assert against == {"naive": [], **expected}
    best = compared["p_holm"][["ridge", "drift"]]
    assert re.search(r"Diebold-Mariano p = (\S+), adjusted for 2 comparisons", ran.out).group(
        1
    ) in {f"{p:.2g}" for p in best}
    few = run(
        "backtest", "sales.csv", "--horizon", "3", "--origins", "2", "--models", "naive,drift"
    )
    assert re.search(r"^drift .* too few origins$", few.out, re.MULTILINE)
    assert "too few origins to test it" in few.out
    assert "against" not in run("backtest", "sales.csv", *SMALL, "--models", "drift").out
    assert re.search(
        "against drift$",
        run("backtest", "sales.csv", *SMALL, "--models", "drift,ridge").out,
        re.MULTILINE,
    )


# Compare


@pytest.fixture
def compared(run):
    """Leave a run of three models in the folder `run`."""
    models = ("--models", "drift,naive,seasonal", "--origins", "12", "--step", "2")
    assert run("backtest", "sales.csv", "--horizon", "3", *models, "--out", "run").code == 0
    return Backtest.load("run")


@pytest.mark.parametrize("metric", ["mae", "rmse", "pinball"])
def test_compare_is_that_of_the_library(run, compared, metric):
    losses = compared.losses(metric).mean()
    reference = losses[["naive", "seasonal"]].idxmin()  # though drift is the first
    expected = compared.compare(metric, reference)
    csv = run("compare", "run", "--metric", metric, "--format", "csv")
    assert (csv.code, csv.err) == (0, "")
    assert_frame_equal(pd.read_csv(io.StringIO(csv.out)), expected)
    document = json.loads(run("compare", "run", "--metric", metric, "--format", "json").out)
    assert [row["verdict"] for row in document] == list(expected["verdict"])
    named = run("compare", "run", "--metric", metric, "--reference", "drift", "--format", "csv")
    assert_frame_equal(pd.read_csv(io.StringIO(named.out)), compared.compare(metric, "drift"))


def test_compare_prints_an_aligned_table_and_what_it_means(run, compared):
    ran = run("compare", "run")
    table, meaning = ran.out.split("\n\n")
    assert len({len(line) for line in table.splitlines()}) == 1
    assert table.splitlines()[0].split() == list(compared.compare().columns)
    assert meaning == (
        "mae of 12 origins; a difference below 0 is better; "
        "lower and upper hold it with 95 % (as p_value does, for each model alone)\n"
    )


def test_compare_ranks_the_models_of_many_series(run):
    series = pd.concat({f"s{i}": sales(seed=i)[["sales"]] for i in range(8)}, names=["shop", "day"])
    series.to_csv("many.csv")
    source = (
        "many.csv",
        "--series",
        "shop",
        "--horizon",
        "3",
        "--origins",
        "1",
        "--models",
        "naive,seasonal,drift",
    )
    assert run("backtest", *source, "--out", "run").code == 0
    ran = run("compare", "run")
    assert ran.out.count("too few origins") == 2
    ranking = Backtest.load("run").ranks()
    assert ranking.rows == 8
    ranks = ", ".join(f"{model} {rank:.2f}" for model, rank in ranking.ranks.items())
    assert f"mean ranks over 8 series: {ranks}; Friedman p = {ranking.p_value:.2g}" in ran.out
    assert run("plot", "run", "--kind", "ranks", "-o", "ranks.png").code == 0
    assert is_png("ranks.png")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--metric", "mea"), "'mea' is no loss of the backtest; did you mean 'mae'?"),
        (("run", "--metric", "coverage"), "'coverage' is no loss of the backtest"),
        (("run", "--reference", "niave"), "'niave' is not in the backtest; did you mean 'naive'?"),
        (("missing",), "missing holds no run"),
        (("sales.csv",), "sales.csv holds no run"),
    ],
)
@pytest.mark.usefixtures("compared")
def test_compare_refuses_what_is_not_there(refused, arguments, words):
    assert words in refused("compare", *arguments)


def test_one_model_cannot_be_compared(run, refused):
    assert run("backtest", "sales.csv", *SMALL, "--models", "drift", "--out", "run").code == 0
    assert "one model, 'drift': to compare takes at least two" in refused("compare", "run")


# --out


def test_out_writes_the_table_the_scores_the_run_and_figures(run, folder):
    ran = run(
        "backtest", "sales.csv", *SMALL, "--models", "naive,ridge", "--seed", "7", "--out", "runs/a"
    )
    assert ran.code == 0, ran.err
    assert "written to runs/a" in ran.err
    out = folder / "runs" / "a"
    names = {p.name for p in out.iterdir()}
    assert {"forecasts.parquet", "scores.csv", "run.json"} < names
    assert {name for name in names if name.endswith(".png")} == names - {
        "forecasts.parquet",
        "scores.csv",
        "run.json",
    }
    pictures = {name: (out / name).read_bytes() for name in names if name.endswith(".png")}
    assert len(pictures) == len(set(pictures.values())) == 3  # each kind is another picture
    assert all(picture[:8] == b"\x89PNG\r\n\x1a\n" for picture in pictures.values())
    loaded = Backtest.load(out)
    assert len(loaded.forecasts) == 2 * 4 * 3
    assert {loaded.settings[key] for key in ("source", "target", "seed")} == {
        "sales.csv",
        "sales",
        7,
    }
    assert_frame_equal(scores_of((out / "scores.csv").read_text()), loaded.scores())


def test_a_second_run_is_refused_without_force_before_any_work(run, refused, folder, monkeypatch):
    arguments = ("backtest", "sales.csv", *SMALL, "--models", "naive", "--out", "run")
    assert run(*arguments).code == 0
    before = contents(folder)
    with monkeypatch.context() as patched:
        patched.setattr("forecast.evaluation.backtesting.backtest", pytest.fail)
        sentence = refused(*arguments)
    assert "run already holds a run" in sentence
    assert "--force" in sentence
    assert contents(folder) == before
    assert run(*arguments, "--seed", "3", "--force").code == 0
    assert Backtest.load("run").settings["seed"] == 3


def test_a_folder_with_other_files_keeps_them(run, folder):
    (folder / "run").mkdir()
    (folder / "run" / "notes.txt").write_text("mine")
    assert run("backtest", "sales.csv", *SMALL, "--models", "naive", "--out", "run").code == 0
    assert (folder / "run" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("out", ["sales.csv", "sales.csv/run", "sales.csv/a/b"])
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    refused, folder, monkeypatch, out
):
    monkeypatch.setattr("forecast.evaluation.backtesting.backtest", pytest.fail)
    before = contents(folder)
    assert f"cannot write into {out}: " in refused("backtest", "sales.csv", *SMALL, "--out", out)
    assert contents(folder) == before


# Fit and predict


def test_fit_saves_a_forecaster(run):
    ran = run(
        "fit", "sales.csv", "--model", "seasonal", "--horizon", "3", "--save", "model.seqcast"
    )
    assert ran.code == 0, ran.err
    assert ran.out == "model.seqcast: NaiveForecaster(season_length=7)\n"
    assert "60 rows" in ran.err
    model = load("model.seqcast")
    assert_array_equal(model.predict(7), sales()["sales"][-7:])
    assert run("fit", "sales.csv", "--model", "naive", "--save", "b.seqcast", "--quiet").err == ""


@pytest.mark.parametrize("model", [m for m in MODELS if m not in ("lstm", "gru")])
def test_each_model_can_be_fitted_and_asked(run, model):
    season = ("--season-length", "1" if model == "arima" else "7")
    if model == "garch":
        frame = read("sales.csv")
        frame.assign(log_return=np.sin(np.arange(60) ** 2)).to_csv("sales.csv")
        season = ("--target", "sales", "--past", "log_return")
    assert (
        run("fit", "sales.csv", "--model", model, "--horizon", "3", *season, "--save", "m").code
        == 0
    )
    ran = run("predict", "m", "--horizon", "3", "--format", "csv")
    table = pd.read_csv(io.StringIO(ran.out), parse_dates=["timestamp"])
    assert list(table.columns) == ["timestamp", "forecast"]
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-01", periods=3))
    assert_allclose(table["forecast"], load("m").predict(3))


@pytest.mark.usefixtures("small_networks")
def test_a_network_can_be_fitted_and_asked(run):
    ran = run(
        "fit", "sales.csv", "--model", "gru", "--horizon", "2", "--lookback", "4", "--save", "m"
    )
    assert ran.code == 0, ran.err
    assert load("m").cell == "gru"
    assert pd.read_csv(io.StringIO(run("predict", "m", "--format", "csv").out)).shape == (2, 2)


def test_predict_prints_a_table(run, saved):
    ran = run("predict", saved, "--horizon", "2")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["timestamp", "forecast"]
    assert [line.split()[0] for line in lines[1:]] == ["2024-03-01", "2024-03-02"]
    assert len({len(line) for line in lines}) == 1


def test_predict_with_an_interval(run, saved):
    ran = run("predict", saved, "--horizon", "3", "--coverage", "0.8", "--format", "json")
    rows = pd.DataFrame(json.loads(ran.out))
    expected = load(saved).forecast(3, coverage=0.8)
    assert list(rows.columns) == ["timestamp", "forecast", "lower", "upper"]
    assert_allclose(rows[["forecast", "lower", "upper"]], expected)
    assert list(pd.to_datetime(rows["timestamp"])) == list(expected.index)


def test_predict_observes_newer_rows_first(run, saved):
    frame = sales(66)[["sales"]]
    frame.to_csv("newer.csv")
    ran = run("predict", saved, "newer.csv", "--horizon", "3", "--format", "csv")
    assert ran.code == 0, ran.err
    assert "observed 6 newer rows of newer.csv" in ran.err
    table = pd.read_csv(io.StringIO(ran.out), parse_dates=["timestamp"])
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-07", periods=3))
    assert_allclose(table["forecast"], frame["sales"][-7:-4])
    again = run("predict", saved, "sales.csv", "--horizon", "3", "--format", "csv")
    assert "observed 0 newer rows" in again.err
    assert again.out == run("predict", saved, "--horizon", "3", "--format", "csv").out


def test_predict_with_features_known_ahead(run):
    arguments = (
        "--target",
        "sales",
        "--past",
        "temp",
        "--future",
        "promo",
        "--horizon",
        "3",
        "--lookback",
        "7",
    )
    assert run("fit", "wide.csv", *arguments, "--model", "ridge", "--save", "m").code == 0
    frame = sales(66)
    frame.loc[frame.index[62:], ["sales", "temp"]] = np.nan
    frame.to_csv("newer.csv")
    ran = run("predict", "m", "newer.csv", "--horizon", "4", "--format", "csv")
    assert ran.code == 0, ran.err
    model = load("m").update(frame[["temp", "promo"]][60:62], frame["sales"][60:62])
    table = pd.read_csv(io.StringIO(ran.out), parse_dates=["timestamp"])
    assert list(table["timestamp"]) == list(frame.index[62:])
    assert_allclose(table["forecast"], model.predict(frame[["temp", "promo"]][62:]))
    default = run("predict", "m", "newer.csv", "--format", "csv")  # as many as were fitted
    assert len(default.out.splitlines()) == 1 + 3


def test_predict_many_series(run):
    fitted = run(
        *(
            "fit",
            "long.csv",
            "--series",
            "shop",
            "--target",
            "sales",
            "--model",
            "seasonal",
            "--save",
            "m",
        ),
    )
    assert fitted.code == 0, fitted.err
    ran = run("predict", "m", "--horizon", "2", "--format", "csv")
    table = pd.read_csv(io.StringIO(ran.out), parse_dates=["timestamp"])
    assert list(table.columns) == ["series", "timestamp", "forecast"]
    assert list(table["series"]) == ["north", "north", "south", "south"]
    assert str(table["timestamp"][2].date()) == "2024-02-22"
    newer = pd.concat(
        {"north": sales(61, seed=1), "south": sales(60, seed=2)}, names=["shop", "day"]
    )
    newer.to_csv("newer.csv")
    ran = run("predict", "m", "newer.csv", "--series", "shop", "--horizon", "2", "--format", "csv")
    assert "observed 9 newer rows" in ran.err
    table = pd.read_csv(io.StringIO(ran.out), parse_dates=["timestamp"])
    assert [str(t.date()) for t in table["timestamp"]] == [
        "2024-03-02",
        "2024-03-03",
        "2024-03-01",
        "2024-03-02",
    ]


def test_predict_writes_a_file_once(run, refused, saved):
    ran = run("predict", saved, "--horizon", "3", "--out", "f.csv")
    assert (ran.code, ran.out) == (0, "")
    assert "written to f.csv: 3 rows" in ran.err
    table = pd.read_csv("f.csv", parse_dates=["timestamp"])
    assert_allclose(table["forecast"], load(saved).predict(3))
    before = Path("f.csv").read_bytes()
    assert "f.csv exists" in refused("predict", saved, "--horizon", "2", "--out", "f.csv")
    assert Path("f.csv").read_bytes() == before
    assert run("predict", saved, "--horizon", "2", "--out", "f.csv", "--force").code == 0
    assert len(pd.read_csv("f.csv")) == 2


# Plot


def is_png(path):
    return Path(path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_plot_a_saved_forecaster(run, saved):
    ran = run("plot", saved, "-o", "a.png", "--horizon", "5")
    assert (ran.code, ran.out) == (0, "a.png\n")
    assert is_png("a.png")
    assert run("plot", saved, "-o", "b.png", "--horizon", "5", "--coverage", "0.5").code == 0
    assert Path("a.png").read_bytes() != Path("b.png").read_bytes()


def test_plot_a_fan_of_intervals(run, refused, saved):
    ran = run("plot", saved, "-o", "fan.svg", "--horizon", "5", "--coverage", "0.95, 0.5,0.8")
    assert ran.code == 0, ran.err
    drawn = Path("fan.svg").read_text()
    assert [f"<!-- {share} % interval -->" in drawn for share in (95, 80, 50, 90)] == [
        True,
        True,
        True,
        False,
    ]
    assert "got 1.5" in refused(
        "plot", saved, "-o", "b.png", "--horizon", "5", "--coverage", "0.5,1.5"
    )
    assert "'0.5;0.9' is no list of numbers" in refused(
        "plot", saved, "-o", "b.png", "--coverage", "0.5;0.9"
    )
    assert "--coverage" in refused(
        "predict", saved, "--coverage", "0.5,0.9"
    )  # a table has one interval
    assert not Path("b.png").exists()


def test_plot_the_calibration_of_a_backtest(run, refused, saved):
    assert run("backtest", "sales.csv", *SMALL, "--models", "naive,drift", "--out", "run").code == 0
    assert run("plot", "run", "-o", "calibration.png", "--kind", "calibration").code == 0
    assert is_png("calibration.png")
    flags = ("--models", "naive", "--quantiles", "", "--out", "points")
    assert run("backtest", "sales.csv", *SMALL, *flags).code == 0
    assert "no quantile: backtest with some" in refused(
        "plot", "points", "-o", "a.png", "--kind", "calibration"
    )
    assert "got calibration" in refused("plot", saved, "-o", "a.png", "--kind", "calibration")
    assert not Path("a.png").exists()


def test_plot_a_backtest(run):
    assert run("backtest", "sales.csv", *SMALL, "--models", "naive,drift", "--out", "run").code == 0
    for kind in ("forecasts", "step", "origin"):
        ran = run("plot", "run", "-o", f"{kind}.png", "--kind", kind)
        assert ran.code == 0, ran.err
        assert is_png(f"{kind}.png")
    assert len({Path(f"{kind}.png").read_bytes() for kind in ("forecasts", "step", "origin")}) == 3
    assert run("plot", "run", "-o", "a.svg").code == 0
    assert b"<svg" in Path("a.svg").read_bytes()


def test_plot_the_gates_of_a_saved_network(run, refused, saved):
    network = forecast.LSTMForecaster(4, 2, units=3, epochs=1, random_state=0)
    save(network.fit(read("sales.csv")["sales"]), "lstm.seqcast")
    assert run("plot", "lstm.seqcast", "-o", "gates.png", "--kind", "gates").code == 0
    assert is_png("gates.png")
    assert run("plot", "lstm.seqcast", "-o", "forecasts.png").code == 0
    assert Path("gates.png").read_bytes() != Path("forecasts.png").read_bytes()
    assert "has no gates: fit one with --model lstm" in refused(
        "plot", saved, "-o", "a.png", "--kind", "gates"
    )
    assert "got step" in refused("plot", saved, "-o", "a.png", "--kind", "step")
    assert "--kind may be forecasts or step or origin" in refused(
        "plot", ".", "-o", "a.png", "--kind", "gates"
    )


@pytest.mark.parametrize("out", ["missing/a.png", "sales.csv/a.png", "a.gif", "a"])
def test_a_picture_that_cannot_be_written_is_refused(refused, saved, out):
    before = contents(Path())
    assert Path(out).name in refused("plot", saved, "-o", out, "--horizon", "2")
    assert contents(Path()) == before


def test_plot_refuses_what_is_neither(refused, saved):
    assert "holds no run" in refused("plot", saved.parent, "-o", "a.png")
    assert "missing cannot be read" in refused("plot", "missing", "-o", "a.png")
    assert "sales.csv is not a seqcast file" in refused("plot", "sales.csv", "-o", "a.png")


# Datasets


def test_datasets_are_listed(run):
    ran = run("datasets")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == ["weather", "stocks"]
    assert all("2013" in line and "_DataSet" not in line for line in lines)


@pytest.mark.parametrize(
    ("name", "words"), [("weather", ["temp", "°F", "CC0"]), ("stocks", ["log_range", "USD"])]
)
def test_the_card_of_a_data_set(run, name, words):
    ran = run("datasets", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# ")
    for word in words:
        assert word in ran.out


def test_a_data_set_is_exported_as_a_file_that_can_be_read(run, refused, folder):
    ran = run("datasets", "weather", "--export", "w.csv")
    assert ran.code == 0, ran.err
    assert_frame_equal(read("w.csv"), load_weather(None), check_freq=False)
    before = contents(folder)
    assert "w.csv exists" in refused("datasets", "weather", "--export", "w.csv")
    assert contents(folder) == before
    assert run("datasets", "stocks", "--export", "w.csv", "--force").code == 0
    assert Path("w.csv").read_bytes() != before["w.csv"][0]


def test_wrong_data_sets_are_refused(refused):
    assert "did you mean 'weather'?" in refused("datasets", "wether")
    assert "'weather', 'stocks'" in refused("datasets", "--export", "w.csv")
    assert "cannot write" in refused("datasets", "stocks", "--export", "missing/w.csv")


# Bad input


def lines(*rows, header="day,sales"):
    return "\n".join([header, *rows]) + "\n"


def daily(n=60, **changes):
    """Return rows like 2024-01-01,1.5 with some of them changed; None leaves one out."""
    rows = {i: f"{day.date()},{value}" for i, (day, value) in enumerate(sales(n)["sales"].items())}
    changes = {int(key[1:]): value for key, value in changes.items()}
    return lines(*[row for i in rows if (row := changes.get(i, rows[i])) is not None])


def offsets():
    hours = pd.date_range("2024-03-01", periods=60, freq="h")
    return lines(
        *[f"{hour.isoformat()}+0{1 + (i >= 30)}:00,{i % 7}" for i, hour in enumerate(hours)]
    )


BAD_FILES = {
    "empty": ("", ["bad.csv is empty"]),
    "header only": (lines(), ["bad.csv has column names, but no row"]),
    "no numeric column": (
        lines(*[f"2024-01-{d:02},sunny" for d in range(1, 31)]),
        ["no numeric column", "'sunny'"],
    ),
    "unsorted": (daily(_20="2024-01-22,7", _21="2024-01-21,8"), ["2024-01-21", "not sorted"]),
    "duplicate": (daily(_20="2024-01-20,7"), ["2024-01-20", "twice"]),
    "missing": (daily(_20=None), ["2024-01-21", "missing", "1 row"]),
    "no timestamp": (daily(_20=",7"), ["row 22", "'day'", "is empty"]),
    "no time": (daily(_20="Monday,7"), ["row 22", "'day'", "'Monday'", "is no time"]),
    "mixed time zones": (offsets(), ["row 32", "'day'", "+02:00", "another offset"]),
    "a string among numbers": (
        daily(_20="2024-01-21,many"),
        ["row 22", "'sales'", "'many'", "is no number"],
    ),
    "inf": (daily(_20="2024-01-21,inf"), ["row 22", "'sales'", "'inf'", "not finite"]),
    "ragged": (daily(_20="2024-01-21,7,8"), ["row 22", "3 fields", "2"]),
    "no value": (
        daily(**{f"_{i}": f"{d.date()}," for i, d in enumerate(sales().index)}),
        ["no value at all"],
    ),
    "NaN": (
        daily(_20="2024-01-21,", _21="2024-01-22,"),
        ["NaN", "2024-01-21", "2 of", "ARIMA", "--fill"],
    ),
    "binary": (bytes(range(256)) * 9, ["bad.csv", "binary"]),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", ["backtest", "fit"])
def test_a_bad_file_is_refused_in_one_sentence(refused, folder, name, command):
    content, words = BAD_FILES[name]
    (folder / "bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    if command == "backtest":
        sentence = refused("backtest", "bad.csv", *SMALL, "--models", "naive")
    else:
        sentence = refused("fit", "bad.csv", "--model", "naive", "--save", "m")
        assert not Path("m").exists()
    for word in words:
        assert word in sentence


def test_a_series_of_many_without_a_value_is_named(refused):
    frame = pd.concat({"north": sales(seed=1), "south": sales(seed=2)}, names=["shop", "day"])[
        ["sales"]
    ]
    frame.loc["south", "sales"] = np.nan
    frame.to_csv("bad.csv")
    for model in ("naive", "arima"):
        sentence = refused("backtest", "bad.csv", "--series", "shop", *SMALL, "--models", model)
        assert "series 'south'" in sentence


def test_files_that_are_not_there_are_refused(refused, folder):
    sentence = refused("backtest", "slaes.csv")
    assert "no file slaes.csv" in sentence
    assert "did you mean 'sales.csv'?" in sentence
    assert "is a folder" in refused("fit", folder, "--save", "m")
    assert "wether" in refused("backtest", "wether")


def test_unknown_columns_are_refused_with_the_nearest_name(refused):
    for flags in (
        ("--target", "slaes"),
        ("--target", "temp", "--past", "slaes"),
        ("--target", "temp", "--future", "slaes"),
    ):
        sentence = refused("backtest", "wide.csv", *SMALL, *flags)
        assert "'slaes'; did you mean 'sales'?" in sentence
    assert "did you mean 'day'?" in refused(
        "backtest", "wide.csv", "--target", "sales", "--time", "dya"
    )
    assert "did you mean 'shop'?" in refused(
        "backtest", "long.csv", "--target", "sales", "--series", "shpo"
    )


def test_several_numeric_columns_need_a_target(refused):
    sentence = refused("backtest", "wide.csv", *SMALL)
    assert "--target" in sentence
    assert "'sales', 'temp', 'promo'" in sentence


def test_a_column_cannot_play_two_parts(refused):
    for flags in (
        ("--past", "sales"),
        ("--past", "temp", "--future", "temp"),
        ("--past", "temp,temp"),
    ):
        assert "once" in refused("backtest", "wide.csv", *SMALL, "--target", "sales", *flags)


@pytest.mark.parametrize(
    "flag", ["--horizon", "--origins", "--step", "--lookback", "--season-length"]
)
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_count_is_refused(refused, flag, value):
    sentence = refused("backtest", "sales.csv", flag, value)
    assert flag in sentence
    assert repr(value) in sentence
    assert "whole number of at least 1" in sentence


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--refit", "sometimes"], ["--refit", "'sometimes'", "never", "always"]),
        (["--refit", "0"], ["--refit", "'0'"]),
        (["--quantiles", "low,high"], ["--quantiles", "'low,high'", "0.05,0.95"]),
        (["--quantiles", "0,0.5"], ["quantiles", "between 0 and 1"]),
        (["--quantiles", "0.5,1.5"], ["quantiles", "between 0 and 1"]),
        (["--quantiles", "nan"], ["quantiles", "between 0 and 1"]),
        (["--quantiles", "0.5,0.5"], ["quantiles", "0.5"]),
        (["--models", "naive,lstn"], ["'lstn'", "did you mean 'lstm'?"]),
        (["--format", "xml"], ["--format", "'xml'", "csv"]),
        (["--seed", "x"], ["--seed", "'x'"]),
    ],
)
def test_wrong_flags_are_refused_by_name(refused, flags, words):
    sentence = refused("backtest", "sales.csv", *SMALL, *flags)
    for word in words:
        assert word in sentence


def test_an_unknown_model_to_fit_is_refused(refused):
    assert "'lstn'" in refused("fit", "sales.csv", "--model", "lstn", "--save", "m")


def test_a_series_too_short_is_refused_with_both_numbers(refused):
    sentence = refused("backtest", "sales.csv", "--horizon", "7", "--origins", "10")
    assert "60 moments" in sentence
    assert "at least 71" in sentence
    flags = ("--horizon", "3", "--origins", "2", "--lookback", "52")
    sentence = refused("backtest", "sales.csv", *flags, "--models", "naive,ridge")
    assert "ridge: " in sentence
    assert "54 rows" in sentence
    assert "lookback=52 and horizon=3" in sentence
    assert "at least 55" in sentence
    sentence = refused("fit", "long.csv", "--series", "shop", "--target", "sales",
                       "--model", "ridge", "--horizon", "3", "--lookback", "50", "--save", "m")  # fmt: skip
    assert "'south' has 52 rows" in sentence
    assert "at least 53" in sentence
    assert not Path("m").exists()


@pytest.fixture
def promoted(run, folder):
    """Save a ridge forecaster that reads promotions known ahead."""
    flags = (
        "--target",
        "sales",
        "--future",
        "promo",
        "--horizon",
        "3",
        "--lookback",
        "7",
        "--model",
        "ridge",
    )
    assert run("fit", "wide.csv", *flags, "--save", "m").code == 0
    return folder / "m"


def future_rows(promo):
    frame = sales(60 + len(promo))[60:]
    frame["sales"], frame["promo"] = np.nan, promo
    frame.to_csv("future.csv")


def test_features_known_ahead_must_be_given(refused, promoted):
    assert "promo" in refused("predict", promoted)
    assert "promo" in refused("plot", promoted, "-o", "a.png")
    future_rows([1.0, np.nan, 0.0])
    sentence = refused("predict", promoted, "future.csv")
    assert "promo" in sentence
    assert "2024-03-02" in sentence
    assert "no row with 'sales' empty" in refused("predict", promoted, "wide.csv")
    sales()[["sales"]].to_csv("without.csv")
    assert "'promo'" in refused("predict", promoted, "without.csv")


def test_too_few_rows_known_ahead_are_refused_with_both_numbers(refused, promoted):
    future_rows([1.0, 0.0])
    sentence = refused("predict", promoted, "future.csv", "--horizon", "5")
    assert re.search(r"\b5\b", sentence)
    assert re.search(r"\b2\b", sentence)


def test_rows_that_do_not_follow_are_refused(refused, promoted):
    frame = sales(70)
    frame[64:].to_csv("later.csv")
    sentence = refused("predict", promoted, "later.csv")
    assert "2024-03-01" in sentence  # where they have to begin
    assert "2024-03-05" in sentence  # where they do


def test_backtests_refuse_gaps_in_features(refused):
    frame = sales()
    frame.loc[frame.index[20], "promo"] = np.nan
    frame.to_csv("bad.csv")
    sentence = refused(
        "backtest", "bad.csv", *SMALL, "--target", "sales", "--future", "promo", "--models", "ridge"
    )
    assert "promo" in sentence
    assert "2024-01-21" in sentence


def test_rows_of_another_kind_are_refused(refused, saved):
    frame = sales(66)[["sales"]]
    frame.tz_localize("UTC").to_csv("aware.csv")
    assert "time zone" in refused("predict", saved, "aware.csv", "--horizon", "2")
    frame.reset_index(drop=True).rename_axis("row").to_csv("numbers.csv")
    assert "same kind" in refused(
        "predict", saved, "numbers.csv", "--time", "row", "--horizon", "2"
    )


def test_series_where_there_was_one_are_refused(refused, saved):
    pd.concat({"north": sales(66)[["sales"]]}, names=["shop", "day"]).to_csv("newer.csv")
    assert "series" in refused("predict", saved, "newer.csv", "--series", "shop", "--horizon", "2")


def test_one_series_where_there_were_several_is_refused(refused, run):
    assert (
        run(
            "fit",
            "long.csv",
            "--series",
            "shop",
            "--target",
            "sales",
            "--model",
            "naive",
            "--save",
            "m",
        ).code
        == 0
    )
    sales(66)[["sales"]].to_csv("one.csv")
    assert "series" in refused("predict", "m", "one.csv", "--horizon", "2")


def test_an_unknown_series_is_refused_by_name(refused, run):
    assert (
        run(
            "fit",
            "long.csv",
            "--series",
            "shop",
            "--target",
            "sales",
            "--model",
            "naive",
            "--save",
            "m",
        ).code
        == 0
    )
    pd.concat({"nroth": sales(66)[["sales"]]}, names=["shop", "day"]).to_csv("newer.csv")
    assert "'nroth'" in refused("predict", "m", "newer.csv", "--series", "shop", "--horizon", "2")


def test_files_that_hold_no_fitted_forecaster_are_refused(refused, folder):
    assert "missing.seqcast cannot be read" in refused("predict", "missing.seqcast")
    assert "sales.csv is not a seqcast file" in refused("predict", "sales.csv")
    assert "cannot be read" in refused("predict", folder)
    for model in (NaiveForecaster(), LSTMRegressor()):
        save(model, "m")
        assert f"m holds {type(model).__name__}" in refused("predict", "m")


@pytest.mark.parametrize("value", ["0", "1", "2", "-0.5", "nan", "much"])
def test_what_is_no_coverage_is_refused(refused, saved, value):
    assert "coverage" in refused("predict", saved, "--horizon", "2", "--coverage", value)
    assert "coverage" in refused("plot", saved, "-o", "a.png", "--coverage", value)
    assert not Path("a.png").exists()


@pytest.mark.parametrize("place", ["missing/m", "sales.csv/m", "."])
def test_a_place_for_a_forecaster_is_refused_before_any_work(refused, monkeypatch, place):
    monkeypatch.setattr(NaiveForecaster, "fit", pytest.fail)
    assert "cannot write" in refused("fit", "sales.csv", "--model", "naive", "--save", place)
    assert refused("predict", "missing", "--out", "missing/f.csv")


def test_a_table_that_cannot_be_written_is_refused(refused, saved):
    for place in ("missing/f.csv", "sales.csv/f.csv"):
        assert f"cannot write {place}" in refused(
            "predict", saved, "--horizon", "2", "--out", place
        )


def test_debug_raises(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    with pytest.raises(ValueError, match="did you mean 'sales'"):
        main(["backtest", "sales.csv", "--target", "slaes", "--debug"])
    with pytest.raises(OSError, match="no file"):
        main(["backtest", "slaes.csv", "--debug"])


def test_without_debug_an_error_of_ours_is_no_traceback_either(refused, monkeypatch):
    """Whatever a library raises on the way, the user reads a sentence."""

    def failing(*_, **__):
        raise RuntimeError("SVD did not converge.")

    monkeypatch.setattr(NaiveForecaster, "fit", failing)
    assert "naive: SVD did not converge." in refused(
        "backtest", "sales.csv", *SMALL, "--models", "naive"
    )


# Processes


def test_no_library_chatters(folder):
    process = python(
        *(
            "-m",
            "forecast",
            "backtest",
            "sales.csv",
            "--horizon",
            "2",
            "--origins",
            "2",
            "--lookback",
            "4",
        ),
        *("--models", "naive,arima,lstm", "--out", "run"),
        cwd=folder,
    )
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert [line.split(":")[0].split(" ")[0] for line in err.splitlines()] == [
        "sales.csv",
        "2",
        "written",
    ]
    assert out.split("\n\n")[0].count("\n") == 4
    assert set(os.listdir(folder)) == {"sales.csv", "wide.csv", "long.csv", "run"}


def test_ctrl_c_ends_with_130_and_leaves_no_half_written_file(folder):
    process = python(
        *(
            "-m",
            "forecast",
            "backtest",
            "weather",
            "--models",
            "arima",
            "--origins",
            "2",
            "--out",
            "run",
        ),
        cwd=folder,
    )
    told = [process.stderr.readline(), process.stderr.readline()]
    assert "2 origins" in told[1]
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.strip() == "forecast backtest: stopped by Ctrl-C; nothing was left half-written."
    assert [p for p in (folder / "run").rglob("*") if p.is_file()] == []


def test_a_reader_that_has_seen_enough_is_no_error(folder):
    process = python("-m", "forecast", "datasets", "weather", cwd=folder)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 141)
    assert err == ""
