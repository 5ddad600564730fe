"""Events from alarms, and their scores counted by hand."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import event_scores
from forecast.anomaly.events import events_of
from forecast.tables.frequency import infer_frequency

HOURS = pd.date_range("2024-03-01", periods=40, freq="h")
SIZE, LEVEL, RUN = 0, 1, 2


def alarms(rows, questions):
    """Return rows with an alarm, each by one question."""
    p = np.full((len(rows), 3, 1), 0.5)
    p[np.arange(len(rows)), questions] = 0.001
    return HOURS[list(rows)], p


def found(rows, questions):
    index, p = alarms(rows, questions)
    events = events_of(index, p, infer_frequency(HOURS), 6)
    assert_allclose(events["p"], 0.003)
    starts = HOURS.get_indexer(events["start"])
    ends = HOURS.get_indexer(events["end"])
    return list(zip(starts.tolist(), ends.tolist(), events["kind"], strict=True))


def test_neighbouring_alarms_are_one_event_named_after_its_question():
    rows = [3, 5, 6, 20, 21, 30]
    questions = [SIZE, SIZE, SIZE, SIZE, RUN, LEVEL]
    kinds = [(3, 3, "spike"), (5, 6, "shift"), (20, 21, "stuck"), (30, 30, "drift")]
    assert found(rows, questions) == kinds


def test_a_shift_with_two_equal_values_is_no_stuck_sensor():
    assert found([3, 4, 5, 6], [SIZE, RUN, SIZE, SIZE]) == [(3, 6, "shift")]
    assert found([3, 4, 5, 6], [SIZE, RUN, RUN, RUN]) == [(3, 6, "stuck")]


def test_alarms_of_the_level_within_a_season_are_one_event():
    assert found([3, 9, 16, 17], [LEVEL] * 4) == [(3, 9, "drift"), (16, 17, "drift")]
    assert found([3, 9], [LEVEL, SIZE]) == [(3, 3, "drift"), (9, 9, "spike")]


def test_events_end_with_their_series():
    index = pd.MultiIndex.from_tuples([("a", HOURS[3]), ("b", HOURS[4]), ("b", HOURS[5])])
    _, p = alarms([3, 4, 5], [SIZE] * 3)
    events = events_of(index, p, infer_frequency(HOURS), 6)
    assert events["series"].tolist() == ["a", "b"]
    assert events["start"].tolist() == [HOURS[3], HOURS[4]]


def test_without_an_alarm_there_is_no_event():
    events = events_of(*alarms([], []), infer_frequency(HOURS), 6)
    assert list(events.columns) == ["start", "end", "kind", "p"]
    assert events.empty


def spans(*pairs):
    return pd.DataFrame([(HOURS[a], HOURS[b]) for a, b in pairs], columns=["start", "end"])


def test_scores_count_events_and_rows():
    scores = event_scores(spans((2, 4), (12, 12), (30, 31)), spans((3, 8), (20, 22)), HOURS)
    expected = {
        "precision": 1 / 3,
        "recall": 1 / 2,
        "point_precision": 2 / 6,
        "point_recall": 2 / 9,
        "false_events": 2,
        "rows": 31,
    }
    assert_allclose(scores[list(expected)], list(expected.values()))


def test_rows_soon_after_an_event_are_no_false_alarms_but_do_not_find_it():
    scores = event_scores(spans((10, 11)), spans((3, 8)), HOURS, tolerance=3)
    assert scores["false_events"] == 0
    assert scores["recall"] == 0
    assert scores["rows"] == 40 - 9


def test_a_share_of_nothing_is_no_number():
    scores = event_scores(spans(), spans((3, 4)), HOURS)
    assert np.isnan(scores["precision"])
    assert np.isnan(event_scores(spans((3, 4)), spans(), HOURS)["recall"])


@pytest.mark.parametrize(
    ("events", "error", "words"),
    [
        ([1], TypeError, "events must be a DataFrame with the columns start and end"),
        (pd.DataFrame({"start": [1]}), ValueError, "events lacks the column 'end'"),
        (pd.DataFrame({"start": [HOURS[0]], "end": ["2030-01-01"]}), ValueError, "not among"),
    ],
)
def test_what_is_no_table_of_events_is_refused(events, error, words):
    with pytest.raises(error, match=words):
        event_scores(events, spans((1, 2)), HOURS)
