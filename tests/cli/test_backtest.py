"""``forecast backtest``: it prints what the library computes, and writes it once."""

import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from shop import DAYS, SMALL, command, contents, sales, scores_of, write_run

from forecast import (
    Backtest,
    CrostonForecaster,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
    backtest,
    read,
)

REFIT = ("--refit", "always")


@pytest.fixture(scope="module")
def three(shop):
    """Backtest three models, printed as a table."""
    return command("backtest", shop / "sales.csv", *SMALL, "--models", "naive,seasonal,ridge")


def test_it_says_what_it_inferred(three):
    assert three.code == 0
    told = three.err.splitlines()
    assert "sales.csv: 60 rows from 2024-01-01 to 2024-02-29" in told[0]
    assert "frequency 'D', season length 7; target sales" in told[0]
    assert "4 origins × 3 steps" in told[1]
    assert "naive, seasonal, ridge" in told[1]


def test_it_prints_an_aligned_table_and_a_verdict(three):
    table, verdict = three.out.split("\n\n")
    lines = table.splitlines()
    accuracy = ["mae", "rmse", "bias", "mase", "rmsse", "smape"]
    scores = [*accuracy, "pinball", "coverage", "width", "seconds"]
    assert lines[0].split()[:-1] == [*scores, "against"]
    assert lines[0].split()[-1] in ("naive", "seasonal")
    assert lines[1].split() == ["model"]
    # Every number ends below its name.
    ends = [lines[0].index(f" {name} ") + len(name) + 1 for name in scores]
    for line in lines[2:]:
        for end, value in zip(ends, line.split()[1:], strict=False):
            assert line[:end].endswith(value)
    assert {line.split()[0] for line in lines[2:]} == {"naive", "seasonal", "ridge"}
    mae = [float(line.split()[1]) for line in lines[2:]]
    assert mae == sorted(mae)
    assert re.match(r"(ridge beat|Nothing beat) the (naive|seasonal) forecast", verdict)


def test_the_scores_are_those_of_the_library_and_of_each_form():
    arguments = ("backtest", "sales.csv", *SMALL, "--models", "naive,drift,ridge", "--format")
    got = scores_of(command(*arguments, "csv").out)
    models = {
        "naive": NaiveForecaster(),
        "drift": NaiveForecaster(drift=True),
        "ridge": WindowForecaster(lookback=7, horizon=3),
    }
    y = read("sales.csv")["sales"]
    result = backtest(models, y, cv=RollingOrigin(3, 4), quantiles=(0.05, 0.95))
    expected = result.scores()
    assert_frame_equal(got[expected.columns], expected.loc[got.index])
    assert (got["seconds"] >= 0).all()
    reference = expected["mae"][["naive"]].idxmin()
    compared = result.compare(reference=reference).set_index("model")
    for column in ("p_holm", "verdict", "reference"):
        assert got[column].drop(reference).to_dict() == pytest.approx(compared[column].to_dict())
    assert got.loc[reference, ["p_holm", "verdict", "reference"]].isna().all()
    document = json.loads(command(*arguments, "json").out, parse_constant=pytest.fail)
    as_json = pd.DataFrame.from_dict(document, orient="index")
    assert list(as_json.index) == list(got.index)
    assert_allclose(as_json[expected.columns], got[expected.columns])
    assert as_json["verdict"].drop(reference).to_dict() == compared["verdict"].to_dict()
    assert set(os.listdir()) == {"sales.csv", "wide.csv", "long.csv"}  # no stray file


def test_quiet_leaves_stderr_empty():
    flags = ("--models", "naive,arima,ridge", "--season-length", "1", "--quiet")
    ran = command("backtest", "sales.csv", *SMALL, *flags)
    assert (ran.code, ran.err) == (0, "")
    assert "naive" in ran.out


def test_models_come_in_any_order_and_once():
    flags = ("--models", " drift ,naive,drift", "--format", "csv")
    ran = command("backtest", "sales.csv", *SMALL, *flags)
    assert sorted(scores_of(ran.out).index) == ["drift", "naive"]


