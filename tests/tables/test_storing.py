"""A table is written as a whole or not at all: new, added to, or in the place of older rows."""

import json
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import postgres
import pytest
import sqlalchemy
from numpy.testing import assert_allclose

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.storing import store

QUERY = "select * from forecasts"
DAYS = pd.date_range("2024-03-01", periods=3, freq="D")
ROWS = pd.DataFrame({"timestamp": DAYS, "series": ["A", "A", "B"], "forecast": [1.0, 2.5, np.nan]})


@pytest.fixture(params=["sqlite", "duckdb", "postgresql", "parquet"])
def place(request, tmp_path):
    """Return an address and the table at it, which is not there."""
    kind = request.param
    if kind == "parquet":
        return str(tmp_path / "forecasts.parquet"), None
    if kind != "postgresql":
        return f"{kind}:///{tmp_path}/shop.db", "forecasts"
    address = f"{request.getfixturevalue('server')}/postgres"
    engine = sqlalchemy.create_engine(address.replace("postgresql", "postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table if exists forecasts")
    engine.dispose()
    return address, "forecasts"


def stored(place):
    """Return what is at an address, in the order of moments and series."""
    address, table = place
    query = None if table is None else f"select * from {table}"
    return read(address, series="series", query=query)


def later(n_days):
    return ROWS.assign(timestamp=ROWS["timestamp"] + pd.Timedelta(days=n_days))


def test_new_rows_are_read_back(place):
    store(ROWS, *place)
    found = stored(place)
    assert list(found.index) == list(zip(ROWS["series"], ROWS["timestamp"], strict=True))
    assert_allclose(found["forecast"], ROWS["forecast"])


def test_what_is_there_is_refused_added_to_or_replaced(place):
    store(ROWS, *place)
    with pytest.raises(InputError, match=r"exists\. Choose another one, or give mode='append'"):
        store(later(1), *place)
    assert len(stored(place)) == 3
    store(later(2)[:2], *place, mode="append")
    both = [*pd.concat([ROWS[:2], later(2)[:2]])["forecast"], np.nan]
    assert_allclose(stored(place)["forecast"], both)
    store(later(9), *place, mode="replace")
    assert list(stored(place).index.get_level_values(1)) == list(later(9)["timestamp"])


def test_appending_to_nothing_makes_it(place):
    store(ROWS, *place, mode="append")
    assert len(stored(place)) == 3


def test_columns_that_have_no_place_are_refused(place):
    store(ROWS, *place)
    # A file that is replaced has no columns to keep.
    for mode in ("append", "replace")[: 2 if place[1] else 1]:
        with pytest.raises(InputError, match=r"has no column 'lower', but 'timestamp', 'series'"):
            store(ROWS.assign(lower=0.0), *place, mode=mode)
    assert len(stored(place)) == 3


KILLED = """
import json, os, signal, sys
import pandas as pd
from forecast.tables import storing

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

# After all is written, and before it counts.
storing._SQLTable.commit = storing._DuckDBTable.commit = os.replace = die
rows = pd.DataFrame(json.loads(sys.argv[1]))
rows["timestamp"] = pd.to_datetime(rows["timestamp"])
for address, table, mode in json.loads(sys.argv[2]):
    child = os.fork()
    if not child:
        storing.store(rows, address, table, mode)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, (address, mode)
"""


def test_a_kill_leaves_what_was_there_whole(request, tmp_path):
    addresses = [f"sqlite:///{tmp_path}/a.db", f"duckdb:///{tmp_path}/b.db"]
    if postgres.is_installed():
        addresses.append(f"{request.getfixturevalue('server')}/postgres")
    old = [(address, "killed") for address in addresses] + [(f"{tmp_path}/old.parquet", None)]
    new = [(address, "never") for address in addresses] + [(f"{tmp_path}/new.parquet", None)]
    for place in old:
        store(ROWS, *place, mode="replace")
    killed = [(*place, mode) for place in old for mode in ("append", "replace")]
    killed += [(*place, "new") for place in new]

    rows = later(1).to_json(orient="records", date_format="iso")
    script = [sys.executable, "-c", KILLED, rows, json.dumps(killed)]
    subprocess.run(script, check=True)
    for place in old:
        assert list(stored(place).index.get_level_values(1)) == list(ROWS["timestamp"])
    # What was to be made has not been, so that it is new once more.
    for place in new:
        store(ROWS, *place)


def test_times_with_a_zone_are_the_same_moments(place):
    zoned = ROWS.assign(timestamp=ROWS["timestamp"].dt.tz_localize("Europe/Berlin"))
    store(zoned, *place)
    found = stored(place).index.get_level_values(1)
    assert list(found) == list(zoned["timestamp"])


def test_periods_are_their_first_moments(place):
    months = pd.period_range("2024-01", periods=3, freq="M")
    store(ROWS.assign(timestamp=months, series="A"), *place)
    assert stored(place).index.get_level_values(1)[1] == pd.Timestamp("2024-02-01")


def test_a_table_with_more_columns_keeps_its_own(tmp_path):
    with duckdb.connect(tmp_path / "shop.db") as connection:
        connection.execute("create schema night")
        connection.execute(
            "create table night.forecasts (forecast double, series varchar, timestamp timestamp, "
            "made varchar default 'tonight')"
        )
    address = f"duckdb:///{tmp_path}/shop.db"
    store(ROWS, address, "night.forecasts", mode="append")
    with duckdb.connect(tmp_path / "shop.db") as connection:
        made = connection.execute("select distinct made from night.forecasts").fetchall()
    assert made == [("tonight",)]
    assert_allclose(stored((address, "night.forecasts"))["forecast"], ROWS["forecast"])


@pytest.mark.parametrize(
    ("address", "table", "sentence"),
    [
        ("sqlite:///shop.db", None, r"is a database: into which table is not said"),
        ("forecasts.csv", None, r"neither a database, such as .*, nor a file whose name ends"),
        ("s3://shop/forecasts.parquet", None, "neither a database"),
        ("forecasts.parquet", "t", r"is a file, and has no table 't'\. Leave out table\."),
        ("sqlite:///nowhere/shop.db", "t", "there is no folder nowhere"),
        ("nowhere/f.parquet", None, "there is no folder nowhere"),
        ("postgresql://me:hunter2@127.0.0.1:1/shop", "t", r"me:\*\*\*@127\.0\.0\.1:1/shop cannot"),
    ],
)
def test_places_that_are_none_are_refused(address, table, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        store(ROWS, address, table)
    assert list(tmp_path.iterdir()) == []


# A file of Parquet is written anew, and SQLite takes any value.
@pytest.mark.parametrize("place", ["duckdb", "postgresql"], indirect=True)
def test_rows_that_a_table_does_not_take_change_nothing(place):
    store(ROWS.assign(forecast=[1, 2, 3]), *place)
    with pytest.raises(InputError, match=r"does not take the rows: "):
        store(ROWS.assign(forecast=["1", "x", "3"]), *place, mode="replace")
    assert_allclose(stored(place)["forecast"], [1, 2, 3])
