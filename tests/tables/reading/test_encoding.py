"""Bytes become text by their marks; an encoding that was presumed is said."""

import pytest

from forecast.tables.reading.encoding import decode

TEXT = "time,Wärme\n2013-01-01,1\n2013-01-02,2\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_told_with_its_mark_and_without(encoding):
    assert decode("my.csv", TEXT.encode(encoding)) == (TEXT, [])


def test_what_is_no_unicode_is_windows_1252_and_said():
    text, notes = decode("my.csv", TEXT.encode("cp1252"))
    assert text == TEXT
    assert notes == ["read as Windows-1252, since it is no UTF-8"]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"time,y\n\x00\x01,2\n", "holds binary data"),
        # 0x81 is no letter of Windows-1252.
        (b"time,\x81\n1,2\n", "is neither in UTF-8 nor in Windows-1252. Save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused(raw, sentence):
    with pytest.raises(ValueError, match=rf"^my\.csv .*{sentence}"):
        decode("my.csv", raw)
