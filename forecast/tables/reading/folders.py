"""A folder of Parquet files as one table, of which some series are read without the others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow import fs, parquet

from forecast.exceptions import InputError, Refusal
from forecast.tables.reading.addresses import file_system, scheme_of, shown, shown_reason
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.contents import MAX_BYTES, blocks_within, refuse_length
from forecast.tables.reading.frames import table_of_frame
from forecast.wording import counted, some_of

_ENDINGS = (".parquet", ".parq", ".pq")
_OF_PROGRAMS = (".", "_")  # so begin the files and folders that programs make for themselves
_UNNAMED = "__index_level_"  # so begins the column of an index without a name
_N_ROWS = 2**18  # that are counted at a time
_COUNT = "number of rows"  # what no column is called


_Extent = tuple[Any, Any]


class _File(NamedTuple):
    """A file, and what changes with its content."""

    path: str
    size: int
    changed: int


class Folder:
    """The Parquet files in a folder and below it as one table.

    What stands in the names of folders, as in ``store=7/part-0.parquet``, are columns as well.

    Parameters
    ----------
    address : str
        The folder, or a single file.
    max_bytes : int
        What of it may be read at once.

    Raises
    ------
    ValueError
        If it holds no Parquet file, or their columns do not go together.
    """

    def __init__(self, address: str, max_bytes: int = MAX_BYTES):
        self.file = shown(address)
        self._address = address
        self._max_bytes = max_bytes
        # Each kind of address has errors of its own.
        is_local = scheme_of(address) is None
        self._errors = (pa.ArrowException, OSError) if is_local else (Exception,)
        self._notes: tuple[str, ...] = ()
        system, place = _system_at(address)
        with self._refused():
            self._is_folder = system.get_file_info(place).type == fs.FileType.Directory
            files = self._listed(system, place)
            self._dataset = _dataset_of(address, tuple(files))
        self._schema = self._dataset.schema

    def _listed(self, system: fs.FileSystem, place: str) -> list[_File]:
        """List the files by their names, and note what is left out."""
        if not self._is_folder:
            return [_stamped(system.get_file_info(place))]
        below = system.get_file_info(fs.FileSelector(place, recursive=True))
        own = [info for info in below if info.is_file and _is_of_people(info.path, place)]
        files = sorted(_stamped(info) for info in own if _is_parquet(info))
        others = sorted(info.base_name for info in own if not _is_parquet(info))
        if not files:
            holds = f" but {some_of(others)}" if others else ""
            raise InputError(
                f"{self.file} is a folder without a Parquet file{holds}. Name a file in it, or "
                "write its tables as .parquet."
            )
        if others:
            said = f"left out {counted(len(others), 'file')} that are no Parquet"
            self._notes = (f"{said}: {some_of(others)}",)
        return files

    @contextmanager
    def _refused(self) -> Iterator[None]:
        """Refuse files that cannot be read, or not together."""
        try:
            yield
        except Refusal:
            raise
        except self._errors as error:
            reason = shown_reason(error, self._address)
            raise InputError(
                f"{self.file} cannot be read as one table of Parquet: {reason}. Get a whole copy "
                "of each file, and give their columns one type."
            ) from None

    def head(self, n_rows: int) -> RawTable:
        """Return the first rows."""
        with self._refused():
            return self._table(self._dataset.head(n_rows, columns=self._columns))

    def rows(self, keys: Sequence[str] = (), only: Sequence[Any] = ()) -> RawTable:
        """Return all rows, or those of some series.

        Parameters
        ----------
        keys : sequence of str
            The columns that name the series.
        only : sequence of names
            Those of the series; none for all.
        """
        with self._refused():
            wanted = self._is_any_of(keys, only) if only else None
            near = self._near(keys, only) if only else self._dataset
            scanner = near.scanner(columns=self._columns, filter=wanted)
            batches = list(blocks_within(self.file, scanner.to_batches(), self._max_bytes))
            return self._table(pa.Table.from_batches(batches, scanner.projected_schema))

    def n_rows(self) -> int:
        """Count the rows, as the files say how many they have."""
        with self._refused():
            return int(self._dataset.count_rows())

    def counts(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the different rows of some columns, and as "count" how often each is there.

        The files are read in parts; of these, only the counts are kept.
        """
        stored = [self._stored(name) for name in columns]
        counts: list[pa.Table] = []
        with self._refused():
            for part in self._parts():
                rows = part.to_table(columns=stored)
                counts.append(_added([rows.append_column(_COUNT, pa.repeat(1, len(rows)))]))
                # To add them up each time would take the square of their number.
                if sum(map(len, counts[1:])) >= len(counts[0]):
                    counts = [_added(counts)]
                if counts[0].nbytes > self._max_bytes:  # and of the parts behind come more
                    refuse_length(self.file, self._max_bytes)
        if not counts:  # no file has a row
            return pd.DataFrame(columns=[*columns, "count"])
        return _added(counts).to_pandas().set_axis([*columns, "count"], axis=1)

    def _parts(self) -> Iterator[ds.Dataset]:
        """Yield the rows in parts of bounded length: many short files, some groups of a long one.

        Arrow itself would read up to a gigabyte ahead.
        """
        part: list[ds.Fragment] = []
        n_rows = 0
        for file in self._dataset.get_fragments():
            for group in file.split_by_row_group():
                part.append(group)
                n_rows += group.row_groups[0].num_rows
                if n_rows >= _N_ROWS:
                    yield self._part_of(part)
                    part, n_rows = [], 0
        if part:
            yield self._part_of(part)

    def _part_of(self, fragments: Sequence[ds.Fragment]) -> ds.Dataset:
        """Return parts of files as a dataset."""
        return ds.FileSystemDataset(fragments, self._schema, ds.ParquetFileFormat())

    @property
    def _columns(self) -> list[str]:
        """The columns as they are stored, but those that only number the rows."""
        index = self._index()
        names = self._schema.names
        return [name for name in names if name in index or not name.startswith(_UNNAMED)]

    def _index(self) -> list[str]:
        """Return the columns that were the index of a frame."""
        metadata = self._schema.pandas_metadata or {}
        return [name for name in metadata.get("index_columns", []) if isinstance(name, str)]

    def _stored(self, name: str) -> str:
        """Return what a column of the table is called in the files."""
        return self._levels.get(name, name)

    @cached_property
    def _levels(self) -> dict[str, str]:
        """What the levels of an index, which may have had no names, are called in the files."""
        empty = table_of_frame(self.file, self._schema.empty_table().to_pandas())
        levels = [str(level) for level in (empty.series, empty.time) if level is not None]
        return dict(zip(levels, self._index(), strict=False))

    def _table(self, table: pa.Table) -> RawTable:
        """Return the cells of rows that were read."""
        # The columns of Arrow are given up one after the other: the table is not there twice.
        frame = table.to_pandas(split_blocks=True, self_destruct=True)
        raw = table_of_frame(self.file, frame)
        # Rows that come from several files have no numbers.
        rows = np.zeros(len(raw.rows), dtype=int)
        return replace(raw, rows=rows, notes=self._notes, is_unordered=self._is_folder)

    def _near(self, keys: Sequence[str], only: Sequence[Any]) -> ds.Dataset:
        """Return the files that may hold some series; to look into each one costs time."""
        if len(keys) > 1:
            return self._dataset
        column = self._stored(keys[0])
        ends = pc.min_max(pa.array(only, type=self._schema.field(column).type))
        low, high = ends["min"].as_py(), ends["max"].as_py()
        near = [
            file
            for file, (first, last) in _extents(self._dataset, column)
            if first is None or (first <= high and low <= last)
        ]
        return self._part_of(near)

    def _is_any_of(self, keys: Sequence[str], only: Sequence[Any]) -> pc.Expression:
        """Return the condition that a row is one of some series; files without one are not read."""
        fields = [pc.field(self._stored(key)) for key in keys]
        if len(fields) == 1:
            kind = self._schema.field(self._stored(keys[0])).type
            names = pa.array(only, type=kind)
            is_any = fields[0].isin(names)
            if pa.types.is_dictionary(kind):
                return is_any
            # By a range, parts of files whose smallest and largest names say so are not read.
            ends = pc.min_max(names)
            return (fields[0] >= ends["min"]) & (fields[0] <= ends["max"]) & is_any
        texts = [field.cast(pa.string()) for field in fields]
        return pc.binary_join_element_wise(*texts, ", ").isin(pa.array(only, type=pa.string()))


