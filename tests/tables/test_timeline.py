"""Rows and moments: frequencies are recognised, never guessed into holes; panels keep series and rows apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal

from forecast import fourier_terms, regularize
from forecast.tables.panel import Panel
from forecast.tables.timeline import Frequency, infer_frequency, is_default


def moments(start, n, freq, tz=None):
    """Return timestamps that do not carry their frequency."""
    return pd.DatetimeIndex(pd.date_range(start, periods=n, freq=freq, tz=tz).to_list())


def exchange(n=200, closed=(4, 60, 61, 130), tz=None):
    """Return the weekdays of a calendar in which some are holidays."""
    return moments("2024-01-01", n, "B", tz).delete(list(closed))


KINDS = {
    "seconds": (moments("2024-01-31", 9, "30s"), "30s", 2),
    "quarter hours": (moments("2024-01-31", 9, "15min"), "15min", 96),
    "hours": (moments("2024-01-31", 9, "h"), "h", 24),
    "hours over spring": (moments("2024-03-30 10:00", 40, "h", "Europe/Berlin"), "h", 24),
    "hours over autumn": (moments("2024-10-26 10:00", 40, "h", "America/New_York"), "h", 24),
    "six hours over spring": (moments("2024-03-29", 12, "6h", "Europe/Berlin"), "6h", 4),
    "days": (moments("2024-02-25", 9, "D"), "D", 7),
    "days over spring": (moments("2024-03-25", 12, "D", "Europe/Berlin"), "D", 7),
    "two days": (moments("2024-02-25", 9, "2D"), "2D", 1),
    "weeks": (moments("2024-01-03", 9, "W-WED"), "W-WED", 52),
    "fortnights": (moments("2024-01-03", 9, "2W-WED"), "2W-WED", 26),
    "month starts": (moments("2024-01-01", 9, "MS"), "MS", 12),
    "month ends": (moments("2024-01-31", 9, "ME"), "ME", 12),
    "quarters": (moments("2024-01-31", 9, "QE"), "QE-DEC", 4),
    "years": (moments("2024-01-31", 9, "YE"), "YE-DEC", 1),
    "weekdays": (moments("2024-01-04", 9, "B"), "B", 1),
    "trading days": (exchange(), "B", 1),
    "trading days of a zone": (exchange(tz="America/New_York"), "B", 1),
    "two days only": (moments("2024-02-25", 2, "D"), "D", 7),
}


@pytest.mark.parametrize("kind", KINDS)
def test_frequencies_are_recognised(kind):
    index, alias, season_length = KINDS[kind]
    frequency = infer_frequency(index)
    assert frequency == Frequency(alias)
    assert frequency.season_length == season_length
    assert frequency.trading is (alias == "B")


@pytest.mark.parametrize(
    ("index", "expected", "season_length"),
    [
        (pd.period_range("2024-01", periods=5, freq="M"), Frequency("M", periods=True), 12),
        (pd.period_range("2024-01", periods=5, freq="2M"), Frequency("2M", periods=True), 6),
        (pd.period_range("2024Q3", periods=5, freq="Q"), Frequency("Q-DEC", periods=True), 4),
        (pd.period_range("2024-01-03", periods=9, freq="h"), Frequency("h", periods=True), 24),
        (pd.RangeIndex(5), Frequency("", 1), 1),
        (pd.RangeIndex(10, 40, 5), Frequency("", 5), 1),
        (pd.Index([-3, 4, 11, 18]), Frequency("", 7), 1),
        (pd.Index(np.array([1, 2, 3], dtype=np.uint8)), Frequency("", 1), 1),
        (pd.date_range("2024-01-01", periods=9, freq="h")[::3], Frequency("3h"), 8),
    ],
)
def test_periods_integers_and_declared_frequencies_are_recognised(index, expected, season_length):
    assert infer_frequency(index) == expected
    assert expected.season_length == season_length


def test_a_declared_frequency_is_taken_where_two_fit():
    assert infer_frequency(pd.bdate_range("2024-01-01", periods=5)) == Frequency(
        "B"
    )  # Monday to Friday


def test_series_share_a_frequency():
    index = pd.MultiIndex.from_tuples(
        [(key, t) for t in moments("2024-01-01", 5, "h") for key in ("b", "a")]
    )
    assert infer_frequency(index) == Frequency("h")


WRONG = {
    "duplicate": (
        moments("2024-01-01", 6, "D")[[0, 1, 2, 2, 3, 4, 5]],
        "2024-01-03 00:00:00 stands twice. Merge",
    ),
    "unsorted": (
        moments("2024-01-01", 6, "D")[[0, 1, 3, 2, 4, 5]],
        "2024-01-03 00:00:00 comes after 2024-01-04 00:00:00: the rows are not sorted. Use frame.sort_index()",
    ),
    "descending": (
        pd.date_range("2024-01-01", periods=6, freq="D")[::-1],
        "2024-01-05 00:00:00 comes after 2024-01-06 00:00:00: the rows are not sorted",
    ),
    "hole in days": (
        moments("2024-01-01", 30, "D").delete(17),
        "2024-01-18 00:00:00 is missing (1 row",
    ),
    "hole at once": (
        moments("2024-01-01", 30, "D").delete(1),
        "2024-01-02 00:00:00 is missing (1 row",
    ),
    "hole in hours": (
        moments("2024-03-30", 60, "h", "Europe/Berlin").delete([40, 41]),
        "2024-03-31 17:00:00+02:00 is missing (2 rows are) although the rows come with frequency 'h'. "
        "Mend it with forecast.regularize(frame, freq='h')",
    ),
    "hole in months": (
        moments("2024-01-01", 12, "MS").delete(5),
        "2024-06-01 00:00:00 is missing (1 row",
    ),
    "off the grid": (
        moments("2024-01-01", 30, "h").insert(12, pd.Timestamp("2024-01-01 11:20")),
        "2024-01-01 11:20:00 lies off the grid of frequency 'h' (1 row",
    ),
    "three days": (
        pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-05"]),
        "2024-01-03 00:00:00 is missing (2 rows are) although the rows come with frequency 'B'",
    ),
    "hole in weeks": (
        moments("2024-01-03", 20, "W-WED").delete(9),
        "2024-03-06 00:00:00 is missing (1 row",
    ),
    "too many holidays": (
        moments("2024-01-01", 9, "B").delete([3, 4]),
        "2024-01-04 00:00:00 is missing",
    ),
    "closed too long": (
        exchange(closed=range(60, 72)),
        "2024-03-25 00:00:00 is missing (12 rows are)",
    ),
    "no timestamp": (
        pd.DatetimeIndex(["2024-01-01", None, "2024-01-03"]),
        "row 1 has no timestamp. Drop it or give it one",
    ),
    "one row": (
        pd.DatetimeIndex(["2024-01-01"]),
        "1 row (2024-01-01 00:00:00) does not tell the frequency; at least 2 are needed",
    ),
    "no row": (pd.DatetimeIndex([]), "the table has no row"),
    "nothing": (pd.Index([]), "the table has no row"),
    "hole in periods": (
        pd.PeriodIndex(["2024-01", "2024-02", "2024-04"], freq="M"),
        "after 2024-02 comes 2024-04, but the rows come every 'M'. Add the missing rows with frame.reindex",
    ),
    "duplicate period": (
        pd.PeriodIndex(["2024-01", "2024-02", "2024-02"], freq="M"),
        "2024-02 stands twice",
    ),
    "hole in integers": (pd.Index([3, 6, 12, 15]), "after 6 comes 12, but the rows come every 3"),
    "unsorted integers": (pd.Index([3, 6, 5]), "5 comes after 6: the rows are not sorted"),
    "floats": (
        pd.Index([1.0, 2.0]),
        "the index must hold timestamps, periods or integers; got float64",
    ),
    "texts": (
        pd.Index(["2024-01-01"]),
        "first value '2024-01-01'. Turn it into timestamps with pandas.to_datetime",
    ),
    "three levels": (
        pd.MultiIndex.from_product([["a"], ["b"], moments("2024", 3, "D")]),
        "a MultiIndex must have the levels (series, timestamp); got 3 levels",
    ),
    "two frequencies": (
        pd.MultiIndex.from_tuples(
            [("a", t) for t in moments("2024", 5, "h")]
            + [("b", t) for t in moments("2024", 5, "D")]
        ),
        "series 'a' has frequency 'h' and series 'b' 'D'; one table has one frequency",
    ),
    "hole in a series": (
        pd.MultiIndex.from_tuples(
            [("a", t) for t in moments("2024", 9, "D")]
            + [("b", t) for t in moments("2024", 9, "D").delete(4)]
        ),
        "series 'b': 2024-01-05 00:00:00 is missing",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_irregular_moments_are_refused_by_name(fault):
    index, sentence = WRONG[fault]
    with pytest.raises(ValueError, match=r"\w") as caught:
        infer_frequency(index)
    assert str(caught.value).startswith(sentence) or sentence in str(caught.value), str(
        caught.value
    )


def test_one_missing_row_is_spoken_of_in_the_singular():
    with pytest.raises(ValueError, match=r"is missing \(1 row is\)"):
        infer_frequency(moments("2024-01-01", 30, "D").delete(17))


@pytest.mark.parametrize(
    "index", [pd.Index([3, 6, 6]), pd.PeriodIndex(["2024-01", "2024-01"], freq="M")]
)
def test_the_remedy_for_duplicates_works_for_this_index(index):
    with pytest.raises(ValueError, match="stands twice") as caught:
        infer_frequency(index)
    assert "regularize" not in str(caught.value)  # it takes timestamps only


def test_the_remedy_for_a_hole_mends_it():
    frame = pd.DataFrame({"temp": np.arange(29.0)}, index=moments("2024-01-01", 30, "D").delete(17))
    assert infer_frequency(regularize(frame, freq="D").index) == Frequency("D")


# After and steps

FREQUENCIES = {
    "h": pd.Timestamp("2024-03-30 21:00", tz="Europe/Berlin"),
    "D": pd.Timestamp("2024-03-30", tz="Europe/Berlin"),
    "15min": pd.Timestamp("2024-10-26 23:00", tz="Europe/Berlin"),
    "W-WED": pd.Timestamp("2024-01-03"),
    "MS": pd.Timestamp("2024-01-01"),
    "ME": pd.Timestamp("2024-01-31"),
    "QE-DEC": pd.Timestamp("2024-03-31"),
    "B": pd.Timestamp("2024-03-28"),
    "2h": pd.Timestamp("2024-02-28 22:00"),
}


@given(alias=st.sampled_from(sorted(FREQUENCIES)), n=st.integers(1, 60), back=st.integers(0, 10))
def test_after_and_steps_are_inverse(alias, n, back):
    frequency, start = Frequency(alias), FREQUENCIES[alias]
    following = frequency.after(start, n)
    assert len(following) == n
    assert following[0] > start
    assert_array_equal(frequency.steps(start, following), np.arange(1, n + 1))
    assert_array_equal(frequency.steps(start, following[::-1]), np.arange(n, 0, -1))
    middle = following[min(back, n - 1)]
    assert_array_equal(frequency.steps(middle, following), np.arange(n) - min(back, n - 1))
    assert infer_frequency(following[:1].union(frequency.after(following[0], 4))) == frequency


@given(step=st.integers(1, 50), start=st.integers(-100, 100), n=st.integers(1, 30))
def test_after_and_steps_are_inverse_for_integers(step, start, n):
    frequency = Frequency("", step)
    following = frequency.after(start, n)
    assert_array_equal(following, [start + step * k for k in range(1, n + 1)])
    assert_array_equal(frequency.steps(start, following), np.arange(1, n + 1))


@given(alias=st.sampled_from(["M", "Q-DEC", "h", "D", "2M"]), n=st.integers(1, 30))
def test_after_and_steps_are_inverse_for_periods(alias, n):
    frequency, start = Frequency(alias, periods=True), pd.Period("2024-02", freq=alias)
    following = frequency.after(start, n)
    assert following.equals(pd.period_range(start, periods=n + 1, freq=alias)[1:])
    assert_array_equal(frequency.steps(start, following), np.arange(1, n + 1))


@given(
    start=st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2030-01-01").date()),
    n=st.integers(1, 30),
)
def test_rows_after_a_trading_day_are_the_next_weekdays(start, n):
    assume(start.weekday() < 5)
    following = Frequency("B").after(pd.Timestamp(start), n)
    expected = [t for t in pd.date_range(start, periods=3 * n + 7)[1:] if t.weekday() < 5][:n]
    assert list(following) == expected


def test_clocks_that_change_change_no_step():
    index = pd.date_range("2024-03-30 22:00", periods=8, freq="h", tz="Europe/Berlin")
    assert_array_equal(Frequency("h").steps(index[0], index), np.arange(8))
    following = Frequency("h").after(index[3], 4)
    assert following.equals(index[4:])
    days = Frequency("D").after(pd.Timestamp("2024-03-30", tz="Europe/Berlin"), 2)
    assert [str(t) for t in days] == ["2024-03-31 00:00:00+01:00", "2024-04-01 00:00:00+02:00"]


@pytest.mark.parametrize(
    ("frequency", "start", "asked", "sentence"),
    [
        (Frequency("h"), "2024-01-01 00:00", "2024-01-01 03:30", "03:30:00 lies between two steps"),
        (Frequency("MS"), "2024-01-01", "2024-03-15", "2024-03-15 00:00:00 lies between two steps"),
        (Frequency("h"), "2024-01-01 09:00", "2024-01-01 03:30", "03:30:00 lies between two steps"),
    ],
)
def test_moments_between_two_steps_are_refused(frequency, start, asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        frequency.steps(pd.Timestamp(start), pd.DatetimeIndex([asked]))
    with pytest.raises(
        ValueError, match="10 lies between two steps: from 3 on, the rows come every 5"
    ):
        Frequency("", 5).steps(3, pd.Index([8, 10]))


def test_the_frequency_is_said_in_words():
    assert Frequency("h").describe() == "the rows come with frequency 'h'"
    assert Frequency("", 5).describe() == "the rows come every 5"
    assert Frequency("B").describe() == "the rows are trading days (weekdays, holidays missing)"


@pytest.mark.parametrize(
    ("index", "like", "sentence"),
    [
        (
            pd.Index([1, 2, 3]),
            pd.Timestamp("2024-01-01"),
            "the training rows are moments like .*2024-01-01.*, these",
        ),
        (
            pd.period_range("2024", periods=3, freq="h"),
            pd.Timestamp("2024-01-01"),
            "give the same kind",
        ),
        (
            moments("2024", 3, "h", "UTC"),
            pd.Timestamp("2024-01-01"),
            "have the time zone None, these UTC",
        ),
        (
            moments("2024", 3, "h", "UTC"),
            pd.Timestamp("2024-01-01", tz="Asia/Tokyo"),
            "zone Asia/Tokyo, these UTC",
        ),
        (
            moments("2024", 3, "D"),
            pd.Timestamp("2024-01-01"),
            "come with frequency 'h', but after 2024-01-01",
        ),
        (
            moments("2024", 9, "h").delete(4),
            pd.Timestamp("2024-01-01"),
            "2024-01-01 04:00:00 is missing",
        ),
    ],
)
def test_further_rows_must_be_of_the_same_kind_and_frequency(index, like, sentence):
    with pytest.raises(ValueError, match=sentence):
        Frequency("h").check(index, like)


def test_further_trading_days_may_have_other_holidays():
    Frequency("B").check(exchange(closed=[2, 3, 4]), pd.Timestamp("2023-01-02"))
    with pytest.raises(ValueError, match="is missing"):
        Frequency("B").check(exchange(closed=range(20, 40)), pd.Timestamp("2023-01-02"))


def test_an_index_that_only_numbers_the_rows_says_nothing():
    assert is_default(pd.RangeIndex(5))
    assert not is_default(pd.RangeIndex(1, 5))
    assert not is_default(pd.RangeIndex(0, 10, 2))
    assert not is_default(pd.Index([0, 1, 2]))


# Regularize


def test_regularize_opens_holes_and_merges_duplicates():
    times = pd.to_datetime(
        ["2024-01-01 03:10", "2024-01-01 00:00", "2024-01-01 03:40", "2024-01-01 01:00"]
    )
    frame = pd.DataFrame({"a": [1.0, 2.0, 5.0, 4.0], "b": [10.0, 20.0, 60.0, 40.0]}, index=times)
    index = pd.date_range("2024-01-01", periods=4, freq="h")
    expected = {
        "mean": 3.0,
        "sum": 6.0,
        "first": 1.0,
        "last": 5.0,
        "min": 1.0,
        "max": 5.0,
        "median": 3.0,
    }
    for how, value in expected.items():
        mended = regularize(frame, "h", how=how)
        assert_series_equal(
            mended["a"],
            pd.Series([2.0, 4.0, np.nan, value], index, name="a"),
            check_index_type=False,
        )


def test_regularize_fills_from_the_past_only():
    times = pd.to_datetime(["2024-01-01", "2024-01-04", "2024-01-06"])
    mended = regularize(pd.Series([1.0, np.nan, 7.0], index=times), "D", fill=True)
    assert_array_equal(mended, [1.0, 1.0, 1.0, 1.0, 1.0, 7.0])


def test_regularize_leaves_a_regular_table_as_it_is():
    frame = pd.DataFrame(
        {"a": np.arange(9.0)}, index=moments("2024-03-30 20:00", 9, "h", "Europe/Berlin")
    )
    assert_frame_equal(regularize(frame, "h"), frame, check_freq=False)
    again = regularize(frame.iloc[::-1], "h")
    assert_frame_equal(again, frame, check_freq=False)


def test_regularize_keeps_series_apart():
    index = pd.MultiIndex.from_tuples(
        [("b", "2024-01-03"), ("b", "2024-01-01"), ("a", "2024-02-01"), ("a", "2024-02-01")],
        names=["station", "time"],
    )
    frame = pd.DataFrame(
        {"t": [3.0, 1.0, 5.0, 7.0]},
        index=index.set_levels(pd.to_datetime(index.levels[1]), level=1),
    )
    mended = regularize(frame, "D")
    assert mended.index.names == ["station", "time"]
    assert_array_equal(mended.loc["b", "t"], [1.0, np.nan, 3.0])
    assert_array_equal(mended.loc["a", "t"], [6.0])


@given(keep=st.sets(st.integers(0, 40), min_size=2), seed=st.integers(0, 9))
def test_regularize_keeps_every_value_and_adds_only_gaps(keep, seed):
    index = moments("2024-01-01", 41, "D")[sorted(keep)]
    series = pd.Series(np.random.default_rng(seed).normal(size=len(index)), index)
    shuffled = series.sample(frac=1, random_state=seed)
    mended = regularize(shuffled, "D")
    assert_series_equal(mended.dropna(), series, check_freq=False)
    assert len(mended) == max(keep) - min(keep) + 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"freq": "D", "how": "avg"}, "how must be one of 'mean', 'sum', .*; got 'avg'"),
        ({"freq": "parsec"}, "freq 'parsec' is no pandas frequency: use 'h', 'D'"),
    ],
)
def test_regularize_refuses_what_it_does_not_know(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        regularize(pd.Series([1.0, 2.0], index=moments("2024", 2, "D")), **arguments)


def test_regularize_needs_timestamps():
    with pytest.raises(
        ValueError,
        match=r"regularize needs timestamps in the index; got int64\. Use pandas\.to_date",
    ):
        regularize(pd.Series([1.0, 2.0]), "D")


# Panels


def table(lengths=(5, 3, 4), interleaved=True):
    """Return a panel of three series, and X, whose first column is 100 · series + position."""
    tuples = [(key, t, 100 * s + i) for s, (key, n) in enumerate(zip("bac", lengths, strict=True))
              for i, t in enumerate(pd.date_range("2024-01-01", periods=n, freq="h"))]  # fmt: skip
    if interleaved:
        tuples.sort(key=lambda row: row[1])
    index = pd.MultiIndex.from_tuples([row[:2] for row in tuples])
    X = np.array([[row[2], -1.0] for row in tuples], dtype=float)
    return (*Panel.of(index, X, 2 * X[:, :1]), X)


def test_a_panel_holds_series_after_series():
    panel, rows, X = table()
    assert panel.keys == ("b", "a", "c")
    assert_array_equal(panel.X[:, 0], [0, 1, 2, 3, 4, 100, 101, 102, 200, 201, 202, 203])
    assert_array_equal(panel.X[rows], X)
    assert_array_equal(panel.bounds, [0, 5, 8, 12])
    assert_array_equal(panel.lengths, [5, 3, 4])
    assert_array_equal(panel.last, [4, 7, 11])
    assert_array_equal(panel.codes, [0] * 5 + [1] * 3 + [2] * 4)
    assert_array_equal(panel.position, [0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 2, 3])
    assert len(panel) == 12
    assert [panel.X[part, 0].tolist() for part in panel.series()][1] == [100, 101, 102]
    assert panel.name(6) == "2024-01-01 01:00:00 of series 'a'"
    assert list(panel.index(np.array([0, 7]))) == [
        ("b", pd.Timestamp("2024-01-01")),
        ("a", pd.Timestamp("2024-01-01 02:00")),
    ]


def test_a_single_series_has_no_name():
    index = moments("2024-01-01", 4, "h")
    panel, rows = Panel.of(index, np.zeros((4, 0)), np.arange(4.0)[:, None])
    assert panel.keys == (None,)
    assert_array_equal(rows, np.arange(4))
    assert panel.index(np.array([2])).equals(index[[2]])
    assert panel.name(2) == "2024-01-01 02:00:00"


def test_tail_take_and_select():
    panel, _, _ = table()
    assert_array_equal(panel.tail(2).X[:, 0], [3, 4, 101, 102, 202, 203])
    assert_array_equal(panel.tail(4).lengths, [4, 3, 4])
    assert_array_equal(panel.take(np.array([0, 4, 9])).lengths, [2, 0, 1])
    chosen = panel.select(np.array([2, 0]))
    assert chosen.keys == ("c", "b")
    assert_array_equal(chosen.X[:, 0], [200, 201, 202, 203, 0, 1, 2, 3, 4])
    assert_array_equal(chosen.bounds, [0, 4, 9])


def test_append_puts_rows_behind_those_of_their_series():
    panel, _, _ = table()
    head = Panel(
        panel.keys, *_cut(panel, [slice(0, 3), slice(5, 6), slice(8, 10)]), panel.frequency
    )
    rest = Panel(("c", "b"), *_cut(panel, [slice(10, 12), slice(3, 5)]), panel.frequency)
    both = head.append(rest)
    assert both.keys == ("b", "a", "c")
    assert_array_equal(both.X[:, 0], [0, 1, 2, 3, 4, 100, 200, 201, 202, 203])
    assert_array_equal(both.lengths, [5, 1, 4])
    assert_array_equal(both.times[both.last].hour, [4, 0, 3])


def _cut(panel, parts):
    rows = np.concatenate([np.arange(len(panel))[part] for part in parts])
    bounds = np.cumsum([0, *[part.stop - part.start for part in parts]])
    return bounds, panel.times[rows], panel.X[rows], panel.y[rows]


def test_extend_puts_future_rows_behind_each_series():
    panel, _, _ = table()
    longer = panel.extend(2)
    assert_array_equal(longer.lengths, [7, 5, 6])
    assert_array_equal(np.isnan(longer.y[:, 0]), longer.position >= np.repeat([5, 3, 4], [7, 5, 6]))
    assert_array_equal(longer.times[longer.last].hour, [6, 4, 5])
    assert_array_equal(longer.y[~np.isnan(longer.y[:, 0])], panel.y)


def naive_origins(panel, lookback, horizon):
    found = []
    for part in panel.series():
        for row in range(part.start, part.stop):
            if row - lookback + 1 >= part.start and row + horizon < part.stop:
                found += [row]
    return found


@given(
    lengths=st.lists(st.integers(2, 9), min_size=3, max_size=3),
    lookback=st.integers(1, 5),
    horizon=st.integers(1, 5),
)
def test_origins_have_their_history_and_future_in_their_series(lengths, lookback, horizon):
    panel, _, _ = table(lengths)
    assert_array_equal(panel.origins(lookback, horizon), naive_origins(panel, lookback, horizon))


@given(
    lengths=st.lists(st.integers(4, 12), min_size=3, max_size=3),
    horizon=st.integers(1, 3),
    fraction=st.floats(0.05, 0.9),
)
def test_split_leaks_no_target_of_the_later_part(lengths, horizon, fraction):
    panel, _, _ = table(lengths)
    origins = panel.origins(2, horizon)
    assume(len(origins))
    earlier, later = panel.split(origins, horizon, fraction)
    assert set(earlier) | set(later) <= set(origins)
    if set(earlier) == set(later) == set(origins):  # nothing was left for one of the parts
        return
    assert len(earlier)
    assert len(later)
    assert not set(earlier) & set(later)
    # in every series, what the earlier part learns from ends where the later part begins
    assert panel.times[earlier + horizon].max() <= panel.times[later].min()
    purged = sorted(set(origins) - set(earlier) - set(later))
    for row in purged:
        assert panel.times[row] < panel.times[later].min() < panel.times[row + horizon]


# Waves


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_waves_of_later_rows_continue_those_of_earlier_ones(zone):
    index = pd.date_range("2024-03-01", periods=400, freq="h", tz=zone)
    whole = fourier_terms(index, "7D", 3)
    assert list(whole)[:3] == ["sin 7D 1", "cos 7D 1", "sin 7D 2"]
    assert_frame_equal(
        fourier_terms(index[300:], pd.Timedelta("7D"), 3).set_axis(whole.columns, axis=1),
        whole[300:],
    )
    seconds = (index - pd.Timestamp(0, tz=zone and "UTC")) / pd.Timedelta("1s")
    assert_allclose(whole["cos 7D 3"], np.cos(2 * np.pi * 3 * seconds / (7 * 86400)), atol=1e-9)


def test_waves_of_integers_periods_and_many_series():
    assert_allclose(
        fourier_terms(pd.RangeIndex(3, 6), 12)["sin 12 1"], np.sin(2 * np.pi * np.arange(3, 6) / 12)
    )
    months = pd.period_range("2020-01", periods=24, freq="M")
    assert_allclose(
        fourier_terms(months, "365.25D"), fourier_terms(months.to_timestamp(), "365.25D")
    )
    many = pd.MultiIndex.from_product([["a", "b"], months])
    both = fourier_terms(many, "365.25D")
    assert both.index.equals(many)
    assert_allclose(both.loc["b"], both.loc["a"])


@pytest.mark.parametrize(
    ("index", "period", "words"),
    [
        (pd.RangeIndex(5), "7D", "a positive number of rows for this index; got '7D'"),
        (pd.RangeIndex(5), 0, "a positive number of rows"),
        (pd.date_range("2024", periods=5), "7", "a positive length of time"),
        (pd.date_range("2024", periods=5), np.int64(7), "a positive length of time"),
        (pd.RangeIndex(5), np.inf, "a positive number of rows"),
        (
            pd.date_range("2024", periods=5),
            7,
            "a positive length of time such as '7D' for this index; got 7",
        ),
        (pd.date_range("2024", periods=5), "week", "a positive length of time"),
        (pd.date_range("2024", periods=5), "-1D", "a positive length of time"),
    ],
)
def test_wrong_periods_are_refused(index, period, words):
    with pytest.raises(ValueError, match=words):
        fourier_terms(index, period)


@pytest.mark.parametrize(
    ("index", "words"), [([1, 2], "got list"), (pd.Index(["a"]), "timestamps, periods or integers")]
)
def test_waves_of_what_is_no_index_are_refused(index, words):
    with pytest.raises(TypeError, match=words):
        fourier_terms(index, 7)
