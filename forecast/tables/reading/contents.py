"""The bytes of a file, as many as a budget allows: a stream may have no end.

What is packed has its own budget, that of its bytes once they are unpacked.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import select
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol, TypeVar

from forecast.exceptions import InputError
from forecast.wording import LONGEST, quoted, reason_of

STDIN = "-"
MAX_BYTES = 500_000_000  # of a table, which takes some ten times as much memory
BYTES_OF_CELL = 8  # of a column of numbers
_CHUNK = 1 << 20
_PATIENCE = 5.0  # seconds in which somebody has to open a pipe for writing
_UNITS = {"GB": 1e9, "MB": 1e6}

# Of the files that a wrong name may have meant.
_SUFFIXES = {".csv", ".json", ".jsonl", ".parquet", ".tsv", ".txt", ".xlsx"}


class _Sized(Protocol):
    """What knows its bytes, such as a table of Arrow."""

    @property
    def nbytes(self) -> int: ...


_Block = TypeVar("_Block", bound=_Sized)


def as_path(path: str | Path) -> Path:
    """Return a path with ``~`` replaced by a home folder."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        user = quoted(Path(path).parts[0])
        raise InputError(f"there is no user {user} with a home. Write the whole path.") from None


def called(path: Path) -> str:
    """Return what sentences call a file: its path, of a long one the end."""
    said = "standard input" if str(path) == STDIN else str(path)
    return said if len(said) <= 2 * LONGEST else f"…{said[-2 * LONGEST :]}"


def read_contents(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file, or of standard input.

    Parameters
    ----------
    path : Path
        "-" for standard input.
    max_bytes : int

    Raises
    ------
    OSError
        If there is no such file, or it cannot be opened.
    ValueError
        If it has more bytes, or is a pipe into which nobody writes.
    """
    if str(path) == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed. Name a file.")
        return within(called(path), sys.stdin.buffer, max_bytes)
    status = status_of(path)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(f"{called(path)} is a folder. Name one file in it.")
    # Of most files it is known before how long they are.
    if status.st_size > max_bytes:
        refuse_length(called(path), max_bytes, status.st_size)
    try:
        begun, stream = _opened(path, stat.S_ISFIFO(status.st_mode))
        with stream:
            return within(called(path), stream, max_bytes, begun)
    except OSError as error:
        raise type(error)(f"{called(path)} cannot be read: {error.strerror}.") from None


def unpacked(file: str, raw: bytes, max_bytes: int) -> bytes:
    """Unpack gzip, whose bytes may stand for a thousand times as many."""
    try:
        return within(file, gzip.GzipFile(fileobj=io.BytesIO(raw)), max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        reason = reason_of(error)
        raise InputError(f"{file} cannot be unpacked: {reason}. Get a whole copy of it.") from None


def check_size(file: str, n_bytes: int, max_bytes: int) -> None:
    """Refuse what would become more bytes than the budget allows."""
    if n_bytes > max_bytes:
        refuse_length(file, max_bytes, n_bytes)


def blocks_within(file: str, blocks: Iterable[_Block], max_bytes: int) -> Iterator[_Block]:
    """Hand on blocks of a table until they are more bytes than the budget allows."""
    n_bytes = 0
    for block in blocks:
        n_bytes += block.nbytes
        if n_bytes > max_bytes:
            refuse_length(file, max_bytes)
        yield block


def refuse_length(file: str, max_bytes: int, n_bytes: int | None = None) -> NoReturn:
    """Refuse a file of too many bytes, of which nobody may know how many there are."""
    length = "" if n_bytes is None else f" ({_said(n_bytes)})"
    fault = f"{file} holds more than {_said(max_bytes)}{length}."
    if n_bytes is None:
        raise InputError(fault, "Raise max_bytes to read it.", "Raise --max-bytes to read it.")
    given = f"max_bytes={n_bytes}", f"--max-bytes {n_bytes}"
    raise InputError(fault, *(f"Give {option} to read it." for option in given))


def _said(n_bytes: int) -> str:
    """Write a number of bytes as people do."""
    for unit, size in _UNITS.items():
        if n_bytes >= size:
            return f"{n_bytes / size:.4g} {unit}"
    return f"{n_bytes} bytes"


# --- opening


def status_of(path: Path) -> os.stat_result:
    """Return what the file system says of a path; refuse one that leads nowhere."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        _refuse_missing(path)
    except OSError as error:
        raise type(error)(f"{called(path)} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise InputError(f"{quoted(str(path))} is no path. Write it without null bytes.") from None


def _refuse_missing(path: Path) -> NoReturn:
    """Refuse the name of a file that is not there, and offer the tables beside it."""
    if path.is_symlink():
        raise FileNotFoundError(
            f"{called(path)} is a link to {called(path.readlink())}, which is not there. "
            "Mend the link, or name another file."
        )
    from forecast.validation import nearest  # with NumPy, which the command's help does without

    names: list[str] = []
    # The folder may be missing or closed.
    with contextlib.suppress(OSError):
        names = sorted(file.name for file in path.parent.iterdir() if _SUFFIXES & {*file.suffixes})
    offer = f"; {nearest(path.name, names)}." if names else "."
    raise FileNotFoundError(f"there is no file {called(path)}{offer}")


def _opened(path: Path, is_pipe: bool) -> tuple[bytes, BinaryIO]:
    """Open a file; return what was read of it on the way, and the rest."""
    if not is_pipe:
        return b"", path.open("rb")
    # Python would wait for a writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    stream = os.fdopen(descriptor, "rb")
    begun = b""
    if not select.select([descriptor], [], [], _PATIENCE)[0]:
        # A writer that is there may take its time, as in any pipeline.
        with contextlib.suppress(BlockingIOError):
            begun = os.read(descriptor, 1)
            if not begun:
                stream.close()
                raise InputError(
                    f"{called(path)} is a pipe into which nobody writes. Start its writer first."
                )
    os.set_blocking(descriptor, True)
    return begun, stream


def within(
    file: str, stream: BinaryIO | gzip.GzipFile, max_bytes: int, begun: bytes = b""
) -> bytes:
    """Read a stream to its end, or until it is longer than the budget allows."""
    chunks = [begun]
    n_bytes = len(begun)
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        n_bytes += len(chunk)
        if n_bytes > max_bytes:
            refuse_length(file, max_bytes)
    return b"".join(chunks)
