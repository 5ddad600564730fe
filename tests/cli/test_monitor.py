"""``forecast monitor``: its sentence, its looks, and the exit code that a script acts upon."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shop import command

DAYS = pd.date_range("2024-01-01", periods=260, name="day")


def shop(wilder=1.0):
    """Return sales whose days differ so many times as much from the 180th on."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 3, 260)
    noise[180:] *= wilder
    return pd.DataFrame({"sales": 100 + noise}, DAYS).round(2)


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Run, then forecast every week from what was known by then, once for all tests."""
    place = tmp_path_factory.mktemp("nights")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        forecast_weekly()
    return place


@pytest.fixture
def ran(folder, nights):
    """Stand in a folder with a copy of the run and of the forecasts."""
    shutil.copytree(nights, folder, dirs_exist_ok=True)


def forecast_weekly():
    """Write a run, and the forecasts of eleven weeks."""
    shop()[:180].to_csv("then.csv")
    flags = ["--models", "naive,theta", "--horizon", "7", "--origins", "12", "--quiet"]
    assert command("run", "then.csv", *flags).code == 0
    Path("made").mkdir()
    for n in range(180, 253, 7):
        shop()[:n].to_csv("known.csv")
        made = ["--coverage", "0.9", "--out", f"made/{n}.csv", "--quiet"]
        assert command("predict", "runs/then/model.seqcast", "known.csv", *made).code == 0


@pytest.mark.usefixtures("ran")
def test_what_goes_on_as_before_exits_with_0_and_what_does_not_with_3():
    shop().to_csv("now.csv")
    calm = command("monitor", "runs/then", "now.csv", "--forecasts", "made")
    assert calm.code == 0, calm.err
    assert calm.out.startswith("Errors and coverage are those of the backtest (11 forecasts")
    shop(wilder=6).to_csv("now.csv")
    wild = command("monitor", "runs/then", "now.csv", "--forecasts", "made", "--format", "csv")
    assert wild.code == 3
    assert "Alarm: " in wild.err
    looks = pd.read_csv(io.StringIO(wild.out))
    assert len(looks) == 11
    assert looks["low_coverage"].iloc[-1] >= 40
    as_json = command("monitor", "runs/then", "now.csv", "--forecasts", "made", "--format", "json")
    assert len(json.loads(as_json.out)) == 11


@pytest.mark.usefixtures("ran")
def test_a_saved_forecaster_stands_for_what_it_would_have_forecast():
    shop().to_csv("now.csv")
    made = command("monitor", "runs/then", "now.csv", "--forecasts", "made", "--format", "csv")
    model = "runs/then/model.seqcast"
    would = command("monitor", "runs/then", "now.csv", "--forecasts", model, "--format", "csv")
    assert would.code == 0, would.err
    looks = [pd.read_csv(io.StringIO(each.out)) for each in (made, would)]
    pd.testing.assert_frame_equal(looks[0], looks[1][: len(looks[0])], rtol=1e-6)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--forecasts empty", "empty holds no .csv and no .parquet file"),
        ("--forecasts now.csv", "now.csv has no column 'timestamp'. Give a file that forecast"),
        ("--forecasts made --model lstn", "no model 'lstn'"),
        ("--forecasts made --target sold", "no numeric column 'sold'"),
        ("--forecasts missing.csv", "missing.csv cannot be read"),
    ],
)
@pytest.mark.usefixtures("ran")
def test_what_cannot_be_monitored_is_refused(refused, flags, words):
    Path("empty").mkdir()
    shop().to_csv("now.csv")
    assert words in refused("monitor", "runs/then", "now.csv", *flags.split())
