"""TensorFlow and Keras, loaded once and quietly: all that trains takes them from here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from forecast.exceptions import InputError


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what TensorFlow's libraries write to stderr while they load from the user."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _require_tensorflow(backend: str) -> None:
    """Refuse Keras on anything else."""
    if backend != "tensorflow":
        raise InputError(
            f"Keras runs on {backend}, fit needs TensorFlow: set KERAS_BACKEND=tensorflow."
        )


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Before the import, since Keras fails on a backend that is not installed.
_require_tensorflow(os.environ.setdefault("KERAS_BACKEND", "tensorflow"))
with _silence():
    import keras
    import tensorflow as tf
# Who has imported Keras before may have chosen otherwise.
_require_tensorflow(keras.backend.backend())
# TensorFlow warns of what is meant here: a function of its own for each network.
tf.get_logger().addFilter(lambda record: "retracing" not in record.getMessage())
