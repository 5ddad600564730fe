"""What the tests of the report share: a run of six series with names that attack a page."""

import numpy as np
import pandas as pd
import pytest

from forecast import (
    Backtest,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    WindowForecaster,
    backtest,
)
from forecast.report.data import contents
from forecast.report.extras import Extras

HOSTILE = "</script><script>alert(1)</script>"
NAMES = ["north", "south", HOSTILE, '<img src=x onerror="alert(2)">', "$5 or $10 \\bad$", "Zürich"]
HORIZON, ORIGINS = 7, 10


@pytest.fixture(scope="session")
def sales():
    """Sales of 120 days in six stores, each larger than the one before."""
    rng = np.random.default_rng(0)
    day = pd.date_range("2024-01-01", periods=120, freq="D")
    week = np.sin(2 * np.pi * np.arange(120) / 7)
    stores = {
        name: pd.Series(100 * size + 10 * size * week + rng.normal(0, 4, 120), day)
        for size, name in enumerate(NAMES, start=1)
    }
    return pd.concat(stores, names=["store", "day"]).rename("sales")


@pytest.fixture(scope="session")
def result(sales):
    """Backtest three models; the settings are those that the command adds."""
    models = {
        "naive": NaiveForecaster(),
        "seasonal": NaiveForecaster(7),
        "ridge": WindowForecaster(lookback=14, horizon=HORIZON),
    }
    cv = RollingOrigin(HORIZON, ORIGINS, HORIZON)
    run = backtest(models, sales, cv=cv, quantiles=(0.05, 0.5, 0.95), season_length=7)
    run.settings.update(
        source="stores.csv",
        target="sales",
        seed=3,
        command=["backtest", "stores.csv", "--out", "my run"],
        notes=["opened 3 missing rows", f"left out {HOSTILE} (text)"],
        refused={"lstm": f"{HOSTILE} is too short."},
        set_aside={"ridge": {"Zürich": "seasonal"}},
    )
    return run


@pytest.fixture(scope="session")
def extras(sales):
    """The forecast past the end as its file has it, and why its model was chosen."""
    forecast = ThetaForecaster(7).fit(sales).forecast(HORIZON, coverage=0.9).reset_index()
    forecast.columns = ["series", "timestamp", "forecast", "lower", "upper"]
    forecast["timestamp"] = forecast["timestamp"].astype(str)
    choice = {"model": "seasonal", "reason": "seasonal is the simplest.", "coverage": 0.9}
    return Extras(forecast, choice, {"frequency": "D", "holes": {"n": 3, "filled": True}})


@pytest.fixture(scope="session")
def small(result):
    """A single series without the median: the page of it is made in no time."""
    table = result.forecasts[result.forecasts["series"] == "north"]
    return Backtest(table.drop(columns="q0.5"), result.settings)


@pytest.fixture(scope="session")
def page(result, extras):
    """What the page shows of the backtest, the forecast and the choice."""
    return contents(result, extras)


@pytest.fixture(scope="session")
def plain(result):
    """What the page shows of the backtest alone."""
    return contents(result, Extras())
