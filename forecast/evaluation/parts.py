"""The parts of a backtest, what one fit of one model says: each is a file once it is finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pandas as pd

from forecast.exceptions import InputError
from forecast.files import write_beside

_FACTS = "facts.json"
_MODELS = "models"
_NOTES = b"seqcast"  # the key of what a file says beside its table


class Part(NamedTuple):
    """What a model says of the origins of one fold."""

    table: pd.DataFrame  # its rows of the forecasts table; the series are numbers
    set_aside: dict[str, str]  # the series that are too short for it, and what answers them
    seconds: float


class KeptParts:
    """The finished parts of a backtest in a folder, for one that is interrupted to go on with.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    facts : mapping
        What the parts follow from, as values of JSON; under "models" a text for each.

    Raises
    ------
    ValueError
        If the parts in the folder follow from other facts, or it cannot be written.
    """

    def __init__(self, folder: Path, facts: Mapping[str, Any]):
        self.folder = folder
        path = folder / _FACTS
        try:
            folder.mkdir(parents=True, exist_ok=True)
            before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else facts
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot go on with {folder}: {error}. Remove it, or begin anew in another folder."
            ) from None
        self._check(before, facts)
        # Models that have not been tried before may join.
        merged = {**facts, _MODELS: {**before[_MODELS], **facts[_MODELS]}}
        text = json.dumps(merged, indent=2)
        write_beside(path, lambda file: file.write_text(text, encoding="utf-8"))

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

    def find(self, model: str, fold: int) -> Part | None:
        """Return a part that is finished, or None."""
        import pyarrow
        from pyarrow import parquet

        try:
            read = parquet.read_table(self._path(model, fold))
        except (OSError, pyarrow.ArrowInvalid):
            return None  # not there, or of no use: it is made anew
        notes = json.loads(read.schema.metadata[_NOTES])
        return Part(read.to_pandas(), notes["set_aside"], notes["seconds"])

    def keep(self, model: str, fold: int, part: Part) -> None:
        """Write a part that is finished; nobody ever sees half of it."""
        import pyarrow
        from pyarrow import parquet

        table = pyarrow.Table.from_pandas(part.table, preserve_index=False)
        notes = json.dumps({"set_aside": part.set_aside, "seconds": part.seconds})
        table = table.replace_schema_metadata({**table.schema.metadata, _NOTES: notes})
        write_beside(self._path(model, fold), lambda file: parquet.write_table(table, file))

    def _path(self, model: str, fold: int) -> Path:
        """Return the file of a part; a model may have any name."""
        return self.folder / f"{quote(model, safe='')}-{fold}.parquet"
