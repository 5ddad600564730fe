"""The file that the tests of its parts change."""

import pytest
from cases import fitted

from forecast import save


@pytest.fixture
def path(tmp_path):
    return save(fitted("WindowForecaster-Ridge"), tmp_path / "model.seqcast")
