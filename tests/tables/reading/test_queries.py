"""What a query gives is read as a folder of the same rows is, from any database."""

import sqlite3
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlalchemy
from block_checks import check_blocks, panel
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.reading.blocks import rows_in_blocks, survey
from forecast.tables.reading.options import Options
from forecast.tables.reading.queries import open_query
from forecast.tables.reading.reader import read_noting

QUERY = "select * from sales -- all: '50%' of them"


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def write(request, tmp_path):
    """Return a function that writes a table "sales" into a database, and returns its address."""
    kind = request.param
    if kind == "postgresql":
        address = f"{request.getfixturevalue('server')}/postgres"
        url = address.replace("postgresql", "postgresql+psycopg")
    else:
        address = f"{kind}:///{tmp_path}/shop.db"
        url = f"sqlite:///{tmp_path}/shop.db"

    def write(table):
        if kind == "duckdb":
            with duckdb.connect(tmp_path / "shop.db") as connection:
                connection.register("rows", table)
                connection.execute("CREATE OR REPLACE TABLE sales AS SELECT * FROM rows")
            return address
        engine = sqlalchemy.create_engine(url)
        table.to_sql("sales", engine, index=False, if_exists="replace")
        engine.dispose()
        return address

    return write


def test_a_query_gives_what_a_folder_of_the_same_rows_gives(write, tmp_path):
    table = panel().assign(sold=lambda rows: rows["sold"].where(rows["sold"] < 11))
    (tmp_path / "folder").mkdir()
    table.to_parquet(tmp_path / "folder" / "a.parquet", index=False)
    address = write(table)
    for series in ("item", ["store", "item"]):
        expected = read(tmp_path / "folder", series=series)
        found = read(address, series=series, query=QUERY)
        assert_frame_equal(found, expected, check_index_type=False)


@pytest.mark.parametrize("series", [("item",), ("store", "item")])
def test_blocks_of_a_query_are_slices_of_the_whole(write, series):
    check_blocks(write(panel()), Options(series=series, query=QUERY), n_together=3)


def test_the_database_counts_rows(write):
    address = write(panel())
    whole = rows_in_blocks(address, Options(query=QUERY))
    assert whole == len(read(address, series="item", query=QUERY))


def test_whole_numbers_name_series(write):
    table = panel().drop_duplicates(["store", "when"])
    options = Options(series=("store",), freq="D", query=QUERY)
    check_blocks(write(table), options, n_together=1)


def test_rows_come_over_in_blocks(write, monkeypatch):
    address = write(panel())
    expected = read(address, series="item", query=QUERY)
    monkeypatch.setattr("forecast.tables.reading.queries._N_ROWS", 7)
    assert_frame_equal(read(address, series="item", query=QUERY), expected)
    query = open_query(address, QUERY)
    with query._opened(query._whole()) as blocks:
        lengths = [len(block) for block in blocks]
    assert max(lengths) <= 2048  # the vectors of DuckDB are not cut
    assert sum(lengths) == len(expected)


def test_postgresql_keeps_the_rows_until_they_are_fetched(server):
    query = "select count(*) as n, timestamp '2024-01-01' as day from pg_cursors"
    assert open_query(f"{server}/postgres", query).head(1).cells["n"].tolist() == [1]


def test_postgresql_is_read_in_a_transaction_that_changes_nothing(server):
    query = "select current_setting('transaction_read_only') as is_on, now() as day"
    assert open_query(f"{server}/postgres", query).head(1).cells["is_on"].tolist() == ["on"]


