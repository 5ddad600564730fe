import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal


@pytest.fixture(scope="module")
def anomalies(example):
    return example("anomalies")


@pytest.fixture
def flat():
    """Return a line that rises by 1 and falls by 1, hour after hour."""
    return pd.Series(np.arange(1500) % 2.0, pd.date_range("2024", periods=1500, freq="h"))


def test_scores_are_printed_and_the_faults_drawn(anomalies, lines, tmp_path):
    printed = lines(anomalies)
    names = ["detector", "detector, temperature alone", "isolation forest, temperature alone"]
    for measure, rows in [("events found", printed[-8:-4]), ("false events", printed[-4:])]:
        assert measure in rows[0]
        assert [row[:37].strip() for row in rows[1:]] == names
        assert all(float(row.split()[-1]) >= 0 for row in rows[1:])
    assert (tmp_path / "anomalies.png").stat().st_size > 10_000


def test_faults_are_put_in_after_what_is_learned(anomalies, flat):
    y, faults = anomalies.with_faults(flat, 700, 2, np.random.default_rng(0))
    assert sorted(faults["kind"]) == sorted([*anomalies.LENGTHS] * 2)
    assert faults["start"].min() >= flat.index[700]
    assert faults["end"].max() <= flat.index[-1]
    is_changed = np.zeros(1500, bool)
    size = 5 * np.diff(flat).std()
    for fault in faults.itertuples():
        rows = slice(fault.start, fault.end)
        is_changed[flat.index.slice_indexer(fault.start, fault.end)] = True
        change = (y[rows] - flat[rows]).abs().to_numpy()
        assert len(change) == anomalies.LENGTHS[fault.kind]
        if fault.kind == "stuck":
            assert y[rows].nunique() == 1
        elif fault.kind == "drift":
            assert_allclose(change, np.linspace(0, 2 * size, 48))
        else:
            assert_allclose(change, size)
    assert_array_equal(y[~is_changed], flat[~is_changed])


def test_runs_of_alarms_are_events(anomalies):
    moments = pd.date_range("2024", periods=6, freq="h")
    events = anomalies.runs(moments, np.array([True, False, False, True, True, True]))
    assert events["start"].tolist() == [moments[0], moments[3]]
    assert events["end"].tolist() == [moments[0], moments[5]]


def test_isolation_forest_alarms_on_days_that_are_odd(anomalies, flat):
    y = flat + np.random.default_rng(0).normal(0, 0.1, 1500)
    y.iloc[1200] += 9
    events = anomalies.isolation_forest(y, 1000, 0.001)
    is_near = (events["end"] >= y.index[1200]) & (events["start"] <= y.index[1223])
    assert is_near.any()


def test_scores_by_hand(anomalies):
    moments = pd.RangeIndex(200)
    faults = pd.DataFrame({"start": [10, 100], "end": [11, 103], "kind": ["spike", "drift"]})
    events = pd.DataFrame({"start": [10, 80], "end": [10, 80]})
    scores = anomalies.scores(events, faults, moments)
    assert (scores["spike"], scores["drift"], scores["recall"]) == (1, 0, 0.5)
    assert (scores["precision"], scores["row recall"]) == (0.5, 1 / 6)
    # Outside the faults and the 36 hours after each are 200 − 38 − 40 hours.
    assert_allclose(scores["false"], 1000 / 122)
