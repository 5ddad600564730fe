"""The archive: a zip of one JSON text and one file of arrays, of which nothing is believed.

What a file says of its size is counted against a budget before anything is unpacked, and what is
unpacked is never more than was said. The checksum of the members stands in the comment of the zip;
files of earlier versions have none.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from forecast.exceptions import InputError

SCHEMA = 1
TEXT = "model.json"
ARRAYS = "arrays.npz"
KINDS = "biufU"  # of arrays that files hold: flags, numbers and texts

Arrays = dict[str, np.ndarray]
Document = dict[str, Any]

# What to do with another file, in Python and at the command line.
WRITTEN_BY = (
    "Give a file written by forecast.save.",
    "Give a file that forecast fit has written.",
)

# A file may unpack to so many bytes: small ones to the first number and a multiple of their own
# size, large ones to what arrays of random numbers come to.
_SMALL = 2**26
_COMPRESSED = 100
_LARGE = 2**30
_RANDOM = 4
_PER_VALUE = 100  # bytes that Python takes for a value of the text, at most


class _ForeignError(Exception):
    """What a file holds, or lacks, that `save` has not written."""


class _Budget:
    """The bytes that a file may still unpack to."""

    def __init__(self, size: int, most: int | None):
        allowed = min(_SMALL + _COMPRESSED * size, max(_LARGE, _RANDOM * size))
        self.whole = allowed if most is None else most
        self.left = self.whole

    def take(self, n: int) -> None:
        """Count `n` bytes; refuse them where they are too many."""
        self.left -= n
        if self.left < 0:
            raise InputError(
                f"it unpacks to more than {self.whole} bytes.",
                "If you trust it, raise max_bytes.",
                "Fit it anew.",
            )


# --- writing


def pack(path: Path, document: Document, arrays: Arrays) -> None:
    """Write the text and the arrays into one zip."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    text = json.dumps(document, indent=1, allow_nan=False)
    contents = {TEXT: text.encode(), ARRAYS: packed.getvalue()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.comment = checksum(contents)


def checksum(contents: Mapping[str, bytes]) -> bytes:
    """Return the checksum of the members of a file, in the order of their names."""
    summed = hashlib.sha256()
    for name in sorted(contents):
        summed.update(hashlib.sha256(contents[name]).digest())
    return b"sha256:" + summed.hexdigest().encode()


# --- reading


def unpack(path: Path, max_bytes: int | None = None) -> tuple[Document, Arrays]:
    """Return the text and the arrays of a file.

    Parameters
    ----------
    path : Path
    max_bytes : int, optional
        What the file may unpack to.

    Raises
    ------
    ValueError
        If it cannot be read, holds something else, is damaged, or unpacks to too much.
    """
    try:
        return _unpack(path, _Budget(_size(path), max_bytes))
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path} cannot be read: {reason}.", *WRITTEN_BY) from None
    except _ForeignError as error:
        raise InputError(f"{path} is not a seqcast file: it {error}.", *WRITTEN_BY) from None
    except InputError as error:
        raise error.within(str(path)) from None
    except Exception:  # whatever a foreign or damaged file makes the readers say
        raise InputError(f"{path} is not a seqcast file, or damaged.", *WRITTEN_BY) from None


def _size(path: Path) -> int:
    """Return the size of a file; refuse what is none, such as a pipe, which may never end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise OSError(0, "it is no regular file")
    return status.st_size


def _unpack(path: Path, budget: _Budget) -> tuple[Document, Arrays]:
    """Return the text and the arrays, each member checked before it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        contents = _contents(archive, {TEXT, ARRAYS}, budget)
        if archive.comment and archive.comment != checksum(contents):
            raise InputError("it is damaged: its checksum is another.", *WRITTEN_BY)
    document = _document(contents[TEXT], budget)
    declared = dict(_declared(document.get("estimator")))
    return document, _arrays(contents[ARRAYS], declared, budget)


def _contents(archive: zipfile.ZipFile, names: set[str], budget: _Budget) -> dict[str, bytes]:
    """Unpack the members of these names; refuse any other."""
    members = archive.infolist()
    held = {member.filename for member in members}
    if held - names:
        raise _ForeignError(f"holds {min(held - names)!r:.60}")
    if names - held:
        raise _ForeignError(f"lacks {min(names - held)!r:.60}")
    if len(members) > len(names):
        raise _ForeignError("holds a member twice")
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _ForeignError("holds a member that is packed in another way")
        budget.take(member.file_size)
    # Of a member never more than its declared size is unpacked.
    return {member.filename: archive.read(member) for member in members}


def _document(text: bytes, budget: _Budget) -> Document:
    """Return the values of the text."""
    # Every value but the first stands behind one of these.
    n_values = sum(map(text.count, (b",", b"[", b"{")))
    budget.take(_PER_VALUE * n_values)
    document = json.loads(text)
    if "schema" not in document:
        raise _ForeignError("holds no schema")
    if document["schema"] != SCHEMA:
        raise InputError(
            f"it has schema {document['schema']!r:.20}; this version reads {SCHEMA}.",
            "Update seqcast, or save it anew.",
            "Update seqcast, or fit it anew.",
        )
    return document


def _declared(value: Any) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Find what the text declares of each array: its key, and where known its type and shape."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case {"array": str(key), **declared}:
                yield key, declared
            case list(items):
                waiting.extend(items)
            case dict(items):
                waiting.extend(items.values())


def _arrays(packed: bytes, declared: dict[str, Document], budget: _Budget) -> Arrays:
    """Unpack the arrays that the text declares; refuse any other."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        contents = _contents(archive, {f"{key}.npy" for key in declared}, budget)
    return {key: _array(contents[f"{key}.npy"], declared[key], budget) for key in declared}


def _array(content: bytes, declared: Document, budget: _Budget) -> np.ndarray:
    """Return an array; refuse one of objects, or of another type or size than was declared."""
    stream = io.BytesIO(content)
    # NumPy makes room for what the header says before it reads a number.
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise _ForeignError(f"holds an array of the form {version}")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    budget.take(max(shape, default=0))  # even rows without a number take time
    size = dtype.itemsize * math.prod(shape)
    found = {"dtype": dtype.str, "shape": list(shape)}
    if dtype.kind not in KINDS or size != len(content) - stream.tell():
        raise _ForeignError("holds what is no array of numbers or texts")
    if declared and declared != found:
        raise InputError("it is damaged: an array is not what was declared.", *WRITTEN_BY)
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
