"""A forecasts table in a file is read piece by piece, and is what it was in memory."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from forecast import Backtest
from forecast.evaluation import stored
from forecast.evaluation.stored import StoredForecasts, joined, store

TIMES = {
    "zone": pd.date_range("2024-03-30", periods=5, freq="h", tz="Europe/Berlin"),
    "periods": pd.period_range("2020-01", periods=5, freq="M"),
    "numbers": pd.RangeIndex(5),
}


def pieces(times, n_series=3):
    """Yield the forecasts of two models, a series at a time, with some errors and gaps."""
    rng = np.random.default_rng(0)
    for model in ("theta", "naive"):
        for number in range(n_series):
            frame = pd.DataFrame({"origin": times[0], "step": range(1, 5), "timestamp": times[1:]})
            frame = frame.assign(actual=np.arange(4.0), forecast=rng.normal(size=4))
            frame["q0.1"] = frame["forecast"] - 1
            frame["q0.9"] = frame["forecast"] + 1
            frame.loc[number, "actual"] = np.nan
            names = pd.DataFrame({"model": model, "series": f"s{number}"}, frame.index)
            yield pd.concat([names.astype("category"), frame], axis=1)


def whole(frames):
    """Return the table with the names as they come."""
    table = pd.concat([frame.astype({"model": str, "series": str}) for frame in frames])
    for column in ("model", "series"):
        table[column] = pd.Categorical(table[column], table[column].unique())
    return table.reset_index(drop=True)


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES)
def test_what_was_stored_is_read(times, tmp_path):
    kept = store(pieces(times), tmp_path / "a.parquet")
    expected = whole(pieces(times))
    assert_frame_equal(kept.read(), expected)
    assert_frame_equal(whole(kept.pieces()), expected)
    assert list(kept.head.columns) == list(expected.columns)
    assert [piece.shape for piece in kept.pieces(["step"])] == [(4, 1)] * 6


@pytest.mark.parametrize(
    ("rows", "lengths"), [(1, [1, 2, 3]), (2, [3, 3]), (3, [3, 3]), (4, [6]), (9, [6])]
)
def test_short_frames_are_joined(rows, lengths, monkeypatch):
    monkeypatch.setattr(stored, "_ROWS_OF_A_PIECE", rows)
    frames = [pd.DataFrame({"x": np.full(n, n)}) for n in (1, 2, 3)]
    found = list(joined(frames))
    assert [len(frame) for frame in found] == lengths
    assert pd.concat(found)["x"].tolist() == [1, 2, 2, 3, 3, 3]


def test_scores_are_sums_over_the_pieces(tmp_path, monkeypatch):
    kept = store(pieces(TIMES["zone"]), tmp_path / "a.parquet")
    settings = {"scales": {"s0": (2.0, 3.0), "s1": None, "s2": (0.5, 0.7)}, "step": 4}
    by_pieces = Backtest(kept, settings)
    at_once = Backtest(whole(pieces(TIMES["zone"])), settings)
    monkeypatch.setattr(StoredForecasts, "read", pytest.fail)
    for by in (None, "series", "step", "origin"):
        assert_frame_equal(by_pieces.scores(by), at_once.scores(by), rtol=1e-14)
    assert_frame_equal(by_pieces.losses(by="series"), at_once.losses(by="series"), rtol=1e-14)
    assert by_pieces.overlap == at_once.overlap == 1
    assert by_pieces.quantiles == [0.1, 0.9]


def test_more_names_than_a_byte_can_count(tmp_path):
    kept = store(pieces(TIMES["numbers"], n_series=300), tmp_path / "a.parquet")
    assert kept.read()["series"].nunique() == 300


def test_a_damaged_file_is_refused_in_a_sentence(tmp_path):
    kept = store(pieces(TIMES["numbers"]), tmp_path / "a.parquet")
    kept.path.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match=r"a\.parquet cannot be read: .*Make the run anew\.$"):
        kept.read()
