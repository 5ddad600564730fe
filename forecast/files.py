"""Files that nobody sees half-written, and the folder of a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any


def write_beside(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside `path`, then rename it: nobody ever sees half a file.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            write(beside)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(
            f"cannot write {path}: {error.strerror or error}. Choose another place."
        ) from None


def versions() -> dict[str, str]:
    """Return the versions of what a file or a run was made with."""
    from forecast import __version__

    packages = {
        name: version(name)
        for name in ("numpy", "pandas", "scikit-learn", "statsmodels", "tensorflow")
    }
    return {"seqcast": __version__, "python": platform.python_version(), **packages}


def claim(folder: Path, force: bool) -> Path:
    """Make a folder for a run; refuse one that cannot be written, or, without `force`, holds a run already."""
    if (folder / "run.json").exists() and not force:
        raise ValueError(
            f"{folder} already holds a run: choose another folder, or replace it with force (--force)."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"cannot write into {folder}: {error.strerror or error}. Choose another folder."
        ) from None
    if not os.access(folder, os.W_OK):
        raise ValueError(f"cannot write into {folder}: permission denied. Choose another folder.")
    return folder
