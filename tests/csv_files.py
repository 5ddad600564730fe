"""The texts of small tables, which the tests of reading write to files."""

import pandas as pd

DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]
INDEX = pd.date_range("2013-01-01", periods=3, freq="D", name="day")


def csv_of(times, values=(1, 2, 3), delimiter=",", header=("time", "y")):
    """Return the text of a table of two columns."""
    rows = [header, *zip(times, values, strict=True)]
    return "".join(f"{a}{delimiter}{b}\n" for a, b in rows)
