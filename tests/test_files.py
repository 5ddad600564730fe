"""Files appear whole or not at all, and the folder of a run is claimed before the work."""

import os
import re
from importlib.metadata import version

import pytest

import forecast
from forecast.exceptions import InputError
from forecast.files import check_place, claim, versions, write_beside


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


def test_a_folder_is_made_with_its_parents(tmp_path):
    folder = tmp_path / "runs" / "a"
    assert claim(folder, force=False) == folder
    assert folder.is_dir()
    assert claim(folder, force=False) == folder  # empty still


def test_a_folder_with_a_run_is_replaced_by_force_only(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    sentence = f"{re.escape(str(tmp_path))} already holds a run. .* force=True"
    with pytest.raises(ValueError, match=sentence):
        claim(tmp_path, force=False)
    assert claim(tmp_path, force=True) == tmp_path
    assert (tmp_path / "run.json").read_text() == "{}"


def test_a_folder_that_cannot_be_made_or_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match=r"cannot write into .*file.a: Not a directory"):
        claim(tmp_path / "file" / "a", force=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match=r"cannot write into .*: permission denied"):
        claim(tmp_path / "a", force=False)


def test_the_command_is_told_its_own_flag_to_replace_a_run(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(InputError) as refusal:
        claim(tmp_path, force=False)
    assert refusal.value.at_command_line().endswith("or replace it with --force.")


def test_a_place_is_refused_for_what_it_is(tmp_path):
    check_place(tmp_path / "scores.csv")
    with pytest.raises(InputError, match="it is a folder"):
        check_place(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        check_place(tmp_path / "missing" / "scores.csv")
