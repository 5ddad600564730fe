"""``forecast datasets``: what is shipped, its cards, its tables as files."""

from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from shop import command

from forecast import load_stocks, read


def test_datasets_are_listed():
    ran = command("datasets")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == ["weather", "stocks"]
    assert all("2013" in line and "DataSet" not in line for line in lines)


@pytest.mark.parametrize(
    ("name", "words"), [("weather", ["temp", "°F", "CC0"]), ("stocks", ["log_range", "USD"])]
)
def test_the_card_of_a_data_set(name, words):
    ran = command("datasets", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# ")
    for word in words:
        assert word in ran.out


def test_a_data_set_is_exported_as_a_file_that_can_be_read(refused):
    arguments = ("datasets", "stocks", "--export", "s.csv")
    Path("s.csv").write_text("mine")
    assert "s.csv exists" in refused(*arguments)
    assert Path("s.csv").read_text() == "mine"
    ran = command(*arguments, "--force")
    assert ran.code == 0, ran.err
    assert "written to s.csv: 12149 rows" in ran.err
    assert_frame_equal(read("s.csv", series="series"), load_stocks(None), check_freq=False)


def test_wrong_data_sets_are_refused(refused):
    assert "did you mean 'weather'?" in refused("datasets", "wether")
    assert "'weather', 'stocks'" in refused("datasets", "--export", "w.csv")
    assert "cannot write" in refused("datasets", "stocks", "--export", "missing/w.csv")
