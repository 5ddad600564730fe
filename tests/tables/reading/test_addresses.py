"""Addresses name files, folders and databases; what is secret in them is not shown."""

import fsspec
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import read
from forecast.exceptions import InputError, MissingPackageError
from forecast.tables.reading.addresses import is_database, scheme_of, shown, shown_reason
from forecast.tables.reading.blocks import survey
from forecast.tables.reading.options import Options

CSV = b"day,y\n2024-01-01,1\n2024-01-02,2\n"


@pytest.fixture
def memory():
    """Return a file system that lives in memory, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_schemes():
    assert scheme_of("s3://shop/sales.csv") == "s3"
    assert scheme_of("postgresql+psycopg://me@host/shop") == "postgresql"
    assert scheme_of("sales.csv") is None
    assert scheme_of("C:/sales.csv") is None
    assert is_database("SQLite:///shop.db")
    assert is_database("exa+websocket://host/shop")
    assert not is_database("s3://shop/sales.csv")


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("postgresql://me:secret@host:5432/shop", "postgresql://me:***@host:5432/shop"),
        ("postgresql://me:se/c:r@t@host/shop", "postgresql://me:***@host/shop"),
        ("postgresql://host/shop?user=me&password=secret", "postgresql://host/shop?…"),
        ("https://me:secret@host/a.csv?token=secret", "https://me:***@host/a.csv?…"),
        ("postgresql://me@host/shop", "postgresql://me@host/shop"),
        ("sqlite:///shop.db", "sqlite:///shop.db"),
        ("what? a.csv", "what? a.csv"),
        ("--to=postgresql://me:secret@host/shop?x=1", "--to=postgresql://me:***@host/shop?…"),
        ("select 'https://a?b' from c", "select 'https://a?b' from c"),
        (" postgresql://me:secret@host/shop", " postgresql://me:***@host/shop"),
    ],
)
def test_passwords_and_keys_are_not_shown(address, seen):
    assert shown(address) == seen


def test_a_reason_does_not_quote_the_password():
    error = ValueError("no user me with hunter2\nat all")
    assert shown_reason(error, "postgresql://me:hunter2@host/shop") == "no user me with ***"
    assert shown_reason(ValueError(), "s3://a") == "ValueError"


def test_files_at_an_address_are_read(memory, tmp_path):
    memory.pipe("/shop/a.csv", CSV)
    assert_allclose(read("memory://shop/a.csv")["y"], [1, 2])
    (tmp_path / "a.csv").write_bytes(CSV)
    assert_allclose(read(f"file://{tmp_path}/a.csv")["y"], [1, 2])


def test_folders_at_an_address_are_read(memory):
    for store in (3, 1):
        frame = pd.DataFrame({"day": pd.date_range("2024", periods=2), "y": [store, 9.0]})
        memory.pipe(f"/shop/store={store}/a.parquet", frame.to_parquet())
    found = read("memory://shop", series="store")
    assert list(found.index.unique(0)) == [1, 3]
    assert_allclose(found["y"], [1, 9, 3, 9])
    options = Options(series=("store",))
    assert survey("memory://shop", options).series.to_dict() == {1: 2, 3: 2}


@pytest.mark.usefixtures("memory")
def test_a_file_that_is_not_at_its_address_is_refused():
    with pytest.raises(FileNotFoundError, match=r"^there is no file memory://shop/a\.csv\.$"):
        read("memory://shop/a.csv")


def test_an_address_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match=r"^nowhere://a cannot be read: Protocol not known"):
        read("nowhere://a")


def test_a_package_that_is_missing_is_named(monkeypatch):
    def refuse(_):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    with pytest.raises(MissingPackageError, match=r"^s3://shop/a takes .*: Install s3fs to access"):
        read("s3://shop/a")
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    with pytest.raises(MissingPackageError, match=r'pip install "seqcast\[remote\]"'):
        read("s3://shop/a")


def test_an_address_whose_password_was_left_out_is_refused():
    with pytest.raises(InputError, match="password or keys were left out where it was kept"):
        read("https://me:***@host/a.csv")