@pytest.mark.parametrize("refit", ["always", "2"])
def test_refit(refit):
    flags = ("--models", "drift", "--refit", refit, "--format", "csv")
    ran = command("backtest", "sales.csv", *SMALL, *flags)
    assert f"refit {refit}" in ran.err
    y, when = read("sales.csv")["sales"], int(refit) if refit.isdigit() else refit
    result = backtest({"drift": NaiveForecaster(drift=True)}, y, cv=RollingOrigin(3, 4), refit=when)
    assert_allclose(scores_of(ran.out)["mae"], result.scores()["mae"])


def test_step_and_season_length():
    flags = "--models seasonal --format csv --step 1 --season-length 5"
    ran = command("backtest", "sales.csv", *SMALL, *flags.split())
    assert "season length 5" in ran.err
    y = read("sales.csv")["sales"]
    cv = RollingOrigin(3, 4, 1)
    result = backtest({"seasonal": NaiveForecaster(5)}, y, cv=cv, season_length=5)
    assert_allclose(scores_of(ran.out)[["mae", "mase"]], result.scores()[["mae", "mase"]])


def test_quantiles():
    arguments = ("backtest", "sales.csv", *SMALL, "--models", "naive", "--format", "csv")
    three = scores_of(command(*arguments, "--quantiles", "0.1, .5,0.9").out)
    y = read("sales.csv")["sales"]
    expected = backtest(
        {"naive": NaiveForecaster()}, y, cv=RollingOrigin(3, 4), quantiles=(0.1, 0.5, 0.9)
    ).scores()
    assert_frame_equal(three.drop(columns="seconds"), expected)
    without = scores_of(command(*arguments, "--quantiles", "").out)
    assert not {"pinball", "crps", "coverage", "width"} & set(without.columns)


def test_past_and_future_columns():
    flags = "--target sales --past temp --future promo --models naive,ridge --format csv"
    ran = command("backtest", "wide.csv", *SMALL, *flags.split())
    assert ran.code == 0, ran.err
    assert "target sales, past temp, future promo" in ran.err
    frame = read("wide.csv")
    model = {"ridge": WindowForecaster(lookback=7, horizon=3, past_features=["temp"])}
    expected = backtest(model, frame[["temp", "promo"]], frame["sales"], RollingOrigin(3, 4))
    assert_allclose(scores_of(ran.out).loc["ridge", "mae"], expected.scores().loc["ridge", "mae"])


def test_a_long_table():
    flags = "--series shop --target sales --past temp --models naive,ridge --format csv"
    ran = command("backtest", "long.csv", *SMALL, *flags.split())
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


def test_scores_of_each_series_and_its_best_model():
    flags = ["--series", "shop", "--target", "sales", "--models", "naive,seasonal,ridge"]
    ran = command("backtest", "long.csv", *SMALL, *flags, "--by", "series", "--out", "by")
    assert ran.code == 0, ran.err
    _, table = ran.out.split("mae by series, with the forecasts scored\n")
    header, _, *rows, _, last = table.splitlines()
    assert header.split() == ["naive", "seasonal", "ridge", "scored", "best"]
    n_scored = Backtest.load("by").forecasts.query("model == 'naive'")["series"].value_counts()
    errors = Backtest.load("by").scores("series")["mae"].unstack("model")
    for row, (shop, expected) in zip(rows, errors.iterrows(), strict=True):
        name, *values, scored, best = row.split()
        assert int(scored) == n_scored[shop]
        assert (name, best) == (shop, expected.idxmin())
        assert_allclose([float(v) for v in values], expected[header.split()[:-2]], atol=6e-4)
    counts = dict(part.split() for part in last.split(": ")[1].split(", "))
    best = errors.idxmin(axis=1)
    assert {name: int(n) for name, n in counts.items()} == {
        name: np.count_nonzero(best == name) for name in header.split()[:-2]
    }
    ran = command("backtest", "long.csv", *SMALL, *flags, "--by", "step", "--format", "csv")
    steps = pd.read_csv(io.StringIO(ran.out))
    assert list(steps.columns[:3]) == ["model", "step", "mae"]
    assert len(steps) == 3 * 3
    best = steps[steps["best"]].set_index("step")["model"]
    errors = Backtest.load("by").scores("step")["mae"].unstack("model")
    assert best.to_dict() == errors.idxmin(axis=1).to_dict()


