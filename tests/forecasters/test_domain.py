"""Values that are refused: the first one, by its row."""

import numpy as np
import pandas as pd
import pytest

from forecast.exceptions import InputError
from forecast.forecasters.domain import refuse_first
from forecast.tables.panel import Columns, Panel


def test_the_first_wrong_value_is_named_with_row_series_and_target():
    index = pd.MultiIndex.from_product([["a", "b"], range(3)])
    y = np.arange(12.0).reshape(6, 2) - 7.5
    columns = Columns(targets=("north", "south"), flat=False)
    panel, _ = Panel.of(index, np.empty((6, 0)), y, columns=columns)
    with pytest.raises(InputError) as caught:
        refuse_first(panel, y > 0, ", which is too much.", "Take less.", "Give --less.")
    sentence = "y['north'] is 0.5 at 1 of series 'b', which is too much."
    assert str(caught.value) == f"{sentence} Take less."
    assert caught.value.at_command_line() == f"{sentence} Give --less."


def test_nothing_is_refused_where_nothing_is_wrong():
    panel, _ = Panel.of(pd.RangeIndex(3), np.empty((3, 0)), np.ones((3, 1)))
    refuse_first(panel, panel.y > 1, "", "")
