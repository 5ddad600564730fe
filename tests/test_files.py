"""Files appear whole or not at all."""

import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

import forecast
from forecast.exceptions import InputError
from forecast.files import check_place, versions, write_beside


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "scores.csv"
    for text in ("first", "second"):
        write_beside(path, lambda beside, text=text: beside.write_text(text))
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_while_it_is_written_the_old_file_stands(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("old")

    def write(beside):
        assert beside.parent == path.parent
        beside.write_text("new")
        assert path.read_text() == "old"

    write_beside(path, write)
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_when_writing_fails_the_old_file_survives_alone(tmp_path, error):
    path = tmp_path / "scores.csv"
    path.write_text("old")

    def write(beside):
        beside.write_text("half")
        raise error

    with pytest.raises((ValueError, KeyboardInterrupt)) as failure:
        write_beside(path, write)
    if isinstance(error, OSError):
        sentence = f"cannot write {path}: No space left on device. Choose another place."
        assert str(failure.value) == sentence
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "missing" / "scores.csv"
    with pytest.raises(
        ValueError, match=f"cannot write {re.escape(str(path))}: there is no folder"
    ):
        write_beside(path, lambda beside: beside.write_text("new"))


def test_versions_are_those_of_what_is_installed():
    found = versions()
    assert list(found)[:2] == ["seqcast", "python"]
    assert found["seqcast"] == forecast.__version__
    assert found["numpy"] == version("numpy")
    assert all(isinstance(number, str) for number in found.values())


def test_a_place_is_refused_for_what_it_is(tmp_path):
    check_place(tmp_path / "scores.csv")
    with pytest.raises(InputError, match="it is a folder"):
        check_place(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        check_place(tmp_path / "missing" / "scores.csv")


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("old")
    for mode in (0o600, 0o664):
        path.chmod(mode)
        write_beside(path, lambda beside: beside.write_text("new"))
        assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_has_the_permissions_that_files_have(tmp_path):
    plain, path = tmp_path / "plain.csv", tmp_path / "scores.csv"
    plain.write_text("plain")
    write_beside(path, lambda beside: beside.write_text("new"))
    assert path.stat().st_mode == plain.stat().st_mode


def test_behind_a_link_the_file_is_replaced_and_the_link_stays(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    link, file = tmp_path / "scores.csv", folder / "of-today.csv"
    link.symlink_to(file)
    for text in ("first", "second"):  # the file is not there before the first
        write_beside(link, lambda beside, text=text: beside.write_text(text))
        assert link.is_symlink()
        assert file.read_text() == text
    assert list(folder.iterdir()) == [file]


def test_links_in_a_circle_are_refused(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(InputError, match=r"one\.csv: its links lead in a circle"):
        write_beside(one, lambda beside: beside.write_text("new"))
    assert one.is_symlink()


def test_a_link_that_is_laid_in_the_way_is_not_followed(tmp_path):
    path, mine = tmp_path / "scores.csv", tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / f".scores.csv.{os.getpid()}.part").symlink_to(mine)
    write_beside(path, lambda beside: beside.write_text("new"))
    assert (path.read_text(), mine.read_text()) == ("new", "mine")
    assert not path.is_symlink()


@pytest.mark.parametrize("through_a_link", [False, True])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_and_a_device_are_refused_and_stay(tmp_path, kind, through_a_link):
    path = tmp_path / "pipe.csv" if kind == "pipe" else Path("/dev/null")
    if kind == "pipe":
        os.mkfifo(path)
    mode = path.stat().st_mode
    if through_a_link:
        link = tmp_path / "link.csv"
        link.symlink_to(path)
        path = link
    with pytest.raises(InputError, match="it is no file but a device or pipe"):
        write_beside(path, lambda beside: beside.write_text("new"))
    assert path.stat().st_mode == mode


def test_a_file_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "scores.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda place, _: place != path)
    with pytest.raises(InputError, match="permission denied"):
        write_beside(path, lambda beside: beside.write_text("new"))
    assert path.read_text() == "old"
