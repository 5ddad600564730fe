"""What the tests of tables share."""

import postgres
import pytest


@pytest.fixture(scope="session")
def server():
    """Start a PostgreSQL; where there is none, say how to get one."""
    if not postgres.is_installed():
        pytest.skip(postgres.HOW_TO_GET_IT)
    with postgres.server() as address:
        yield address
