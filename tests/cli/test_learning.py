"""Learning from all rows: what the saved forecaster keeps beside what it has learned."""

from shop import command

from forecast import load


def test_a_forecaster_keeps_its_horizon_and_how_its_file_was_read():
    command(
        "fit", "sales.csv", "--model", "naive", "--time", "day", "--horizon", "4", "--save", "m"
    )
    model = load("m")
    assert model.asked_horizon_ == 4
    assert model.reading_["time"] == ["day"]
