"""The encoding of a text file."""

from __future__ import annotations

import re

from forecast.exceptions import InputError

# Encodings that their first bytes name. UTF-32 begins like UTF-16, so it comes first.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_N_BYTES = 1000  # from which UTF-16 without a mark is told


def decode(file: str, raw: bytes) -> tuple[str, list[str]]:
    """Turn bytes into text, and say where the encoding was presumed.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    raw : bytes

    Returns
    -------
    text : str
    notes : list of str
        Empty for Unicode.

    Raises
    ------
    InputError
        If the bytes are no text, or say nothing.
    """
    for encoding in _candidates(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Nearly all bytes are letters to cp1252: control characters give binary data away.
        if _CONTROL_CHARACTER.search(text):
            continue
        if not text.strip():
            raise InputError(f"{file} is empty. Give it a row of column names and rows below.")
        notes = ["read as Windows-1252, since it is no UTF-8"] if encoding == "cp1252" else []
        return text, notes
    if _CONTROL_CHARACTER.search(raw.decode("latin-1")):
        raise InputError(
            f"{file} is neither a CSV nor a Parquet file: it holds binary data. Export it as CSV."
        )
    raise InputError(f"{file} is neither in UTF-8 nor in Windows-1252. Save it as UTF-8.")


def _candidates(raw: bytes) -> list[str]:
    """Return the encodings to be tried."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return [encoding]
    # Every second byte of Latin letters and digits is zero in UTF-16.
    beginning = raw[:_N_BYTES]
    many = len(beginning) // 3
    if beginning[1::2].count(0) > many:
        return ["utf-16-le"]
    if beginning[0::2].count(0) > many:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]
