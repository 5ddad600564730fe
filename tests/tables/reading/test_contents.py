"""The bytes of a file are read up to a budget, and nothing waits or grows without end."""

import gzip
import os
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from csv_files import DAYS, csv_of
from pandas.testing import assert_frame_equal

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.reading import contents
from forecast.tables.reading.contents import as_path, called

TABLE = csv_of(DAYS)


def refused(path, **options):
    """Return what is refused in Python and at the command line."""
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value), error.value.at_command_line()


def test_a_file_beyond_the_budget_is_refused_with_the_budget_that_it_takes(file):
    path = file(TABLE)
    sentence, flags = refused(path, max_bytes=20)
    n_bytes = len(TABLE)
    fault = f"{path} holds more than 20 bytes ({n_bytes} bytes)."
    assert sentence == f"{fault} Give max_bytes={n_bytes} to read it."
    assert flags == f"{fault} Give --max-bytes {n_bytes} to read it."
    assert_frame_equal(read(path, max_bytes=n_bytes), read(path))


def test_what_is_unpacked_has_the_same_budget(file):
    path = file(gzip.compress(b"\n" * 10**7 + TABLE.encode(), mtime=0))
    sentence, flags = refused(path, max_bytes=10**6)
    assert sentence == f"{path} holds more than 1 MB. Raise max_bytes to read it."
    assert flags == f"{path} holds more than 1 MB. Raise --max-bytes to read it."


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file at hand")
def test_a_file_without_end_is_refused():
    assert refused("/dev/zero", max_bytes=10**6)[0].startswith("/dev/zero holds more than 1 MB.")


@pytest.mark.parametrize("budget", [0, -1, 1.5, "1", True, None])
def test_a_budget_is_a_whole_number(file, budget):
    with pytest.raises(ValueError, match="max_bytes must be a whole number of at least 1"):
        read(file(TABLE), max_bytes=budget)


# Pipes


@pytest.fixture
def pipe(tmp_path):
    """Make a pipe with a name; nobody has to wait long for its writer."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    return path


def test_a_pipe_into_which_nobody_writes_is_refused(pipe, monkeypatch):
    monkeypatch.setattr(contents, "_PATIENCE", 0.05)
    said = f"{called(pipe)} is a pipe into which nobody writes. Start its writer first."
    assert refused(pipe)[0] == said


def test_a_pipe_is_read_however_long_its_writer_takes(pipe, monkeypatch):
    monkeypatch.setattr(contents, "_PATIENCE", 0.1)

    def write():
        with pipe.open("w", encoding="utf-8") as stream:
            time.sleep(0.3)
            stream.write(TABLE)

    writer = threading.Thread(target=write)
    writer.start()
    frame = read(pipe)
    writer.join()
    assert frame["y"].tolist() == [1, 2, 3]


# Paths


def test_a_home_that_nobody_has_is_refused():
    with pytest.raises(ValueError, match="there is no user '~nouser' with a home"):
        as_path("~nouser/my.csv")


def test_a_link_that_leads_nowhere_says_where_it_leads(tmp_path):
    link = tmp_path / "my.csv"
    link.symlink_to("nowhere.csv")
    with pytest.raises(FileNotFoundError, match=r"my\.csv is a link to nowhere\.csv, which is not"):
        read(link)


def test_names_that_no_file_can_have_are_refused(tmp_path):
    assert refused(tmp_path / "a\0b.csv")[0].endswith("is no path. Write it without null bytes.")
    with pytest.raises(OSError, match=r"…a{10,}\.csv cannot be read: File name too long\.$"):
        read(tmp_path / f"{'a' * 5000}.csv")


def test_of_a_long_path_the_end_is_said():
    assert called(Path("data/my.csv")) == "data/my.csv"
    assert called(Path("-")) == "standard input"
    assert called(Path("folder" * 50, "my.csv")) == "…" + ("folder" * 50 + "/my.csv")[-80:]


def test_a_closed_standard_input_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert refused("-")[0] == "standard input is closed. Name a file."


def test_for_want_of_memory_a_sentence_is_said(file, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("forecast.tables.reading.reader.raw_table", fail)
    path = file(TABLE)
    assert refused(path)[0] == f"{path} takes more memory than there is. Read a part of it."


def test_a_parquet_file_with_damaged_texts_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    names = ["north", "south"] * 3
    days = pd.date_range("2024-01-01", periods=3).repeat(2)
    table = pd.DataFrame({"series": names, "day": days, "y": 1.0})
    table.to_parquet(path, compression=None, use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b"north", b"\xff\xfforth"[:5]))
    assert refused(path)[0].endswith(" holds bytes that are no text. Get a whole copy of it.")
