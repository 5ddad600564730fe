"""Files appear whole or not at all."""

import re
from importlib.metadata import version

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
