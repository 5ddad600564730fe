"""What is read block by block is what would have been read at once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from block_checks import check_blocks, panel
from pandas.testing import assert_frame_equal

from forecast.exceptions import InputError
from forecast.tables.reading.blocks import rows_in_blocks, survey
from forecast.tables.reading.options import Options
from forecast.tables.reading.reader import read_noting

rng = np.random.default_rng(0)
POOL = pa.proxy_memory_pool(pa.default_memory_pool())  # counts; lives as long as what is in it


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes a table, partitioned by columns or in three plain files."""

    def write(table, *columns):
        sales = tmp_path / f"sales{len(list(tmp_path.iterdir()))}"
        for number, (_, part) in enumerate(table.groupby([*columns] or table.index % 3)):
            names = [f"{column}={part[column].iloc[0]}" for column in columns]
            place = sales.joinpath(*names)
            place.mkdir(parents=True, exist_ok=True)
            part.drop(columns=[*columns]).to_parquet(place / f"{number}.parquet", index=False)
        return sales

    return write


@pytest.mark.parametrize("columns", [("item",), ("store", "item"), ()])
@pytest.mark.parametrize("series", [("item",), ("store", "item"), ("item", "store")])
def test_blocks_of_a_folder_are_slices_of_the_whole(folder, columns, series):
    check_blocks(folder(panel(), *columns), Options(series=series))


def test_blocks_of_one_file_are_slices_of_the_whole(tmp_path):
    panel().to_parquet(tmp_path / "sales.parquet")
    check_blocks(tmp_path / "sales.parquet", Options(series=("item",)))


def test_whole_numbers_name_series(folder):
    table = panel().drop_duplicates(["store", "when"])
    check_blocks(folder(table, "store"), Options(series=("store",), freq="D"), n_together=1)
    check_blocks(folder(table), Options(series=("store",), freq="D"), n_together=1)


def test_a_column_called_series_names_them_though_the_first_are_digits(folder, monkeypatch):
    table = panel().assign(series=lambda rows: rows["item"].str.replace("i", "", regex=False))
    table = table.replace({"series": {"6": "other"}}).sort_values("series", ignore_index=True)
    monkeypatch.setattr("forecast.tables.reading.blocks._N_HEAD", 20)
    found = check_blocks(folder(table.drop(columns=["item", "store"])), Options())
    assert found.options.series == ("series",)


def test_a_block_has_the_marks_of_the_whole(folder):
    # The first series alone leaves open what is the day and what the month.
    table = panel(2, 40)
    table["when"] = table["when"].dt.strftime("%d/%m/%Y")
    early = table["when"].str[:2].astype(int) <= 12
    table = table[(table["item"] == "i1") | (early & table["when"].str.contains("/01/"))]
    found = check_blocks(folder(table), Options(series=("item",)), n_together=1)
    assert found.options.date_order == "dmy"


def test_an_index_of_frames_is_found_again(tmp_path):
    table = panel().set_index(["item", "when"])[["sold"]].rename_axis([None, None])
    table.iloc[:50].to_parquet(tmp_path / "a.parquet")
    table.iloc[50:].to_parquet(tmp_path / "b.parquet")
    check_blocks(tmp_path, Options())


def test_series_of_two_rows_take_the_step_of_the_others(folder):
    months = pd.date_range("2024-01-01", periods=6, freq="MS")
    long = pd.DataFrame({"when": months, "item": "long", "y": 1.0})
    first = long[:2].assign(item="first")
    second = long[3:5].assign(item="second")
    single = long[:1].assign(item="single")
    table = pd.concat([long, first, second, single], ignore_index=True)
    for together in (1, 2):
        check_blocks(folder(table), Options(series=("item",)), together)


def test_time_zones_and_frequencies_count_in_blocks(folder):
    table = panel(4, 60, "h")
    options = Options(series=("item",), time_zone="Europe/Berlin")
    check_blocks(folder(table), options)
    check_blocks(folder(table), Options(series=("item",), freq="2h", how="sum"))
    check_blocks(folder(table), Options(series=("item",), time_zone="UTC", freq="D", how="mean"))