def test_series_that_are_not_scored_are_named():
    late = pd.concat({"north": sales(), "late": sales()[DAYS - 2 :]}, names=["shop", "day"])
    late.to_csv("late.csv")
    flags = "--series shop --target sales --models naive"
    ran = command("backtest", "late.csv", *SMALL, *flags.split())
    assert ran.code == 0, ran.err
    assert "not scored, for want of rows before and after an origin: late\n" in ran.err


def test_a_series_that_begins_after_the_only_fit_is_scored_by_further_fits():
    late = pd.concat({"north": sales(), "late": sales()[DAYS - 12 :]}, names=["shop", "day"])
    late.to_csv("late.csv")
    flags = [*SMALL, *["--series", "shop", "--target", "sales", "--models", "naive"]]
    ran = command("backtest", "late.csv", *flags)
    assert "not scored, since they began after the only fit: late; --refit always" in ran.err
    healed = command("backtest", "late.csv", *flags, "--refit", "always", "--by", "series")
    assert "not scored" not in healed.err
    assert re.search(r"^late +\d", healed.out, re.MULTILINE)


def test_everything_is_inferred_for_ones_own_file(networks):
    frame = pd.DataFrame({"y": 20 + 3 * np.sin(2 * np.pi * np.arange(100) / 4)})
    frame.insert(0, "when", pd.date_range("1990-01-01", periods=100, freq="QS"))
    frame["y"] += np.random.default_rng(0).normal(0, 0.3, 100).round(2)
    frame.to_csv("my.csv", index=False)
    ran = command("backtest", "my.csv", "--target", "y", "--horizon", "12", "--origins", "3")
    assert ran.code == 0, ran.err
    assert re.search(r"frequency 'QS(-\w+)?', season length 4; target y", ran.err)
    table, verdict = ran.out.split("\n\n")
    models = {line.split()[0] for line in table.splitlines()[2:]}
    assert models == {
        *("naive", "seasonal", "pretrained", "autoarima", "ets", "theta", "ridge", "lstm"),
    }
    assert "forecast" in verdict
    assert len(networks) == 1


def test_settings_follow_from_the_rows_up_to_the_first_origin(networks):
    """Of 60 days, 60 - 4 * 3 = 48 are there to learn from; of 57, 57 - 3 * 3 as well."""
    flags = ("--horizon", "3", "--models", "lstm", "--seed", "5", "--origins")
    assert command("backtest", "sales.csv", *flags, "4").code == 0
    sales(57)[["sales"]].to_csv("fewer.csv")
    assert command("backtest", "fewer.csv", *flags, "3").code == 0
    assert networks[0] == networks[1]
    # Of 48 / 3 - 3 = 13 rows, one season is all that fits.
    assert networks[0]["lookback"] == 7
    assert networks[0]["random_state"] == 5


def test_a_shipped_data_set_has_defaults():
    ran = command("backtest", "stocks", "--models", "naive,drift", "--origins", "3")
    assert ran.code == 0
    assert "5 series" in ran.err
    assert "target adjusted_close" in ran.err
    assert "3 origins × 5 steps" in ran.err
    assert re.search(r"beat the naive forecast", ran.out)


def test_a_constant_series_works_and_its_scaled_errors_are_said_to_be_undefined():
    frame = sales()[["sales"]] * 0 + 4.0
    frame.to_csv("flat.csv")
    flags = ("--models", "naive,arima,autoarima,ridge", "--season-length", "1")
    ran = command("backtest", "flat.csv", *SMALL, *flags)
    assert ran.code == 0, ran.err
    assert ran.out.count("undefined") > 6  # mase and rmsse of four models, and the sentence
    assert re.search(
        r"(?i)constant, .*before the first origin.*mase and rmsse are undefined", ran.out
    )
    as_json = command("backtest", "flat.csv", *SMALL, "--models", "naive", "--format", "json")
    assert json.loads(as_json.out, parse_constant=pytest.fail)["naive"]["mase"] is None


# --out


