"""The schedule: the estimator's arguments that say how to learn."""

from forecast import LSTMForecaster
from forecast.recurrent.schedule import Schedule, batch_size_for


def test_a_schedule_is_made_of_the_arguments_of_its_names():
    model = LSTMForecaster(epochs=3, batch_size=7, learning_rate=0.2, patience=4)
    assert Schedule.of(model) == Schedule(3, 7, 0.2, 4, decay=0.0)


def test_an_epoch_over_few_samples_has_eight_batches():
    assert [batch_size_for(n, 32) for n in (1, 8, 79, 256, 1000)] == [1, 1, 9, 32, 32]