def _system_at(address: str) -> tuple[fs.FileSystem, str]:
    """Return the file system of a path or an address, and the path in it."""
    if scheme_of(address) is None:
        return fs.LocalFileSystem(), str(Path(address).expanduser())
    system, path = file_system(address)
    return fs.PyFileSystem(fs.FSSpecHandler(system)), path


def _is_parquet(info: fs.FileInfo) -> bool:
    """Whether a file is called like one of Parquet."""
    return info.path.lower().endswith(_ENDINGS)


def _stamped(info: fs.FileInfo) -> _File:
    """Return a file with what changes with its content; not all file systems know when it did."""
    return _File(info.path, info.size, info.mtime_ns or time.time_ns())


def _is_of_people(path: str, folder: str) -> bool:
    """Whether neither a file nor a folder above it is one that a program made for itself."""
    parts = path.removeprefix(folder).split("/")
    return not any(part.startswith(_OF_PROGRAMS) for part in parts)


def _factory(
    system: fs.FileSystem, place: str, files: Sequence[_File]
) -> ds.FileSystemDatasetFactory:
    """Return what makes a dataset of files."""
    options = ds.FileSystemFactoryOptions(
        partition_base_dir=place, partitioning=ds.HivePartitioning.discover()
    )
    paths = [file.path for file in files]
    return ds.FileSystemDatasetFactory(system, paths, ds.ParquetFileFormat(), options)


