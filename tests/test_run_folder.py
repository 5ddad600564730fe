"""A run takes the place of an older one in one step, whenever the process that makes it ends."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from forecast import run_folder
from forecast.exceptions import InputError
from forecast.run_folder import PARTS, kept_of, making, settled


def files(folder):
    """Return the text of each file, by its name in the folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def make(folder, text, names=("run.json", "scores.csv"), **how):
    """Make a run of files that all hold the same text."""
    with making(folder, force=True, **how) as unfinished:
        for name in names:
            (unfinished / name).write_text(text)


def interrupt(folder, texts):
    """Make a run that is interrupted when it has written some files."""
    with suppress(KeyboardInterrupt), making(folder, force=True) as unfinished:
        (unfinished / PARTS).mkdir()
        for name, text in texts.items():
            (unfinished / name).write_text(text)
        raise KeyboardInterrupt


def test_a_run_replaces_the_older_one_and_what_is_the_users_stays(tmp_path):
    make(tmp_path, "old", ("run.json", "scores.csv", "report.html"))
    (tmp_path / "notes.txt").write_text("mine")
    make(tmp_path, "new")
    assert files(tmp_path) == {"run.json": "new", "scores.csv": "new", "notes.txt": "mine"}


def test_the_older_run_stands_until_the_new_one_is_finished(tmp_path):
    make(tmp_path, "old")
    with making(tmp_path, force=True) as unfinished:
        (unfinished / "run.json").write_text("new")
        assert (tmp_path / "run.json").read_text() == "old"
    assert (tmp_path / "run.json").read_text() == "new"


def test_without_force_the_run_is_refused_and_nothing_happens(tmp_path):
    make(tmp_path, "old")
    words = f"{re.escape(str(tmp_path))} already holds a run.*force"
    with pytest.raises(InputError, match=words) as refusal, making(tmp_path, force=False):
        pytest.fail("it began")
    assert refusal.value.at_command_line().endswith("or replace it with --force.")
    assert files(tmp_path) == {"run.json": "old", "scores.csv": "old"}


def test_what_fails_leaves_the_older_run_and_nothing_else(tmp_path):
    make(tmp_path / "a", "old")
    for name in "ab":
        interrupt(tmp_path / name, {"run.json": "new"})
    assert files(tmp_path) == {"a/run.json": "old", "a/scores.csv": "old"}
    assert not (tmp_path / "b").exists()


HALF = {f"{PARTS}/0.parquet": "part", "scores.csv": "half"}


def test_parts_are_kept_for_a_run_that_goes_on_alone(tmp_path):
    assert kept_of(tmp_path) is None
    interrupt(tmp_path, HALF)
    parts = kept_of(tmp_path)
    with making(tmp_path, force=False, resume=True) as unfinished:
        assert set(files(unfinished)) == {"parts/0.parquet", "owner"}
        (unfinished / "run.json").write_text("new")
    assert files(tmp_path) == {"run.json": "new"}
    interrupt(tmp_path, HALF)
    assert parts == kept_of(tmp_path)
    with making(tmp_path, force=True) as unfinished:
        assert set(files(unfinished)) == {"owner"}
        (unfinished / "run.json").write_text("newer")
    assert files(tmp_path) == {"run.json": "newer"}


@pytest.mark.parametrize("call", range(12))
def test_a_crash_at_any_call_leaves_one_whole_run(tmp_path, call, monkeypatch):
    """Whatever was the last thing that a process did, a reader finds the old run or the new one."""
    make(tmp_path, "old", ("run.json", "scores.csv", "report.html"))
    left = iter(range(call))

    def counting(function):
        def called(*arguments, **keywords):
            if next(left, None) is None:
                raise SystemExit
            return function(*arguments, **keywords)

        return called

    with monkeypatch.context() as patched:
        for place, name in ((os, "rename"), (os, "replace"), (Path, "unlink"), (Path, "rmdir")):
            patched.setattr(place, name, counting(getattr(place, name)))
        # After the crash nothing is tidied up.
        patched.setattr(run_folder.shutil, "rmtree", lambda *_, **__: None)
        with suppress(SystemExit):
            make(tmp_path, "new")
    found = files(settled(tmp_path))
    run = {name: found[name] for name in ("run.json", "scores.csv", "report.html") if name in found}
    assert run in (
        {"run.json": "old", "scores.csv": "old", "report.html": "old"},
        {"run.json": "new", "scores.csv": "new"},
    )


def test_halves_of_files_are_swept_but_for_those_of_a_process_at_work(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f".run.json.{ended.pid}.part").write_text("half")
    mine = f".notes.{os.getpid()}.part"
    (tmp_path / mine).write_text("at work")
    make(tmp_path, "new")
    assert files(tmp_path) == {"run.json": "new", "scores.csv": "new", mine: "at work"}


def test_two_processes_make_no_run_in_one_folder(tmp_path):
    (tmp_path / "unfinished").mkdir()
    owner = f"{os.uname().nodename} {os.getppid()}\n"
    (tmp_path / "unfinished" / "owner").write_text(owner)
    words = f"process {os.getppid()} is making a run in .*Wait for its end, or choose"
    with pytest.raises(ValueError, match=words), making(tmp_path, force=True):
        pytest.fail("it began")
    assert (tmp_path / "unfinished" / "owner").read_text() == owner


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        words = f"cannot write into {re.escape(str(folder))}: .*Choose another folder"
        with pytest.raises(ValueError, match=words), making(folder, force=True):
            pytest.fail("it began")
    assert files(tmp_path) == {"file": "mine"}
