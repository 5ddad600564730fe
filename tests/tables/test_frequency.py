"""Frequencies are recognised, and never guessed into holes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forecast.tables.frequency import Frequency, infer_frequency


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
    "two months only": (moments("2024-01-01", 2, "MS"), "MS", 12),
    "two month ends only": (moments("2024-01-31", 2, "ME"), "ME", 12),
    "two quarters only": (moments("2024-01-01", 2, "QS"), "QS-JAN|QS-OCT", 4),
    "business month ends": (moments("2024-01-31", 9, "BME"), "BME", 12),
    "business month starts": (moments("2024-02-01", 9, "BMS"), "BMS", 12),
    "business quarter ends": (moments("2024-03-29", 9, "BQE"), "BQE-DEC", 4),
    "business quarter starts": (moments("2023-01-02", 9, "BQS"), "BQS-JAN|BQS-OCT", 4),
    "15th of months": (moments("2024-01-01", 9, "MS") + pd.Timedelta("14D"), "MS+14D", 12),
    "15th of two months": (moments("2024-01-01", 2, "MS") + pd.Timedelta("14D"), "MS+14D", 12),
    "15th of months of a zone": (
        pd.DatetimeIndex([pd.Timestamp(2024, m, 15, tz="Europe/Berlin") for m in range(1, 9)]),
        "MS+14D",
        12,
    ),
    "middle of quarters": (
        pd.DatetimeIndex([pd.Timestamp(2024, m, 15) for m in (2, 5, 8, 11)]),
        "QS-FEB+14D|QS-NOV+14D",
        4,
    ),
    "the 4th of July": (
        pd.DatetimeIndex([pd.Timestamp(y, 7, 4) for y in range(2000, 2009)]),
        "YS-JUL+3D",
        1,
    ),
    "1st and 15th": (moments("2024-01-01", 9, "SMS"), "SMS-15", 24),
    "15th and last": (moments("2024-01-15", 9, "SME"), "SME-15", 24),
    "28 days": (moments("2024-01-15", 9, "28D"), "4W-MON", 13),
}


@pytest.mark.parametrize("kind", KINDS)
def test_frequencies_are_recognised(kind):
    index, alias, season_length = KINDS[kind]
    frequency = infer_frequency(index)
    # Versions of pandas name the same quarters by different months.
    assert frequency in [Frequency(name) for name in alias.split("|")]
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


@pytest.mark.parametrize(
    ("spelled", "alias", "season_length"),
    [
        ("24h", "D", 7),
        ("7D", "7D", 52),
        ("900s", "15min", 96),
        ("28D", "28D", 13),
        ("60s", "min", 1440),
        ("60min", "h", 24),
        ("48h", "2D", 1),
    ],
)
def test_a_season_does_not_depend_on_how_a_frequency_is_spelled(spelled, alias, season_length):
    index = pd.date_range("2024-01-01", periods=9, freq=spelled)
    assert infer_frequency(index) == Frequency(alias)
    assert infer_frequency(index).season_length == season_length
    # The moments alone tell the same season.
    assert infer_frequency(pd.DatetimeIndex(index.to_list())).season_length == season_length


def test_months_on_one_day_go_on_on_that_day():
    days = pd.DatetimeIndex([pd.Timestamp(2024, month, 15) for month in (10, 11, 12)])
    frequency = infer_frequency(days)
    following = frequency.after(days[-1], 3)
    assert list(following) == [pd.Timestamp(2025, month, 15) for month in (1, 2, 3)]
    assert_array_equal(frequency.steps(days[0], following), [3, 4, 5])
    with pytest.raises(ValueError, match="2025-01-16 00:00:00 lies between two steps"):
        frequency.steps(days[0], pd.DatetimeIndex(["2025-01-16"]))


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
        "2024-01-03 00:00:00 stands twice. If a column tells its rows apart, index by "
        "(series, timestamp); else merge them with forecast.regularize(frame, 'D', how='mean')",
    ),
    "unsorted": (
        moments("2024-01-01", 6, "D")[[0, 1, 3, 2, 4, 5]],
        "2024-01-03 00:00:00 comes after 2024-01-04 00:00:00: the rows are not sorted. "
        "Use frame.sort_index()",
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
        "2024-03-31 17:00:00+02:00 is missing (2 rows are) although the rows come with "
        "frequency 'h'. "
        "Mend it with forecast.regularize(frame, 'h', fill=True)",
    ),
    "hole in months": (
        moments("2024-01-01", 12, "MS").delete(5),
        "2024-06-01 00:00:00 is missing (1 row",
    ),
    "off the grid": (
        moments("2024-01-01", 30, "h").insert(12, pd.Timestamp("2024-01-01 11:20")),
        "2024-01-01 11:20:00 lies off the grid of frequency 'h'. Merge the rows of each step with "
        "forecast.regularize(frame, 'h', how='mean'), or 'sum', 'count', …",
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
        "after 2024-02 comes 2024-04, but the rows come every 'M'. "
        "Add the missing rows with frame.reindex",
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


def test_a_row_without_a_series_is_refused():
    days = pd.date_range("2024-01-01", periods=3)
    index = pd.MultiIndex.from_arrays([["a", "a", None], days])
    with pytest.raises(ValueError, match="row 2 has no name of its series"):
        infer_frequency(index)


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
