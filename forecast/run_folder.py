"""The folder of a run: what is unfinished lies in a folder inside it, and moves up in one step.

A run is made in ``unfinished``, beside the older run that it is to replace. Renaming that folder to
``finished`` is the one step in which the new run takes the place of the old one. What follows moves
files and can be done by whoever looks next: `settled` is called before a run is read.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from forecast.exceptions import InputError

# What a run may hold; whatever else lies in its folder is the user's.
SETTINGS = "run.json"
FORECASTS = "forecasts.parquet"
SCORES = "scores.csv"
PROFILE = "profile.json"
CHOICE = "choice.json"
FORECAST = "forecast.csv"
MODEL = "model.seqcast"
REPORT = "report.html"
FIGURES = {kind: f"{kind}.png" for kind in ("forecasts", "step", "origin")}
CALIBRATION = "calibration.png"
_PICTURES = (*FIGURES.values(), CALIBRATION)
_FILES = (SETTINGS, FORECASTS, SCORES, PROFILE, CHOICE, FORECAST, MODEL, REPORT, *_PICTURES)

PARTS = "parts"  # what an unfinished run keeps of its work

_UNFINISHED = "unfinished"
_FINISHED = "finished"
_MOVING = "moving"
_OWNER = "owner"  # who works in the unfinished folder


@contextmanager
def making(folder: Path, force: bool, resume: bool = False) -> Iterator[Path]:
    """Make a run in the folder that this yields, and let it take the place of an older one.

    If it is interrupted, its parts are kept, for a second attempt to go on with.

    Parameters
    ----------
    folder : Path
        Its parents are made, too.
    force : bool
        Whether the run in the folder may be replaced, if there is one.
    resume : bool, default=False
        Whether what an interrupted run has kept is left for this one.

    Raises
    ------
    ValueError
        If the folder cannot be written, holds a run already and `force` is False, or another
        process is making one there.
    """
    settled(folder)
    if (folder / SETTINGS).exists() and not force:
        raise InputError(
            f"{folder} already holds a run.",
            "Choose another folder, or replace it with force=True.",
            "Choose another folder, or replace it with --force.",
        )
    unfinished = folder / _UNFINISHED
    is_new = not folder.exists()
    # A run takes hours: whether it can be written is known before it begins.
    with _writing_into(folder):
        unfinished.mkdir(parents=True, exist_ok=True)
        _own(unfinished)
        _clear(folder, resume)
    try:
        yield unfinished
    except BaseException:
        (unfinished / _OWNER).unlink(missing_ok=True)
        if not kept_of(folder):
            shutil.rmtree(unfinished, ignore_errors=True)
            if is_new:
                shutil.rmtree(folder, ignore_errors=True)
        raise
    with _writing_into(folder):
        os.rename(unfinished, folder / _FINISHED)
    settled(folder)


def kept_of(folder: Path) -> Path | None:
    """Return where an interrupted run has kept finished parts; None if it has not."""
    parts = folder / _UNFINISHED / PARTS
    return parts if any(parts.rglob("*.parquet")) else None


def settled(folder: Path) -> Path:
    """Return the folder of a run, in which what was finished has taken its place.

    Raises
    ------
    ValueError
        If a finished run cannot be moved to its place.
    """
    finished, moving = folder / _FINISHED, folder / _MOVING
    # Another process may be doing the same: what it has done is done.
    with _writing_into(folder), suppress(FileNotFoundError):
        if finished.is_dir():
            shutil.rmtree(finished / PARTS, ignore_errors=True)
            (finished / _OWNER).unlink(missing_ok=True)
            # No file of the older run is ever beside those of the new one.
            for name in _FILES:
                (folder / name).unlink(missing_ok=True)
            os.rename(finished, moving)
        if moving.is_dir():
            # The settings come last: a folder without them holds no run.
            for name in sorted(os.listdir(moving), key=lambda name: name == SETTINGS):
                os.replace(moving / name, folder / name)
            moving.rmdir()
    return folder


@contextmanager
def _writing_into(folder: Path) -> Iterator[None]:
    """Say in one sentence why a folder cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write into {folder}: {reason}. Choose another folder.") from None


def _clear(folder: Path, resume: bool) -> None:
    """Remove what an interrupted run has left, but for the parts that this one goes on with."""
    for left in (folder / _UNFINISHED).iterdir():
        if left.name == _OWNER or (resume and left.name == PARTS):
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    # Halves of files, named after the process that was writing them.
    for half in folder.rglob(".*.part"):
        number = half.name.split(".")[-2]
        if number.isdecimal() and not _is_alive(int(number)):
            half.unlink(missing_ok=True)


def _own(unfinished: Path) -> None:
    """Note who makes a run; refuse a folder in which somebody else is making one."""
    owner = unfinished / _OWNER
    try:
        host, number = owner.read_text(encoding="utf-8").split()
    except (FileNotFoundError, ValueError):
        host, number = "", "0"
    # Of a process on another machine nothing is known.
    is_other = host == platform.node() and int(number) != os.getpid()
    if is_other and _is_alive(int(number)):
        raise InputError(
            f"process {number} is making a run in {unfinished.parent}. Wait for its end, or choose "
            "another folder."
        )
    owner.write_text(f"{platform.node()} {os.getpid()}\n", encoding="utf-8")


def _is_alive(number: int) -> bool:
    """Whether there is a process of a number; where asking would end it, it is taken for ended."""
    if os.name == "nt":
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # of another user
    return True
