"""A table in files: the rows of its blocks, and what is no block of it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import NaiveForecaster, WindowForecaster, map_table


def block(name, n=8, start="2024-01-01", freq="h", columns=("rain",)):
    index = pd.date_range(start, periods=n, freq=freq)
    rng = np.random.default_rng(n)
    X = pd.DataFrame(rng.normal(size=(n, len(columns))), index, list(columns))
    y = pd.Series(rng.normal(size=n), index, name="temp")
    return pd.concat({name: X}), pd.concat({name: y})


def test_the_table_is_that_of_the_blocks_behind_one_another(tmp_path):
    blocks = [block("b", 9), block("a", 7, "2024-01-02")]
    table = map_table(iter(blocks), tmp_path / "new")
    assert table.is_mapped
    X, y = (pd.concat(parts) for parts in zip(*blocks, strict=True))
    assert_array_equal(table.X, X)
    assert_array_equal(table.y[:, 0], y)
    assert table.index(np.arange(16)).equals(X.index.set_names(["series", "timestamp"]))
    model = WindowForecaster(lookback=2, past_features=["rain"])
    answer = model.fit(table).forecast(2, 0.5)
    assert answer.equals(model.fit(X, y).forecast(2, 0.5))
    assert list(model.feature_names_in_) == ["rain"]
    assert model.target_names_ == ["temp"]


def test_a_table_may_hold_y_alone(tmp_path):
    table = map_table([(None, block("a")[1])], tmp_path)
    assert table.X.shape == (8, 0)
    assert_array_equal(NaiveForecaster().fit(table).predict(1), table.y[-1])


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ([], "blocks is empty"),
        ([block("a"), block("a")], "series 'a' comes in two blocks"),
        ([block("a"), block("b", freq="D")], "block of series 'b' has the frequency"),
        ([block("a"), block("b", columns=("sun",))], "block of series 'b' has the columns"),
        ([tuple(part.droplevel(0) for part in block("a"))], "name no series"),
    ],
    ids=["none", "twice", "frequency", "columns", "no name"],
)
def test_what_is_no_block_is_refused(tmp_path, blocks, sentence):
    with pytest.raises(ValueError, match=sentence):
        map_table(blocks, tmp_path)


def test_files_are_never_overwritten(tmp_path):
    (tmp_path / "y").write_text("mine")
    with pytest.raises(ValueError, match="holds files: give an empty folder"):
        map_table([block("a")], tmp_path)
    assert (tmp_path / "y").read_text() == "mine"


def test_a_table_in_files_has_its_own_y(tmp_path):
    X, y = block("a")
    with pytest.raises(ValueError, match=r"holds X and y: call fit\(table\)"):
        NaiveForecaster().fit(X, map_table([(X, y)], tmp_path))