def test_out_writes_the_table_the_scores_the_run_and_figures(finished, result):
    ran, out = finished
    assert f"written to {out}: forecasts.parquet, scores.csv, run.json and figures" in ran.err
    pictures = {"forecasts.png", "step.png", "origin.png", "calibration.png"}
    assert {p.name for p in out.iterdir()} == {
        "forecasts.parquet",
        "scores.csv",
        "run.json",
        *pictures,
    }
    drawn = {(out / name).read_bytes() for name in pictures}
    assert len(drawn) == 4  # each kind is another picture
    assert all(picture[:8] == b"\x89PNG\r\n\x1a\n" for picture in drawn)
    assert len(result.forecasts) == 3 * 12 * 3
    assert result.quantiles == [0.05, 0.5, 0.95]
    assert result.settings["source"].endswith("sales.csv")
    assert (result.settings["target"], result.settings["seed"]) == ("sales", 7)
    assert_frame_equal(scores_of((out / "scores.csv").read_text()), result.scores())


def test_a_second_run_is_refused_without_force_before_any_work(refused, folder, monkeypatch):
    write_run(NaiveForecaster())
    (folder / "run" / "notes.txt").write_text("mine")
    before = contents(folder)
    arguments = ("backtest", "sales.csv", *SMALL, "--models", "naive", "--out", "run")
    with monkeypatch.context() as patched:
        patched.setattr("forecast.evaluation.backtesting.backtest", pytest.fail)
        sentence = refused(*arguments)
    assert "run already holds a run" in sentence
    assert "--force" in sentence
    assert contents(folder) == before
    assert command(*arguments, "--seed", "3", "--force").code == 0
    assert Backtest.load("run").settings["seed"] == 3
    assert (folder / "run" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("out", ["sales.csv", "sales.csv/run", "sales.csv/a/b"])
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    refused, folder, monkeypatch, out
):
    monkeypatch.setattr("forecast.evaluation.backtesting.backtest", pytest.fail)
    before = contents(folder)
    assert f"cannot write into {out}: " in refused("backtest", "sales.csv", *SMALL, "--out", out)
    assert contents(folder) == before


# Bad input


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--refit", "sometimes"], ["--refit", "'sometimes'", "never", "always"]),
        (["--refit", "0"], ["--refit", "'0'"]),
        (["--quantiles", "low,high"], ["--quantiles", "'low,high'", "0.05,0.95"]),
        (["--quantiles", "0,0.5"], ["quantiles", "between 0 and 1"]),
        (["--quantiles", "nan"], ["quantiles", "between 0 and 1"]),
        (["--quantiles", "0.5,0.5"], ["quantiles", "0.5"]),
        (["--quantiles", "0.9,0.1"], ["--quantiles", "'0.9,0.1'", "write 0.1,0.9"]),
        (["--models", ""], ["--models", "names no model"]),
        (["--models", "naive,lstn"], ["'lstn'", "did you mean 'lstm'?"]),
        (["--format", "xml"], ["--format", "'xml'", "csv"]),
        (["--seed", "x"], ["--seed", "'x'"]),
    ],
)
def test_wrong_flags_are_refused_by_name(refused, flags, words):
    sentence = refused("backtest", "sales.csv", *SMALL, *flags)
    for word in words:
        assert word in sentence


def test_a_series_too_short_is_refused_with_both_numbers(refused):
    sentence = refused("backtest", "sales.csv", "--horizon", "7", "--origins", "10")
    assert "60 moments" in sentence
    assert "at least 72: 2 to learn from" in sentence
    flags = ("--horizon", "3", "--origins", "2", "--lookback", "52")
    sentence = refused("backtest", "sales.csv", *flags, "--models", "ridge")
    assert sentence.startswith("forecast backtest: ridge: ")
    for word in ("54 rows", "lookback=52 and horizon=3", "at least 55"):
        assert word in sentence
    # Beside a model that takes the table, it stands in its row, or on stderr.
    said = sentence.strip().removeprefix("forecast backtest: ridge: ")
    both = (*flags, "--models", "naive,ridge")
    ran = command("backtest", "sales.csv", *both)
    assert ran.code == 0
    assert ran.out.splitlines()[3] == f"ridge refused: {said}"
    ran = command("backtest", "sales.csv", *both, "--format", "csv")
    assert ran.code == 0
    assert f"left out ridge: {said}\n" in ran.err
    assert scores_of(ran.out).index.tolist() == ["naive"]


