"""Files of estimators taken apart and put together again, whole or changed."""

import io
import json
import zipfile
from typing import NamedTuple

import numpy as np
import pytest

from forecast import load
from forecast.persistence.archive import ARRAYS, TEXT, checksum


class Members(NamedTuple):
    """What a file holds: the document, and the arrays by their keys."""

    document: dict
    arrays: dict


def unzipped(content):
    """Return the bytes of the members of a zip, by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents):
    """Return the bytes of a zip, with the checksum of its members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.comment = checksum(contents)
    return written.getvalue()


def unpack(content):
    """Return the members of the bytes of a file."""
    contents = unzipped(content)
    with np.load(io.BytesIO(contents[ARRAYS]), allow_pickle=False) as stored:
        return Members(json.loads(contents[TEXT]), dict(stored))


def pack(members):
    """Return the bytes of a file of these members."""
    packed = io.BytesIO()
    np.savez(packed, **members.arrays)
    return zipped({TEXT: json.dumps(members.document).encode(), ARRAYS: packed.getvalue()})


def change_contents(path, **contents):
    """Write a file anew with other bytes of its text or its arrays."""
    names = {"text": TEXT, "arrays": ARRAYS}
    changed = {names[name]: content for name, content in contents.items()}
    path.write_bytes(zipped(unzipped(path.read_bytes()) | changed))


def change(path, **changes):
    """Write a file anew with other entries in its document, and the arrays that these name."""
    members = unpack(path.read_bytes())
    document = members.document | changes
    named = json.dumps(document)
    arrays = {key: array for key, array in members.arrays.items() if f'"{key}"' in named}
    path.write_bytes(pack(Members(document, arrays)))


def refused(path, words):
    """Assert that a file is refused in one short sentence that names it."""
    with pytest.raises(ValueError, match=f"(?i){words}") as refusal:
        load(path)
    sentence = str(refusal.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert len(sentence.replace(str(path), "file")) < 300


def loaded_or_refused(path):
    """Return what is in a file, None where it is refused in a sentence that names it."""
    try:
        return load(path)
    except ValueError as refusal:
        if str(path) in str(refusal):
            return None
        raise
