"""Columns that look like times by their digits, in a form that is not read.

Rows are numbered only where no column can be their time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from forecast.tables.reading.arrow_texts import contain
from forecast.tables.reading.cells import RawTable, is_text
from forecast.tables.reading.decorations import bare_figures

_TIME = "|".join(
    (
        r"(?:^|[^0-9])(?:1[89]|2[01])[0-9]{2}(?:[^0-9]|$)",  # 1 gennaio 2013, KW 5/2013
        r"(?:^|[^0-9])[0-9]{1,2}([-./])[0-9]{1,2}[-./][0-9]{2}(?:[^0-9]|$)",  # the week of 1.2.13
        r"^FY ?'?[0-9]{2}",  # FY13
    )
)


def refuse_unread(table: RawTable, names: Sequence[Hashable]) -> None:
    """Refuse a table without a column of times where a column of text looks like one.

    Parameters
    ----------
    table : RawTable
    names : sequence of labels
        The columns that may hold times.
    """
    for name in names:
        column = table.column(name)
        cells = column.cells.dropna()
        if not len(cells) or not is_text(cells):
            continue
        texts = cells.astype(str)
        # 1950 kg is a number with a unit.
        is_number = bare_figures(texts).texts.notna().any()
        if contain(texts, _TIME).all() and not is_number:
            column.refuse(
                np.asarray(column.cells.notna()),
                "looks like a time, but in a form that is not read",
                "Write all times like 2013-01-31 14:00, or remove the column.",
            )
