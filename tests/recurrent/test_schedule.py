"""The schedule: the estimator's arguments that say how to learn."""

from forecast import LSTMForecaster
from forecast.recurrent.schedule import Schedule


def test_a_schedule_is_made_of_the_arguments_of_its_names():
    model = LSTMForecaster(
        loss="huber", dropout=0.5, epochs=3, batch_size=7, learning_rate=0.2, patience=4
    )
    assert Schedule.of(model) == Schedule("huber", 0.5, 3, 7, 0.2, 4)
