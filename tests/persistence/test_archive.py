"""The archive: no more is unpacked than a file may, and what is no file of ours is refused."""

import io
import json
import os
import re
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cases import fitted
from model_files import (
    Members,
    change,
    change_contents,
    loaded_or_refused,
    pack,
    refused,
    unpack,
    unzipped,
    zipped,
)
from numpy.testing import assert_array_equal

from forecast import NaiveForecaster, SlidingWindow, WindowForecaster, load, save
from forecast.exceptions import InputError
from forecast.persistence.archive import ARRAYS, TEXT


def test_a_file_is_one_text_and_one_file_of_arrays(path):
    assert set(unzipped(path.read_bytes())) == {"model.json", "arrays.npz"}
    document = unpack(path.read_bytes()).document
    assert document["schema"] == 1
    assert document["estimator"]["class"] == "WindowForecaster"
    assert {"seqcast", "python", "numpy", "scikit-learn"} <= set(document["versions"])


def test_no_file_holds_a_pickle(path):
    arrays = unpack(path.read_bytes()).arrays
    assert bool(arrays)
    assert all(array.dtype.kind in "biufU" for array in arrays.values())


def test_the_versions_of_the_maker_do_not_matter(path):
    change(path, versions={"seqcast": "0.7.1", "numpy": "99.0"})
    assert_array_equal(load(path).predict(3), fitted("WindowForecaster-Ridge").predict(3))


# What is no file of ours


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "model.seqcast"
    for content in (b"", b"y\n1\n2\n", b"PK\x03\x04 and nothing else", bytes(range(256)) * 40):
        path.write_bytes(content)
        refused(path, "is not a seqcast file")


def test_a_foreign_zip_is_refused(path):
    path.write_bytes(zipped({"readme.txt": b"hello"}))
    refused(path, r"is not a seqcast file: it holds 'readme\.txt'")
    path.write_bytes(zipped({}))
    refused(path, r"is not a seqcast file: it lacks 'arrays\.npz'")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "model.json/../evil", "readme.txt"])
def test_a_further_member_is_refused(path, name):
    path.write_bytes(zipped(unzipped(path.read_bytes()) | {name: b"evil"}))
    refused(path, f"it holds '{re.escape(name)}'")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_member_that_stands_twice_is_refused(path):
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(TEXT, "{}")
    refused(path, "it holds a member twice")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    refused(tmp_path / "missing.seqcast", "cannot be read: no such file")
    refused(tmp_path, "cannot be read: is a directory")


def test_a_pipe_and_a_device_are_refused_at_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for each in (path, Path("/dev/zero")):
        refused(each, "cannot be read: it is no regular file")


@pytest.mark.parametrize("schema", [2, 99, 0, None, "1", [1]])
def test_another_schema_is_refused(path, schema):
    change(path, schema=schema)
    refused(path, re.escape(f"has schema {schema!r}; this version reads 1"))


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "null", "3", '"m"', "\x00", "[" * 100_000])
def test_a_damaged_text_is_refused(path, text):
    change_contents(path, text=text.encode())
    refused(path, "is not a seqcast file")


def test_a_text_that_is_no_utf8_is_refused(path):
    change_contents(path, text=b"\xff\xfe\xff")
    refused(path, "is not a seqcast file")


def test_a_text_without_an_estimator_is_refused(path):
    path.write_bytes(pack(Members({"schema": 1}, {})))
    refused(path, "is damaged.*estimator")


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x04\x95", b"\x93NUMPY"])
def test_arrays_of_another_kind_are_refused(path, content):
    change_contents(path, arrays=content)
    refused(path, "is not a seqcast file")


# Arrays


def with_first_array(path, array):
    """Write a file anew with another first array."""
    document, arrays = unpack(path.read_bytes())
    path.write_bytes(pack(Members(document, arrays | {"a0": array})))


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_in_a_file_is_refused_and_not_run(path):
    trace = path.parent / "trace"
    with_first_array(path, np.array([Evil(trace)], dtype=object))
    refused(path, "holds what is no array of numbers or texts")
    assert not trace.exists()


@pytest.mark.parametrize("dtype", ["c16", "M8[s]", "m8[D]", "S3", "V4", [("a", "f8")]])
def test_an_array_of_a_type_that_is_not_written_is_refused(path, dtype):
    with_first_array(path, np.zeros(3, dtype))
    refused(path, "holds what is no array of numbers or texts")


def test_an_array_is_what_the_text_declares(path):
    array = unpack(path.read_bytes()).arrays["a0"]
    for other in (array.astype("f4"), array[None], np.append(array, [True])):
        with_first_array(path, other)
        refused(path, "it is damaged: an array is not what was declared")


@pytest.mark.parametrize("descr", ["<f8", "<U0"])
def test_many_rows_without_a_number_are_refused(path, descr):
    header = io.BytesIO()
    shape = (2**60, 0) if descr == "<f8" else (2**60,)
    what = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, what)
    document, arrays = unpack(path.read_bytes())
    packed = unzipped(unzipped(pack(Members(document, arrays)))[ARRAYS])
    change_contents(path, arrays=zipped(packed | {"a0.npy": header.getvalue()}))
    refused(path, "it unpacks to more than")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_are_packed_in_another_way_are_refused(path, method):
    contents = unzipped(path.read_bytes())
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    refused(path, "holds a member that is packed in another way")


