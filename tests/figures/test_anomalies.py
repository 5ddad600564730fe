"""The figure of anomalies by its artists; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from artists import INDEXES, legend, lines, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import AnomalyDetector, AnomalyDisplay
from forecast.figures.axes import axis_positions


def judged_of(index, alarms=(3, 4, 9)):
    """Return rows judged, with an alarm at some of them, and their events."""
    n = len(index)
    values = np.arange(n, dtype=float)
    is_alarm = np.isin(np.arange(n), alarms)
    columns = {"actual": values, "expected": values - 1, "p": 0.5, "anomaly": is_alarm}
    events = pd.DataFrame(
        {"start": index[[3, 9]], "end": index[[4, 9]], "kind": ["shift", "spike"], "p": 0.01}
    )
    return pd.DataFrame(columns, index), events


@pytest.mark.parametrize("kind", INDEXES)
def test_values_and_alarms_are_lines_and_events_are_spans(kind):
    index = INDEXES[kind]
    judged, events = judged_of(index)
    display = AnomalyDisplay(judged, events, target="temp", unit="°F").plot()
    axis = display.ax_
    assert legend(axis) == ["expected", "actual", "alarm", "shift", "spike"]
    assert_allclose(lines(axis)["actual"].get_ydata(), judged["actual"])
    alarms = lines(axis)["alarm"].get_ydata()
    assert np.flatnonzero(~np.isnan(alarms)).tolist() == [3, 4, 9]
    assert axis.get_ylabel() == "temp (°F)"
    x = axis_positions(index)
    half = np.diff(x).min() / 2
    first = axis.patches[0]
    assert_allclose(first.get_x(), x[3] - half)
    assert_allclose(first.get_width(), x[4] - x[3] + 2 * half)


def test_each_series_has_a_panel_with_its_events():
    judged, events = judged_of(INDEXES["dates"])
    both = pd.concat({"a": judged, "b": judged})
    display = AnomalyDisplay(both, events.assign(series="b")).plot()
    first, second = display.ax_
    assert [title(first), title(second)] == ["a", "b"]
    assert len(first.patches) == 0
    assert len(second.patches) == 2


def test_of_many_series_those_with_an_event_are_drawn():
    judged, events = judged_of(INDEXES["dates"])
    many = pd.concat({f"s{i}": judged for i in range(9)})
    display = AnomalyDisplay(many, events.assign(series="s8")).plot()
    assert title(display.ax_[0]) == "s8"
    assert len(display.ax_) == 6


def test_rows_are_judged_and_drawn():
    y = np.random.default_rng(0).normal(size=420)
    y[410] = 9.0
    detector = AnomalyDetector(alpha=0.02).fit(y[:400])
    ax = Figure().subplots()
    display = AnomalyDisplay.from_detector(detector, y[400:], ax=ax)
    assert display.ax_ is ax
    assert display.judged["anomaly"].iloc[10]
    assert len(ax.patches) == len(display.events)


def test_what_cannot_be_drawn_is_refused():
    judged, events = judged_of(INDEXES["dates"])
    with pytest.raises(ValueError, match=r"judged lacks the columns \['expected'\]"):
        AnomalyDisplay(judged.drop(columns="expected"), events).plot()
    with pytest.raises(ValueError, match="judged has no row"):
        AnomalyDisplay(judged[:0], events).plot()
