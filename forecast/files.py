"""Writing files that nobody sees half-written."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from forecast import __version__
from forecast.exceptions import InputError

_PACKAGES = ("numpy", "pandas", "scikit-learn", "statsmodels", "tensorflow")


def check_place(path: Path) -> None:
    """Refuse a path at which no file can be written.

    Raises
    ------
    ValueError
        If its folder is missing or may not be written, or the path is a folder itself.
    """
    folder = path.parent
    if not folder.is_dir():
        remedy = "Make the folder, or choose another place."
        raise InputError(f"cannot write {path}: there is no folder {folder}. {remedy}")
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder. Name a file.")
    if not os.access(folder, os.W_OK):
        raise InputError(f"cannot write {path}: permission denied. Choose another place.")


def write_beside(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside `path`, then rename it: nobody ever sees half a file.

    Parameters
    ----------
    path : Path
        The file; replaced if it exists. Where writing fails, the old file stays as it was.
    write : callable
        Gets the path that it has to write to.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    check_place(path)
    # In the same folder, since a rename within one file system happens at once or not at all. The
    # number of the process keeps apart two that write the same file.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            write(part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)  # still there only if something went wrong
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write {path}: {reason}. Choose another place.") from None


def versions() -> dict[str, str]:
    """Return the versions of what a file or a run was made with, as text for each package."""
    own = {"seqcast": __version__, "python": platform.python_version()}
    return own | {name: version(name) for name in _PACKAGES}