def test_an_array_that_nothing_names_or_that_is_missing_is_refused(path):
    document, arrays = unpack(path.read_bytes())
    path.write_bytes(pack(Members(document, arrays | {"a999": np.zeros(1)})))
    refused(path, r"it holds 'a999\.npy'")
    del arrays["a0"]
    path.write_bytes(pack(Members(document, arrays)))
    refused(path, r"it lacks 'a0\.npy'")


@pytest.mark.parametrize("value", [np.array([[1.0, 2.0]]), np.array(["a"]), np.zeros(())])
def test_arrays_of_another_shape_never_end_in_a_strange_error(path, value):
    document, arrays = unpack(path.read_bytes())
    path.write_bytes(pack(Members(document, dict.fromkeys(arrays, value))))
    assert isinstance(loaded_or_refused(path), WindowForecaster | None)


# Damage by accident


def test_a_file_with_a_flipped_or_missing_byte_loads_whole_or_is_refused(tmp_path):
    path = save(NaiveForecaster().fit([1.0, 2.0, 4.0]), tmp_path / "model.seqcast")
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for place in rng.choice(len(whole), 80, replace=False):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.integers(8)
        for content in (bytes(damaged), whole[:place]):
            path.write_bytes(content)
            model = loaded_or_refused(path)
            assert model is None or model.predict(1) == 4.0


def test_members_of_two_files_do_not_make_one(tmp_path):
    models = [NaiveForecaster().fit(y) for y in ([1.0, 2.0, 4.0], [3.0, 5.0, 6.0])]
    one, other = (save(model, tmp_path / f"{n}.seqcast") for n, model in enumerate(models))
    with zipfile.ZipFile(one) as archive:
        comment = archive.comment
    mixed = unzipped(one.read_bytes()) | {ARRAYS: unzipped(other.read_bytes())[ARRAYS]}
    with zipfile.ZipFile(one, "w") as archive:
        for name, content in mixed.items():
            archive.writestr(name, content)
        archive.comment = comment
    refused(one, "it is damaged: its checksum is another")


# What a file may unpack to


def peak_of(call):
    """Return the most bytes that Python and NumPy held during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def content():
    """Return a file of 80 MiB of zeros, which is small itself."""
    model = SlidingWindow()
    model.zeros_ = np.zeros(10 * 2**20)
    with tempfile.TemporaryDirectory() as folder:
        return save(model, Path(folder, "zeros.seqcast")).read_bytes()


@pytest.fixture
def zeros(content, tmp_path):
    path = tmp_path / "zeros.seqcast"
    path.write_bytes(content)
    assert len(content) < 2**17
    return path


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(zeros):
    assert peak_of(lambda: refused(zeros, "it unpacks to more than .* raise max_bytes")) < 2**22


def test_whoever_trusts_a_file_lets_it_unpack_to_more(zeros):
    assert load(zeros, max_bytes=2**27).zeros_.shape == (10 * 2**20,)
    with pytest.raises(InputError, match="more than 1000 bytes"):
        load(zeros, max_bytes=1000)


def test_an_array_is_not_larger_than_its_bytes_whatever_its_header_says(path):
    document, arrays = unpack(path.read_bytes())
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (2**25,)}
    np.lib.format.write_array_header_1_0(header, shape)
    members = {f"{key}.npy": header.getvalue() for key in arrays}
    del document["estimator"]["state"]["memory_"]["state"]["y"]["shape"]
    change_contents(path, text=json.dumps(document).encode(), arrays=zipped(members))
    assert peak_of(lambda: refused(path, "holds what is no array")) < 2**22


@pytest.mark.parametrize("text", ["[]", "{}", "0", '""', "[[]]"])
def test_a_text_of_too_many_values_is_refused_before_they_are_made(tmp_path, text):
    path = tmp_path / "model.seqcast"
    many = ",".join([text] * 10**6)
    contents = {TEXT: f'{{"schema": 1, "estimator": [{many}]}}', ARRAYS: zipped({})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    assert peak_of(lambda: refused(path, "it unpacks to more than")) < 2**25


def test_of_a_member_no_more_is_unpacked_than_its_declared_size(zeros):
    # The sizes in the directory of the zip, at its end, and in front of the member.
    content = bytearray(zeros.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.rindex(signature)
        content[place + offset : place + offset + 4] = (1000).to_bytes(4, "little")
    zeros.write_bytes(content)
    assert peak_of(lambda: refused(zeros, "is not a seqcast file")) < 2**23


@pytest.mark.parametrize("max_bytes", [0, -1, "1GB", 1.5])
def test_a_budget_is_a_whole_number(max_bytes):
    with pytest.raises(ValueError, match="max_bytes must be None or a whole number"):
        load("any.seqcast", max_bytes=max_bytes)