def test_signs_of_sql_and_of_drivers_may_stand_in_a_query(write):
    address = write(panel(1)[["when", "sold"]])
    query = "select \"when\" as day, sold as \"a:b %s\" from sales where ':x' = ':x' and '%' = '%'"
    assert list(read(address, query=query)) == ["a:b %s"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (None, r"is a database: there is no query .* Give query='select \* from sales'\.$"),
        (" ", "there is no query"),
        ("select nowhere from sales", r"refuses the query: .*nowhere.* Correct it\.$"),
        ("selec 1", r"refuses the query: .*selec"),
        ("select 1 as a, 2 as a", "two columns the name 'a'"),
        ("select * from sales where 1 = 0", r"gives no row\. At least 2 are needed"),
        ("delete from sales", r"refuses the query|gives no rows"),
        ("drop table sales", r"refuses the query|gives no rows"),
    ],
)
def test_queries_that_give_nothing_are_refused_and_change_nothing(write, query, sentence):
    address = write(panel(2))
    with pytest.raises(InputError, match=sentence):
        read(address, query=query)
    assert len(read(address, query=QUERY, series="item")) == 58


def test_values_of_several_types_are_decided_by_their_column(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table sales (day, sold)")
        rows = [("2024-01-01", 1), ("2024-01-02", "NA"), ("2024-01-03", "2.5")]
        connection.executemany("insert into sales values (?, ?)", rows)
    connection.close()
    reading = read_noting(f"sqlite:///{tmp_path}/shop.db", Options(query=QUERY))
    assert_allclose(reading.frame["sold"], [1, np.nan, 2.5])
    assert list(reading.frame.index) == list(pd.date_range("2024-01-01", periods=3))


def test_sums_and_means_are_numbers(write):
    address = write(panel(1))
    query = 'select "when" as day, sum(store) as n, avg(sold) as mean from sales group by 1'
    frame = read(address, query=query)
    assert_allclose(frame["n"], 0)
    assert {str(kind) for kind in frame.dtypes} == {"float64"}


def test_times_with_a_zone_come_in_utc(server):
    query = (
        "select timestamptz '2024-01-01 00:00+02' + i * interval '1 day' as at, i as y "
        "from generate_series(0, 3) i"
    )
    found = read(f"{server}/postgres", query=query)
    assert str(found.index.tz) == "UTC"
    assert found.index[0] == pd.Timestamp("2023-12-31 22:00", tz="UTC")


def test_a_query_of_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("day,y\n2024-01-01,1\n")
    with pytest.raises(InputError, match=r"a\.csv is no database, and takes no query"):
        read(tmp_path / "a.csv", query=QUERY)


def test_names_that_only_the_database_takes_for_one_are_refused(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table sales (item text collate nocase, day text, sold)")
        rows = [(item, f"2024-01-0{day}", day) for item in ("a", "A") for day in (1, 2)]
        connection.executemany("insert into sales values (?, ?, ?)", rows)
    connection.close()
    address = f"sqlite:///{tmp_path}/shop.db"
    options = Options(series=("item",), query=QUERY)
    assert len(read_noting(address, options).frame) == 4
    found = survey(address, options)
    with pytest.raises(InputError, match=r"takes names for the same that are not"):
        read_noting(address, replace(found.options, only=tuple(found.series.index)))


ENDLESS = """
with recursive days(day) as
    (select date('2024-01-01') union all select date(day, '+1 day') from days)
select day, 1.0 as sold from days
"""


@pytest.mark.parametrize(
    ("kind", "query"),
    [("sqlite", ENDLESS), ("duckdb", "select range as day, 1.0 as sold from range(1_000_000_000)")],
)
def test_what_a_query_gives_has_a_budget(tmp_path, kind, query):
    address = f"{kind}:///{tmp_path}/shop.db"
    {"sqlite": sqlite3, "duckdb": duckdb}[kind].connect(tmp_path / "shop.db").close()
    with pytest.raises(InputError, match=r"holds more than 2 MB\. Raise max_bytes to read it\."):
        read(address, query=query, max_bytes=2 * 10**6)
    few = read(address, query=f"select * from ({query}) limit 1000", max_bytes=2 * 10**6)
    assert len(few) == 1000


@pytest.mark.parametrize("query", ["drop table sales", "delete from sales", "select no from sales"])
def test_what_is_no_query_is_told_so_where_its_rows_are_counted(write, query):
    address = write(panel(2))
    with pytest.raises(InputError) as refusal:
        rows_in_blocks(address, Options(query=query))
    with pytest.raises(InputError) as expected:
        read(address, query=query)
    assert str(refusal.value) == str(expected.value)
