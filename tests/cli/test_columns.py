"""Columns of SOURCE: which plays which part, and what is said where none can."""

from shop import SMALL, command, sales

from forecast.tables.reading.reader import Reading


def test_unknown_columns_are_refused_with_the_nearest_name(refused):
    for flags in (
        ("--target", "slaes"),
        ("--target", "temp", "--past", "slaes"),
        ("--target", "temp", "--future", "slaes"),
    ):
        sentence = refused("backtest", "wide.csv", *SMALL, *flags)
        assert "'slaes'; did you mean 'sales'?" in sentence
    flags = ("--target", "sales")
    assert "did you mean 'day'?" in refused("backtest", "wide.csv", *flags, "--time", "dya")
    assert "did you mean 'shop'?" in refused("backtest", "long.csv", *flags, "--series", "shpo")


def test_several_numeric_columns_need_a_target(refused):
    sentence = refused("backtest", "wide.csv", *SMALL)
    assert "--target" in sentence
    assert "'sales', 'temp', 'promo'" in sentence


def test_a_column_cannot_play_two_parts(refused):
    for flags in (
        ("--past", "sales"),
        ("--past", "temp", "--future", "temp"),
        ("--past", "temp,temp"),
    ):
        assert "once" in refused("backtest", "wide.csv", *SMALL, "--target", "sales", *flags)


def test_the_target_is_not_what_remains_of_several_columns(refused, monkeypatch):
    """Of a date, a name and a number the number is not the only column there was."""
    note = "left out 'name' (text)"
    frame = sales()[["sales"]]
    monkeypatch.setattr(
        "forecast.tables.reading.reader.read_noting", lambda *_: Reading(frame, [note])
    )
    sentence = refused("fit", "sales.csv", "--model", "naive", "--save", "m")
    assert "--target; there are: 'sales'; left out 'name' (text)" in sentence
    flags = ("--model", "naive", "--save", "m", "--target")
    assert note in refused("fit", "sales.csv", *flags, "name")
    ran = command("fit", "sales.csv", *flags, "sales")
    assert ran.code == 0, ran.err
    assert f"\n  {note}\n" in ran.err


def test_what_can_be_no_number_leaves_no_choice(monkeypatch):
    """Neither a second column of dates, nor row numbers, nor the texts of events are targets."""
    frame = sales()[["sales"]]
    counts = frame.rename(columns={"sales": "count"})
    cases = [
        (frame, "left out 'ordered' (dates like '2022-11-27')"),
        (frame, "left out 'column 1' (it numbers the rows)"),
        (counts, "left out 'what' (text like 'a click')"),
    ]
    for table, note in cases:
        reading = Reading(table, [note])
        monkeypatch.setattr("forecast.tables.reading.reader.read_noting", lambda *_, r=reading: r)
        ran = command("fit", "sales.csv", "--model", "naive", "--save", "m", "--force")
        assert ran.code == 0, ran.err
        assert f"target {table.columns[0]}\n  {note}\n" in ran.err
