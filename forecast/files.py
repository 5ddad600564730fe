"""Writing files that nobody sees half-written."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Callable
from contextlib import suppress
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
        If its folder is missing or may not be written, or what is there is a folder, may not be
        written or is no file, such as a device or a pipe.
    """
    file = _behind_links(path)
    folder = file.parent
    if not folder.is_dir():
        remedy = "Make the folder, or choose another place."
        raise InputError(f"cannot write {path}: there is no folder {folder}. {remedy}")
    if file.is_dir():
        raise InputError(f"cannot write {path}: it is a folder. Name a file.")
    if file.exists() and not file.is_file():
        raise InputError(f"cannot write {path}: it is no file but a device or pipe. Name a file.")
    if not os.access(folder, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise InputError(f"cannot write {path}: permission denied. Choose another place.")


def _behind_links(path: Path) -> Path:
    """Return the file that a symbolic link stands for; any other path as it is."""
    if not path.is_symlink():
        return path
    # Python 3.13 returns links in a circle as they are, earlier ones raise.
    with suppress(RuntimeError):
        file = path.resolve()
        if not file.is_symlink():
            return file
    raise InputError(f"cannot write {path}: its links lead in a circle. Choose another place.")


def write_beside(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a file beside `path`, then rename it: nobody ever sees half a file.

    Parameters
    ----------
    path : Path
        The file. If it exists it is replaced, and its permissions are kept; a symbolic link stays,
        and the file behind it is replaced. Where writing fails, the old file stays as it was.
    write : callable
        Gets the path that it has to write to.

    Raises
    ------
    ValueError
        If the file cannot be written.
    """
    check_place(path)
    file = _behind_links(path)
    # In the same folder, since a rename within one file system happens at once or not at all. The
    # number of the process keeps apart two that write the same file.
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            # A new file of our own: nothing that was laid there, such as a link, is written to.
            part.unlink(missing_ok=True)
            part.touch(exist_ok=False)
            write(part)
            if file.exists():
                part.chmod(stat.S_IMODE(file.stat().st_mode))
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)  # still there only if something went wrong
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write {path}: {reason}. Choose another place.") from None


def versions() -> dict[str, str]:
    """Return the versions of what a file or a run was made with, as text for each package."""
    own = {"seqcast": __version__, "python": platform.python_version()}
    return own | {name: version(name) for name in _PACKAGES}