def test_a_table_of_one_series_is_surveyed(folder):
    table = panel(1)[["when", "sold"]]
    found = survey(folder(table), Options())
    assert found.series.to_dict() == {None: 30}
    assert len(found.moments) == 30


def test_rows_of_folders_and_files_of_parquet_are_counted(folder):
    place = folder(panel())
    assert rows_in_blocks(place, Options()) == len(panel())
    files = sorted(place.rglob("*.parquet"))
    assert sum(rows_in_blocks(file, Options()) for file in files) == len(panel())


def test_csv_is_read_at_once_but_some_series_may_be_taken(tmp_path):
    path = tmp_path / "sales.csv"
    panel().to_csv(path, index=False)
    whole = read_noting(path, Options(series=("item",))).frame
    some = read_noting(path, Options(series=("item",), only=("i5", "i2"))).frame
    rows = whole.index.get_level_values(0)
    assert_frame_equal(some, whole[rows.isin(["i5", "i2"])], check_freq=False)
    assert rows_in_blocks(path, Options()) is None
    with pytest.raises(InputError, match=r"sales\.csv is read at once.*Write it as Parquet\."):
        survey(path, Options(series=("item",)))


def test_a_series_that_is_not_there_is_refused(folder):
    options = Options(series=("item",), only=("i1", "i9"))
    with pytest.raises(InputError, match=r"there is no series 'i9'"):
        read_noting(folder(panel()), options)
    with pytest.raises(InputError, match=r"has no names of series"):
        read_noting(folder(panel(1)[["when", "sold"]]), Options(only=("a",)))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([1.5, 2.5], r"column 'item': '[12]\.5' is neither a text nor a whole number"),
        (["a ", "b"], r"column 'item': 'a ' has blanks around it"),
        (["a", None], r"column 'item': the cell names no series"),
    ],
)
def test_names_that_no_block_could_find_are_refused(folder, names, sentence):
    table = panel(2).assign(item=lambda rows: rows["item"].map({"i0": names[0], "i1": names[1]}))
    with pytest.raises(InputError, match=sentence):
        survey(folder(table), Options(series=("item",)))


def most_memory(folder, n_files):
    """Return the most bytes that Arrow has needed for surveys and blocks of a folder."""
    for part in range(n_files):
        codes = np.arange(10_000) // 1000 + 10 * part
        times = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(10_000) % 1000, unit="h")
        frame = pd.DataFrame({"shop": codes, "when": times, "sold": rng.random(10_000)})
        frame.to_parquet(folder / f"{part}.parquet")
    found = survey(folder, Options(series=("shop",)))
    block = read_noting(folder, replace(found.options, only=(5, 9))).frame
    assert (len(found.series), len(block)) == (10 * n_files, 2000)
    return POOL.max_memory()


def test_memory_does_not_grow_with_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr("forecast.tables.reading.folders._N_ROWS", 10_000)
    before = pa.default_memory_pool()
    pa.set_memory_pool(POOL)
    try:
        small, large = (most_memory(tmp_path, n_files) for n_files in (50, 150))
    finally:
        pa.set_memory_pool(before)
    growth = 100 * 10_000 * 3 * 8  # bytes of the further rows
    # Arrow reads in threads of its own: what is held at the same time differs from run to run.
    assert large - small < growth / 10


def test_a_sheet_of_what_is_no_workbook_is_refused(folder):
    with pytest.raises(InputError, match=r"is no Excel workbook, and has no sheet\. Leave out"):
        read_noting(folder(panel(1)), Options(sheet="a"))


def test_hours_that_clocks_repeat_are_told_apart_in_blocks_but_not_in_a_survey(folder):
    utc = pd.date_range("2024-10-26 20:00", periods=12, freq="h", tz="UTC")
    local = utc.tz_convert("Europe/Berlin").tz_localize(None)
    table = pd.concat([pd.DataFrame({"when": local, "item": item, "y": 1.0}) for item in "ab"])
    place = folder(table.reset_index(drop=True), "item")
    options = Options(series=("item",), time_zone="Europe/Berlin")
    block = read_noting(place, replace(options, only=("b",))).frame
    assert list(block.index.get_level_values(1)) == list(utc)
    with pytest.raises(InputError, match="happened twice in Europe/Berlin"):
        survey(place, options)
