"""docs/command.md and sources.md show what the command prints, and name options that there are."""

import re
import shlex
from itertools import zip_longest
from pathlib import Path

import pytest
from shop import COMMANDS, command

from forecast.presets import MODELS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("command.md", "sources.md")}
PAGE = PAGES["command.md"]


def blocks(language, page):
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


def shown(page):
    """Return each command of a page with the lines below it."""
    text = "\n".join(blocks("console", page)).replace("\\\n", " ")
    for part in re.split(r"^\$ forecast ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield shlex.split(line), [each for each in output.splitlines() if each.strip()]


def words(line, timed):
    """Split a line into words; leave out seconds, which no two runs have in common."""
    if line.startswith("learned in "):
        return ["learned"]
    parts = line.split()
    if timed is not None and len(parts) > timed and parts[0] in MODELS:
        del parts[timed + 1]
    return parts


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_what_the_command_prints(name):
    space: dict = {}
    for block in blocks("python", PAGES[name]):
        exec(compile(block, name, "exec"), space)
    called = []
    for arguments, expected in shown(PAGES[name]):
        ran = command(*arguments)
        refused = expected[0].startswith(f"forecast {arguments[0]}: ")
        assert ran.code == (2 if refused else 0), ran.err
        printed = [line for line in (ran.err + ran.out).splitlines() if line.strip()]
        headers = [line.split() for line in printed if "seconds" in line]
        timed = headers[0].index("seconds") if headers else None
        for got, line in zip_longest(printed, expected, fillvalue="nothing"):
            assert words(got, timed) == words(line, timed), arguments
        called.append(arguments[0])
    # What a machine has is no two machines' answer, and what a shell reads is not for people.
    if name == "command.md":
        assert set(called) == set(COMMANDS) - {"doctor", "completion"}


def test_every_option_on_the_page_exists():
    known = set()
    for name in COMMANDS:
        known |= set(re.findall(r"--[a-z-]+", command(name, "--help").out))
    for page in PAGES.values():
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page)) <= known


def test_every_option_of_the_command_is_on_the_page():
    helps = "".join(command(name, "--help").out for name in COMMANDS)
    options = set(re.findall(r"^  (?:-\w.*, )?(--[a-z-]+)", helps, flags=re.MULTILINE))
    assert options - set(re.findall(r"--[a-z-]+", PAGE)) <= {"--help", "--save", "--export"}
    for model in MODELS:
        assert model in PAGE