def test_a_model_that_cannot_be_set_up_stands_in_its_row_too():
    ran = command("backtest", "sales.csv", *SMALL, "--models", "naive,garch")
    assert ran.code == 0, ran.err
    assert "\ngarch refused: garch needs the returns, and finds no column." in ran.out
    assert command("backtest", "sales.csv", *SMALL, "--models", "garch").code == 2


def test_a_horizon_or_origins_beyond_the_table_are_refused_with_those_that_fit(refused):
    for flags in (("--horizon", "70"), ("--horizon", "7", "--origins", "10"), ("--horizon", "60")):
        sentence = refused("backtest", "sales.csv", *flags, "--models", "naive")
        assert "60 moments" in sentence
        offered = re.search(r"Give (.*)\.\n", sentence)[1].split()
        ran = command("backtest", "sales.csv", "--models", "naive", *flags, *offered)
        assert ran.code == 0, ran.err
        # Half of the table is left to learn from.
        horizon, origins = map(int, re.search(r"(\d+) origins? × (\d+)", ran.err).groups()[::-1])
        assert horizon * origins <= 30
    assert "1 origin × 70 steps" in refused("backtest", "sales.csv", "--horizon", "70")


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_a_table_of_few_rows_says_what_is_true_and_the_remedy_heals(refused, rows):
    sales(rows)[["sales"]].to_csv("few.csv")
    sentence = refused("backtest", "few.csv", "--horizon", "3", "--models", "naive")
    assert f"{rows} moments with a target, but 1 origin × 3 steps need at least 5" in sentence
    if rows == 2:
        assert "Give a table with more rows." in sentence
        # One origin of one step is what was asked for: no remedy.
        least = refused("backtest", "few.csv", "--horizon", "1", "--models", "naive")
        assert "need at least 3" in least
        assert "Give a table with more rows." in least
        sales(3)[["sales"]].to_csv("few.csv")
    flags = "--horizon 1 --origins 1" if rows == 2 else re.search(r"Give (.*)\.\n", sentence)[1]
    healed = command("backtest", "few.csv", *flags.split(), "--models", "naive")
    assert healed.code == 0, healed.err


def test_a_new_shop_makes_no_model_worse_for_the_others():
    """Two shops of 80 days, and one of nine, whose last three are forecast."""
    shops = {"north": sales(), "south": sales(seed=1), "new": sales(seed=2)[-9:]}
    pd.concat(shops, names=["shop", "day"])[["sales"]].to_csv("shops.csv")
    alone = pd.concat({name: shops[name] for name in ("north", "south")}, names=["shop", "day"])
    alone[["sales"]].to_csv("old.csv")
    flags = "--series shop --target sales --models seasonal,ridge --horizon 3 --origins 1"
    ran = command("backtest", "shops.csv", *flags.split(), "--out", "all")
    assert ran.code == 0, ran.err
    assert "ridge: new answered by NaiveForecaster(), being too short for it\n" in ran.err
    assert command("backtest", "old.csv", *flags.split(), "--out", "old").code == 0
    both, old = (Backtest.load(name).forecasts.query("series != 'new'") for name in ("all", "old"))
    assert_allclose(both["forecast"], old["forecast"], rtol=1e-9)
    # It goes its own way through all fits of a backtest, too.
    ran = command(
        "backtest", "shops.csv", *flags.replace("--origins 1", "--origins 4").split(), *REFIT
    )
    assert ran.code == 0, ran.err
    assert "refused" not in ran.out
    # The fitted model says so too.
    learn = "--series shop --target sales --model ridge --horizon 3 --save ridge.seqcast"
    ran = command("fit", "shops.csv", *learn.split())
    assert ran.code == 0, ran.err
    assert "ridge: new answered by NaiveForecaster(season_length=7)" in ran.err