@lru_cache(maxsize=8)
def _dataset_of(address: str, files: tuple[_File, ...]) -> ds.FileSystemDataset:
    """Return files as a dataset of the columns of all of them together.

    It is kept, for each block of series is read from it: it knows what the ends of the files say.
    """
    system, place = _system_at(address)
    # Arrow itself looks at the first file, and at the names of folders.
    beside = _factory(system, place, files).inspect_schemas()
    own = [parquet.read_schema(file.path, filesystem=system) for file in files]
    schema = pa.unify_schemas([*own, *beside], promote_options="permissive")
    for position, field in enumerate(schema):
        # The numbers of categories are those of one file: their names are what all have.
        if pa.types.is_dictionary(field.type):
            schema = schema.set(position, field.with_type(field.type.value_type))
    return _factory(system, place, files).finish(schema)


@lru_cache(maxsize=8)
def _extents(dataset: ds.FileSystemDataset, column: str) -> list[tuple[ds.Fragment, _Extent]]:
    """Return the files, each with its smallest and largest value of a column, or None."""
    return [(file, _extent(file, column)) for file in dataset.get_fragments()]


def _extent(file: ds.ParquetFileFragment, column: str) -> _Extent:
    """Return what the name of a folder or the statistics of a file say of a column."""
    named = ds.get_partition_keys(file.partition_expression)
    if column in named:
        return named[column], named[column]
    found = [(group.statistics or {}).get(column) for group in file.row_groups]
    said = [each for each in found if each is not None]
    if not said or len(said) < len(found):
        return None, None
    return min(each["min"] for each in said), max(each["max"] for each in said)


def _added(several: Sequence[pa.Table]) -> pa.Table:
    """Add up the counts of the same rows, in order of appearance."""
    counts = pa.concat_tables(several)
    names = counts.column_names
    groups = counts.group_by(names[:-1], use_threads=False)
    sums = groups.aggregate([(_COUNT, "sum")])
    return sums.select([*names[:-1], f"{_COUNT}_sum"]).rename_columns(names)
