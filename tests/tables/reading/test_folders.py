"""A folder of Parquet files is one table; what stands in the names of folders are columns."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.reading.blocks import raw_table, survey
from forecast.tables.reading.folders import Folder
from forecast.tables.reading.options import Options
from forecast.tables.reading.reader import read_noting

DAYS = pd.date_range("2024-01-01", periods=4, freq="D")


def sold(*values):
    return pd.DataFrame({"day": DAYS[: len(values)], "sold": values})


@pytest.fixture
def write(tmp_path):
    """Return a function that writes frames into a folder by their names, and returns it."""

    def write(**frames):
        for name, frame in frames.items():
            path = tmp_path / "sales" / f"{name.replace('__', '=')}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(path)
        return tmp_path / "sales"

    return write


@pytest.fixture
def shops(tmp_path):
    """Write a folder for each of two stores and items, the second store first."""
    for store, item, first in ((10, "tea", 5.0), (2, "jam", 1.0), (2, "tea", 3.0)):
        folder = tmp_path / "shops" / f"store={store}" / f"item={item}"
        folder.mkdir(parents=True)
        sold(first, first + 1).to_parquet(folder / "part-0.parquet")
    return tmp_path / "shops"


def test_names_of_folders_are_columns(shops):
    frame = read(shops, series=["store", "item"])
    assert list(frame) == ["sold"]
    assert list(frame.index.unique(0)) == ["10, tea", "2, jam", "2, tea"]
    assert_allclose(frame["sold"], [5, 6, 1, 2, 3, 4])
    by_text = read(shops / "store=2", series="item")
    assert_allclose(by_text.loc["tea", "sold"], [3, 4])


def test_series_stand_in_the_order_of_their_names_numbers_as_numbers(tmp_path):
    for store in (10, 9):
        (tmp_path / f"store={store}").mkdir()
        sold(1.0, 2.0).to_parquet(tmp_path / f"store={store}" / "a.parquet")
    assert list(read(tmp_path, series="store").index.unique(0)) == [9, 10]


def test_plain_files_are_one_table(write):
    folder = write(b=sold(1.0, 2.0).assign(shop="B"), a=sold(3.0, 4.0).assign(shop="A"))
    frame = read(folder, series="shop")
    assert list(frame.index.unique(0)) == ["A", "B"]
    assert_allclose(frame["sold"], [3, 4, 1, 2])


def test_files_may_have_other_columns_and_finer_types(write):
    more = sold(1.5, 2.5).assign(shop="B", price=9.0)
    frame = read(write(a=sold(3, 4).assign(shop="A"), b=more), series="shop")
    assert_allclose(frame["sold"], [3, 4, 1.5, 2.5])
    assert_allclose(frame["price"], [np.nan, np.nan, 9, 9])


def test_an_index_of_frames_is_one_of_the_table(write):
    names = pd.MultiIndex.from_product([["A"], DAYS])
    one = pd.DataFrame({"sold": [1.0, 2, 3, 4]}, index=names)
    other = one.rename({"A": "B"})
    frame = read(write(b=other, a=one))
    assert frame.index.names == ["series", "timestamp"]
    assert_allclose(frame.loc["B", "sold"], [1, 2, 3, 4])


def test_categories_of_several_files_are_their_names(write):
    shops = pd.Categorical(["A", "A"], categories=["A", "C"])
    others = pd.Categorical(["B", "B"])
    folder = write(a=sold(1.0, 2.0).assign(shop=shops), b=sold(3.0, 4.0).assign(shop=others))
    assert list(read(folder, series="shop").index.unique(0)) == ["A", "B"]


def test_what_is_no_parquet_is_left_out_and_said(write):
    folder = write(a=sold(1.0, 2.0))
    (folder / "readme.txt").write_text("sales of a shop")
    (folder / "_SUCCESS").write_text("")
    reading = read_noting(folder, Options())
    assert "left out 1 file that are no Parquet: readme.txt" in reading.notes
    assert_allclose(reading.frame["sold"], [1, 2])


def test_a_folder_without_parquet_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"is a folder without a Parquet file\. Name a file"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("day,y\n")
    with pytest.raises(InputError, match=r"without a Parquet file but a\.csv\. Name a file"):
        read(tmp_path)


def test_files_that_do_not_go_together_are_refused(write):
    folder = write(a=sold(1.0, 2.0), b=pd.DataFrame({"day": ["x"], "sold": ["y"]}))
    with pytest.raises(InputError, match=r"sales cannot be read as one table of Parquet"):
        read(folder)
    (folder / "b.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(InputError, match=r"Get a whole copy of each file"):
        read(folder)


def test_a_file_that_is_damaged_inside_is_refused(tmp_path):
    many = pd.DataFrame({"day": pd.date_range("2024", periods=5000), "sold": np.arange(5000.0)})
    path = tmp_path / "sales" / "a.parquet"
    path.parent.mkdir()
    many.to_parquet(path)
    content = bytearray(path.read_bytes())
    content[4:40_000] = b"\0" * 39_996
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"sales cannot be read as one table of Parquet: "):
        read(path.parent)


def test_rows_of_one_moment_are_refused_without_numbers_that_no_file_has(write):
    folder = write(a=sold(1.0, 2.0), b=sold(3.0, 4.0))
    with pytest.raises(InputError, match=r"sales: 2024-01-01 00:00:00 stands twice \(4 rows have"):
        read(folder)


def test_a_folder_without_times_is_refused(write):
    with pytest.raises(InputError, match=r"no column of times, and its rows have no order"):
        read(write(a=pd.DataFrame({"sold": [1.0, 2.0]})))


def test_rows_are_counted_in_batches(shops, monkeypatch):
    monkeypatch.setattr("forecast.tables.reading.folders._N_ROWS", 1)
    counts = Folder(str(shops)).counts(["store", "day"])
    found = counts.set_index(["store", "day"])["count"].sort_index()
    expected = read(shops, series=["store", "item"]).reset_index()
    expected["store"] = expected["series"].str.split(",").str[0].astype(int)
    assert found.to_dict() == expected.groupby(["store", "timestamp"]).size().to_dict()


def test_a_folder_that_has_grown_is_read_anew(write):
    folder = write(a=sold(1, 2).assign(shop="A"))
    assert len(read(folder, series="shop")) == 2
    write(b=sold(1.5, 2.5, 3.5).assign(shop="B"))
    assert_allclose(read(folder, series="shop").loc["B", "sold"], [1.5, 2.5, 3.5])


def test_what_becomes_of_few_bytes_has_a_budget(tmp_path):
    # A column of one value is as long packed as unpacked is short: 0.01 MB for 16 MB.
    n_rows = 10**6
    days = np.repeat(DAYS.to_numpy(), n_rows // len(DAYS))
    table = pd.DataFrame({"day": days, "store": np.arange(n_rows), "sold": 1.0})
    (tmp_path / "shops").mkdir()
    table.to_parquet(tmp_path / "shops" / "all.parquet", index=False)
    options = Options(time=("day",), series=("store",), max_bytes=10**6)
    for question in (read_noting, survey):
        with pytest.raises(InputError, match=r"shops holds more than 1 MB\. Raise max_bytes"):
            question(tmp_path / "shops", options)
    few = read_noting(tmp_path / "shops", replace(options, only=(5, 6)))
    assert len(few.frame) == 2
    whole = raw_table(tmp_path / "shops", replace(options, max_bytes=10**8))[0]
    assert len(whole.rows) == n_rows


def test_only_files_that_may_hold_a_series_are_looked_into(shops, write):
    frames = {f"part_{k}": sold(k, k).assign(series=f"s{k}") for k in range(5)}
    folder = write(**frames)
    near = Folder(str(folder))._near(["series"], ["s3", "s1"])
    assert [Path(file).stem for file in near.files] == ["part_1", "part_2", "part_3"]
    assert read_noting(folder, Options(only=("s3", "s1"))).frame["sold"].tolist() == [1, 1, 3, 3]
    # What the names of folders say is known without a look.
    near = Folder(str(shops))._near(["store"], [2])
    assert [Path(file).parent.name for file in near.files] == ["item=jam", "item=tea"]
