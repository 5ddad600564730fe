"""The schedule: the estimator's arguments that say how to learn."""

from forecast import LSTMForecaster
from forecast.recurrent.schedule import Schedule


def test_a_schedule_is_made_of_the_arguments_of_its_names():
    model = LSTMForecaster(epochs=3, batch_size=7, learning_rate=0.2, patience=4)
    assert Schedule.of(model) == Schedule(3, 7, 0.2, 4, decay=0.0)