@pytest.mark.usefixtures("networks")
def test_a_model_of_the_default_list_that_refuses_is_left_out_with_its_sentence():
    """Twenty days are too few for a season of 14 in most models, but the naive forecast stands."""
    sales(20)[["sales"]].to_csv("short.csv")
    flags = ("--season-length", "14", "--horizon", "3", "--origins", "2", "--out", "run")
    ran = command("backtest", "short.csv", *flags, "--format", "csv")
    assert ran.code == 0, ran.err
    left_out = re.findall(r"^left out (\w+): .*\.$", ran.err, flags=re.MULTILINE)
    assert left_out
    tried = {"naive", "seasonal", "pretrained", "autoarima", "ets", "theta", "ridge", "lstm"}
    remaining = set(scores_of(ran.out).index)
    assert remaining == tried - set(left_out)
    # Nothing is left out without a trace.
    settings = json.loads(Path("run/run.json").read_text())
    assert set(settings["refused"]) == set(left_out)
    assert set(settings["models"]) == remaining
    # A model that was asked for by name is not left out.
    assert command("backtest", "short.csv", *flags, "--models", left_out[0], "--force").code == 2


@pytest.mark.usefixtures("networks")
def test_what_the_naive_forecast_refuses_is_refused_once(refused):
    frame = sales()[["sales"]]
    frame.iloc[20] = np.nan
    frame.to_csv("gap.csv")
    sentence = refused("backtest", "gap.csv", *SMALL)
    assert "naive: " in sentence
    assert "2024-01-21" in sentence


def test_models_that_read_no_columns_are_named():
    flags = "--target sales --future promo --models naive,theta,ridge"
    ran = command("backtest", "wide.csv", *SMALL, *flags.split())
    assert "naive, theta read no columns but sales\n" in ran.err
    alone = command("backtest", "sales.csv", *SMALL, "--models", "naive")
    assert "no columns" not in alone.err


def test_models_that_read_only_what_is_known_ahead_are_named():
    flags = "--target sales --past temp --future promo --models naive,pretrained,ridge"
    ran = command("backtest", "wide.csv", *SMALL, *flags.split())
    assert "naive reads no columns but sales\n" in ran.err
    assert "pretrained reads no columns that are not known ahead (temp)\n" in ran.err
    # Where nothing is known ahead, there is nothing left to read.
    flags = "--target sales --past temp --models naive,pretrained,ridge"
    ran = command("backtest", "wide.csv", *SMALL, *flags.split())
    assert "naive, pretrained read no columns but sales\n" in ran.err


def test_a_list_of_models_is_refused_before_anything_is_read(refused):
    assert "names no model" in refused("backtest", "missing.csv", "--models", "")
    assert "did you mean 'ridge'?" in refused("backtest", "missing.csv", "--models", "rigde")


def test_gaps_in_features_are_refused(refused):
    frame = sales()
    frame.loc[frame.index[20], "promo"] = np.nan
    frame.to_csv("bad.csv")
    flags = ("--target", "sales", "--future", "promo", "--models", "ridge")
    sentence = refused("backtest", "bad.csv", *SMALL, *flags)
    assert "promo" in sentence
    assert "2024-01-21" in sentence
    assert Path("bad.csv").exists()


def test_a_function_of_the_target_and_bounds_stand_around_every_model():
    flags = "--models naive,theta --transform log --upper 140 --format csv"
    ran = command("backtest", "sales.csv", *SMALL, *flags.split())
    assert ran.code == 0, ran.err
    models = {"naive": NaiveForecaster(), "theta": ThetaForecaster(7)}
    bounded = {
        name: TransformedTargetForecaster(model, "log", upper=140) for name, model in models.items()
    }
    y = sales()["sales"]
    expected = backtest(bounded, y, cv=RollingOrigin(3, 4), quantiles=[0.05, 0.95]).scores()
    assert_allclose(scores_of(ran.out).loc[list(models), "mae"], expected["mae"], rtol=1e-6)
    assert_allclose(scores_of(ran.out).loc[list(models), "width"], expected["width"], rtol=1e-6)


def test_intermittent_demand_has_models_of_its_own():
    demand = sales()[["sales"]]
    demand[demand < 110] = 0.0
    demand.to_csv("demand.csv")
    flags = "--models croston,tsb --format csv"
    ran = command("backtest", "demand.csv", *SMALL, *flags.split())
    assert ran.code == 0, ran.err
    models = {"croston": CrostonForecaster(), "tsb": CrostonForecaster("tsb")}
    expected = backtest(models, demand["sales"], cv=RollingOrigin(3, 4)).scores()
    assert_allclose(scores_of(ran.out).loc[list(models), "mae"], expected["mae"], rtol=1e-6)
