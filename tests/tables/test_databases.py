"""Databases are opened by their addresses; nothing is made by reading, and no password is said."""

import sys

import postgres
import pytest

from forecast import read
from forecast.exceptions import InputError, MissingPackageError

QUERY = "select * from sales"


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_not_there_is_refused_and_not_made(tmp_path, kind):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*shop\.db"):
        read(f"{kind}:///{tmp_path}/shop.db", query=QUERY)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=rf"names no file\. Write {kind}:///FILE\."):
        read(f"{kind}://", query=QUERY)


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_is_no_database_is_refused(tmp_path, kind):
    (tmp_path / "shop.db").write_text("day,y\n" * 1000)
    with pytest.raises(InputError, match=r"shop\.db (refuses the query|cannot be opened): "):
        read(f"{kind}:///{tmp_path}/shop.db", query=QUERY)


@pytest.mark.parametrize(
    ("package", "address", "install"),
    [
        ("sqlalchemy", "sqlite:///a.db", "sql"),
        ("psycopg", "postgresql://me:hunter2@host/shop", "sql"),
        ("duckdb", "duckdb:///a.db", "duckdb"),
    ],
)
def test_a_package_that_is_missing_is_named(package, address, install, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.db").touch()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError) as refusal:
        read(address, query=QUERY)
    assert f"the package {package}, which" in str(refusal.value)
    assert f'pip install "seqcast[{install}]"' in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_driver_of_another_database_is_named():
    with pytest.raises(MissingPackageError, match=r"Install it with pip install MySQLdb\.$"):
        read("mysql://me:hunter2@host/shop", query=QUERY)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:hunter2@127.0.0.1:1/shop",
        "postgresql://me:hunter2@127.0.0.1:x/shop",
        "trino://me:hunter2@host/shop",
        "postgresql://me:***@host/shop",
    ],
)
def test_what_cannot_be_opened_is_said_without_its_password(address):
    with pytest.raises(InputError) as refusal:
        read(address, query=QUERY)
    assert "hunter2" not in str(refusal.value)
    assert str(refusal.value).startswith(address.replace("hunter2", "***"))
    assert refusal.value.__cause__ is None


@pytest.mark.skipif(not postgres.is_installed(), reason=postgres.HOW_TO_GET_IT)
def test_a_wrong_password_is_not_said(server):
    address = f"{server.replace('hunter2', 'hunter3')}/postgres"
    with pytest.raises(InputError, match="password authentication failed") as refusal:
        read(address, query=QUERY)
    assert "hunter3" not in str(refusal.value)
