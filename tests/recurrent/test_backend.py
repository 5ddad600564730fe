"""TensorFlow, loaded once and quietly."""

import subprocess
import sys


def test_another_backend_of_keras_is_refused_with_the_remedy():
    code = "import os; os.environ['KERAS_BACKEND'] = 'numpy'; import forecast.recurrent.backend"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "set KERAS_BACKEND=tensorflow" in done.stderr
