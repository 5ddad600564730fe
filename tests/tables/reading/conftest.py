"""A file of one's own for each test of reading."""

import pandas as pd
import pytest


@pytest.fixture
def file(tmp_path):
    """Return a function that writes text, bytes or a frame (as Parquet) and returns the path."""

    def write(content, name="my.csv"):
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content.to_parquet(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
