"""The shapes in which people have their series are read as they were written, and as docs/files.md
says.
"""

import re
import shlex
from pathlib import Path

import pytest
from file_judge import difference, judge
from file_product import Written
from file_shapes import SHAPES

from forecast import read
from forecast.cli.main import main

PAGE = Path(__file__).parents[3] / "docs" / "files.md"
COMMANDS = re.findall(r"`forecast (backtest .*)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
# Shapes that have to be told something, and ask for it.
ASKING = [name for name, make in SHAPES.items() if make().said and name != "events.csv"]


def write(name, folder):
    """Write the file of a shape into a folder."""
    shape = SHAPES[name]()
    path = folder / name
    path.write_bytes(shape.text.encode(shape.encoding))
    return shape, path


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_read_as_it_was_written(tmp_path, name):
    shape, path = write(name, tmp_path)
    frame = read(path, **shape.said)
    assert difference(frame, shape.frame) == ""
    assert list(frame.columns) == list(shape.frame.columns)


@pytest.mark.parametrize("name", ASKING)
def test_what_has_to_be_said_is_asked_for(tmp_path, name):
    shape, path = write(name, tmp_path)
    written = Written(path.read_bytes(), shape.frame, keywords={}, answers={})
    verdict = judge(written, path)
    assert (verdict.word, verdict.healed) == ("refused", "right"), verdict


def test_the_page_has_a_command_for_each_shape():
    assert sorted(shlex.split(command)[1] for command in COMMANDS) == sorted(SHAPES)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(tmp_path, monkeypatch, command):
    arguments = shlex.split(command)
    write(arguments[1], tmp_path)
    monkeypatch.chdir(tmp_path)
    quick = ["--models", "naive", "--horizon", "2", "--origins", "2"]
    assert main([*arguments, *quick]) == 0
