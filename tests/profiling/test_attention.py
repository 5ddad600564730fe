"""What is planted in a table needs attention."""

from analyst_files import store_sales, visits

from forecast.profiling.attention import needs_attention
from forecast.profiling.profile import Profile


def attention(frame, target=None, **said):
    return list(needs_attention(Profile.from_frame(frame, target, **said)))


def test_what_is_planted_needs_attention():
    assert attention(visits().set_index("date"), "visits") == [
        "13 rows without any value in 3 places, the longest (9) from 2023-02-05 to 2023-02-13",
        "visits: 307 in 14 rows on end, from 2023-07-05 to 2023-07-18",
        "visits: 1 value far outside: 819 at 2022-10-28 (about 306 expected)",
    ]


def test_stores_that_open_and_close_need_attention():
    assert attention(store_sales().set_index(["store", "month"])) == [
        "begins late: Fulda (2022-03-01)",
        "ends early: Essen (2021-04-01)",
    ]


def test_faults_come_first():
    frame = store_sales().set_index(["store", "month"])
    assert attention(frame, faults=["It was refused."])[0] == "It was refused."


def test_columns_of_a_wide_table_begin_late_as_well():
    wide = store_sales().pivot(index="month", columns="store", values="sales")
    lines = attention(wide)
    assert lines[0] == "begins late: Fulda (2022-03-01)"
    assert "Essen (2021-04-01)" in lines[1]
