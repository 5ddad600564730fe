"""Tables and places: what is written, and where nothing can be."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import command, write_run

from forecast import NaiveForecaster, load, read


@pytest.mark.parametrize("name", ["f.parquet", "F.PARQUET"])
def test_a_table_is_written_as_its_name_says(saved, name):
    ran = command("predict", saved, "--horizon", "3", "--out", name)
    assert ran.code == 0, ran.err
    table = pd.read_parquet(name)
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-01", periods=3))
    assert_allclose(table["forecast"], load(saved).predict(3))


@pytest.mark.parametrize("name", ["f.xlsx", "f.json", "f", "f.csv.gz"])
def test_a_table_in_a_form_that_is_not_written_is_refused(refused, saved, monkeypatch, name):
    monkeypatch.setattr(NaiveForecaster, "forecast", pytest.fail)
    sentence = refused("predict", saved, "--horizon", "3", "--out", name)
    assert "as .csv or .parquet" in sentence
    assert ".csv" in refused("datasets", "stocks", "--export", name)
    assert not Path(name).exists()


@pytest.mark.parametrize("offered", ["f.xlsx", "f.csv.gz"])
def test_the_name_that_is_offered_can_be_written(refused, saved, offered):
    sentence = refused("predict", saved, "--horizon", "3", "--out", offered)
    name = sentence.split("Name it ")[1].rstrip(".\n")
    assert command("predict", saved, "--horizon", "3", "--out", name).code == 0
    assert len(pd.read_csv(name)) == 3


def test_a_folder_that_is_not_there_is_refused_in_one_wording(refused, saved):
    """Whichever command is to write, and before it works."""
    write_run(NaiveForecaster())
    expected = "there is no folder missing. Make the folder, or choose another place.\n"
    for arguments in (
        ("predict", saved, "--out", "missing/f.csv"),
        ("datasets", "stocks", "--export", "missing/f.csv"),
        ("plot", "run", "-o", "missing/f.png"),
        ("fit", "sales.csv", "--save", "missing/f.seqcast"),
    ):
        sentence = refused(*arguments)
        assert sentence.endswith(expected)
        assert "cannot write missing/f." in sentence


def test_no_file_is_replaced_without_force(refused, saved):
    for arguments in (
        ("predict", saved, "--out", "mine.csv"),
        ("datasets", "stocks", "--export", "mine.csv"),
        ("plot", saved, "-o", "mine.png"),
        ("fit", "sales.csv", "--model", "naive", "--save", "mine.seqcast"),
    ):
        path = Path(arguments[-1])
        path.write_text("mine")
        assert f"{path} exists." in refused(*arguments)
        assert path.read_text() == "mine"
        assert command(*arguments, "--force").code == 0
        assert path.read_bytes() != b"mine"


def test_an_exported_data_set_keeps_its_moments_in_parquet():
    assert command("datasets", "stocks", "--export", "s.parquet").code == 0
    exported = read("s.parquet", series="series")
    assert exported.index.nlevels == 2
    assert np.isfinite(exported["adjusted_close"]).all()
