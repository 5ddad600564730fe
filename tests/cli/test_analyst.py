"""An analyst with three files of their own: look, run, report, and forecast the next night."""

import json
from pathlib import Path

import pandas as pd
import pytest
from analyst_files import energy, store_sales, visits
from shop import command, forecasts_of

from forecast import Backtest

MODELS = ("--models", "naive,seasonal,theta", "--quiet")
FILES = {
    "stores": (store_sales, "month", "2023-10-01", "--series store --horizon 3"),
    "visits": (
        visits,
        "date",
        "2023-12-20",
        "--target visits --future promo --freq D --fill --horizon 7",
    ),
    "energy": (energy, "time", "2024-04-13", "--time-zone UTC --horizon 96 --origins 7"),
}


@pytest.fixture(params=FILES)
def files(request):
    """Write a file as it was one night, and the same one later on; return its name and flags."""
    make, time, night, flags = FILES[request.param]
    table = make()
    known = table[time] < pd.Timestamp(night, tz=getattr(table[time].dt, "tz", None))
    then = table.copy()
    if "promo" in table:
        # What is planned is known for the rows to forecast as well.
        then.loc[~known, "visits"] = float("nan")
    else:
        then = table[known]
    then.to_csv("then.csv", index=False)
    table.to_csv("now.csv", index=False)
    return flags.split()


def test_from_a_file_to_a_decision_and_to_the_next_night(files):
    looked = command("inspect", "then.csv", "--format", "json")
    assert looked.code == 0, looked.err
    assert json.loads(looked.out)["rows"] > 300

    ran = command("run", "then.csv", *files, *MODELS)
    assert ran.code == 0, ran.err
    assert " is chosen: " in ran.out
    folder = Path("runs/then")
    assert (folder / "report.html").stat().st_size < 1.5e6
    scored = set(Backtest.load(folder).forecasts["series"])
    first = pd.read_csv(folder / "forecast.csv", parse_dates=["timestamp"])
    horizon = int(files[files.index("--horizon") + 1])
    by_series = first.groupby("series") if "series" in first else [("", first)]
    assert all(len(rows) == horizon for _, rows in by_series)
    assert len(by_series) >= len(scored)
    assert (first["lower"] <= first["upper"]).all()

    # The next night: the saved model reads the longer file as the first one was read.
    model = folder / "model.seqcast"
    later = command("predict", model, "now.csv", "--coverage", "0.9", "--format", "csv")
    assert later.code == 0, later.err
    table = forecasts_of(later.out)
    assert table["timestamp"].max() > first["timestamp"].max()
    assert table["forecast"].notna().all()

    watched = command("monitor", folder, "now.csv", "--forecasts", model)
    assert watched.code in (0, 3), watched.err
    again = command("fit", "now.csv", "--from", folder, "--save", "again.seqcast")
    assert again.code == 0, again.err
    report = command("report", folder, "-o", "mail.html")
    assert report.code == 0, report.err
