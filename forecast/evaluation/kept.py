"""Where the finished parts of a backtest are: in memory, or as files for one that is interrupted.

Both keep a part under its `Key`, and give back its table and what was told of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd

from forecast.evaluation.parts import Part, Told
from forecast.evaluation.plan import Key
from forecast.evaluation.stored import repeated
from forecast.exceptions import InputError
from forecast.files import write_beside

_FACTS = "facts.json"
_MODELS = "models"
_NOTES = b"seqcast"  # the key of what a file says beside its table
_READABLE = 40  # characters of a model's name in that of its folder


class Parts(Protocol):
    """The parts that have been made."""

    def keep(self, key: Key, part: Part) -> None:
        """Keep a part."""

    def told(self, key: Key) -> Told | None:
        """Return what was told of a part; None if it is not there."""

    def table(self, key: Key) -> pd.DataFrame:
        """Return the rows of a part that is there."""


class HeldParts:
    """Parts in memory."""

    def __init__(self) -> None:
        self._parts: dict[Key, Part] = {}

    def keep(self, key: Key, part: Part) -> None:
        """Keep a part."""
        self._parts[key] = part

    def told(self, key: Key) -> Told | None:
        """Return what was told of a part; None if it is not there."""
        return self._parts[key].told if key in self._parts else None

    def table(self, key: Key) -> pd.DataFrame:
        """Return the rows of a part that is there."""
        return self._parts[key].table


class KeptParts:
    """Parts in a folder, a file for each.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    facts : mapping
        What the parts follow from, as values of JSON; under "models" a text for each. A hash of
        them stands in each file.

    Raises
    ------
    ValueError
        If the parts in the folder follow from other facts, or it cannot be written.
    """

    def __init__(self, folder: Path, facts: Mapping[str, Any]):
        self.folder = folder
        self._hashes = _hashes(facts)
        path = folder / _FACTS
        try:
            folder.mkdir(parents=True, exist_ok=True)
            before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else facts
        except OSError as error:
            raise InputError(
                f"{folder} cannot hold the parts: {error.strerror}. Name another folder."
            ) from None
        except ValueError as error:
            raise InputError(
                f"cannot go on with {folder}: {error}. Remove it, or begin anew in another folder."
            ) from None
        self._check(before, facts)
        # Models that have not been tried before may join.
        merged = {**facts, _MODELS: {**before[_MODELS], **facts[_MODELS]}}
        text = json.dumps(merged, indent=2)
        write_beside(path, lambda file: file.write_text(text, encoding="utf-8"))
        for model in facts[_MODELS]:
            self._folder_of(model).mkdir(exist_ok=True)

    def _check(self, before: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Refuse parts of other facts, and name the first that differs."""
        pairs = {name: (before.get(name), facts[name]) for name in facts if name != _MODELS}
        for model, now in facts[_MODELS].items():
            pairs[f"model {model}"] = before[_MODELS].get(model, now), now
        for name, (was, now) in pairs.items():
            if was != now:
                raise InputError(
                    f"cannot go on with the parts in {self.folder}: their {name} was {was}, and "
                    f"now it is {now}.",
                    "Give what it was made with, or remove the folder.",
                    "Give the same options and SOURCE, or begin anew without --resume.",
                )

    def keep(self, key: Key, part: Part) -> None:
        """Write a part that is finished; nobody ever sees half of it."""
        import pyarrow
        from pyarrow import parquet

        table = pyarrow.Table.from_pandas(part.table, preserve_index=False)
        notes = part.told._asdict() | {"facts": self._hashes[key.model]}
        if part.told.error is not None:
            notes["error"] = str(part.told.error)
        metadata = {**table.schema.metadata, _NOTES: json.dumps(notes)}
        table = table.replace_schema_metadata(metadata)
        columns = repeated(table.schema)
        write_beside(
            self._path(key),
            lambda file: parquet.write_table(table, file, use_dictionary=columns),
        )

    def told(self, key: Key) -> Told | None:
        """Return what was told of a part; None if it is not there, or of no use."""
        import pyarrow
        from pyarrow import parquet

        try:
            schema = parquet.read_schema(self._path(key))
        except (OSError, pyarrow.ArrowInvalid):
            return None
        notes = json.loads(schema.metadata[_NOTES])
        if notes.pop("facts") != self._hashes[key.model]:
            return None
        error = notes.pop("error")
        return Told(**notes, error=None if error is None else InputError(error))

    def table(self, key: Key) -> pd.DataFrame:
        """Return the rows of a part that is there."""
        from pyarrow import parquet

        with parquet.ParquetFile(self._path(key)) as file:
            return file.read().to_pandas()

    def _path(self, key: Key) -> Path:
        """Return the file of a part."""
        return self._folder_of(key.model) / f"{key.block}-{key.fold}.parquet"

    def _folder_of(self, model: str) -> Path:
        """Return the folder of a model, which may have any name."""
        digest = hashlib.sha256(model.encode()).hexdigest()[:8]
        return self.folder / f"{quote(model, safe='')[:_READABLE]}-{digest}"


def _hashes(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return a hash of what the parts of each model follow from."""
    shared = {name: value for name, value in facts.items() if name != _MODELS}
    texts = {model: json.dumps([shared, text]) for model, text in facts[_MODELS].items()}
    return {model: hashlib.sha256(text.encode()).hexdigest() for model, text in texts.items()}
