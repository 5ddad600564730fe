"""``--code``: the plain Python script that does what a command has done."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.common import OUTPUT, Parser, check_free, tell
from forecast.cli.parted import said_of_table
from forecast.cli.reading import READING
from forecast.cli.source import Source

if TYPE_CHECKING:
    from forecast.evaluation.results import Backtest

_LOADERS = {"weather": 'load_weather("JFK", fill=True)', "stocks": "load_stocks(None)"}


def add_code(parser: Parser) -> None:
    """Add the option that writes the script."""
    parser.group(OUTPUT).add_argument(
        "--code",
        metavar="PY",
        type=Path,
        help="write the Python script that does the same with the library",
    )


def check_code(args: argparse.Namespace) -> None:
    """Refuse, before the work, a place where the script cannot be written."""
    check_free(args.code, args.force)


def write_code(args: argparse.Namespace, *parts: str) -> None:
    """Write a script of its parts, below the names that they import."""
    from importlib import import_module

    from forecast.files import write_beside

    if args.code is None:
        return
    body = "\n".join(parts)
    words = set(re.findall(r"\b\w+(?=\()", body))
    imported = [
        "from forecast import (",
        *(f"    {name}," for name in sorted(words.intersection(dir(import_module("forecast"))))),
    ]
    if "pd." in body:
        imported.insert(0, "import pandas as pd\n")
    command = shlex.join(["forecast", *args.command_line])
    text = "\n".join([f'"""Does what this does: {command}."""', "", *imported, ")", "", body])
    write_beside(args.code, lambda file: file.write_text(text, encoding="utf-8"))
    tell(args, f"written to {args.code}: the script that does the same")


def reading_code(source: Source, args: argparse.Namespace) -> str:
    """Return the lines that read the table and part it into history and rows to forecast."""
    # What is said of a file at the command line is an argument of `read`.
    said = {name: getattr(args, name) for name in READING if getattr(args, name)}
    arguments = ", ".join([repr(args.source), *(f"{name}={said[name]!r}" for name in said)])
    columns = [*source.past, *source.future]
    targets = source.targets
    X = f"frame[{columns!r}]" if columns else "None"
    y = f"frame[{targets[0]!r}]"
    lines = [f"frame = {_LOADERS.get(args.source, f'read({arguments})')}"]
    if len(targets) > 1:
        lines.append(f"targets = {targets!r}  # so many series")
        stacked = "pd.concat({{name: {} for name in targets}}, names=['series'])"
        X = stacked.format(X) if columns else "None"
        y = f"{stacked.format('frame[name]')}.rename({source.y.name!r})"
    lines.append(f"X, y, ahead = part_at_last_value({X}, {y})")
    return "\n".join([*lines, ""])


def stored_code(args: argparse.Namespace) -> str:
    """Return the line that finds a table which is read in parts."""
    return f"table = StoredTable({', '.join([repr(args.source), _named(said_of_table(args))])})\n"


def backtest_code(result: Backtest, table: str = "X, y") -> str:
    """Return the lines that make a backtest of a table, given by the arguments of its names."""
    settings = result.settings
    models = [f"    {name!r}: {written}," for name, written in settings["models"].items()]
    cv = {"horizon": settings["horizon"], "origins": settings["origins"], "step": settings["step"]}
    arguments = {
        "refit": settings["refit"],
        "quantiles": result.quantiles,
        "season_length": settings["season_length"],
    }
    return "\n".join(
        [
            "models = {",
            *models,
            "}",
            f"cv = RollingOrigin({_named(cv)})",
            f"result = backtest(models, {table}, cv, {_named(arguments)})",
            "print(result.scores())",
            "",
        ]
    )


def fitting_code(forecaster: Any, source: Source) -> str:
    """Return the lines that learn from all rows."""
    features = "X" if forecaster._reads_features and len(source.X.columns) else "None"
    return f"model = {_written(forecaster)}\nmodel.fit({features}, y)\n"


def forecast_code(needs_rows: bool, source: Source, coverage: float) -> str:
    """Return the lines that forecast the horizon."""
    steps = source.horizon
    asked: Any = steps
    if needs_rows:
        several = source.y.index.nlevels > 1
        asked = f"ahead.groupby(level=0).head({steps})" if several else f"ahead.head({steps})"
    return f"print(model.forecast({asked}, coverage={coverage}))\n"


def _named(arguments: dict[str, Any]) -> str:
    """Write arguments by their names."""
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _written(forecaster: Any) -> str:
    """Write a forecaster in one line, however long."""
    whole = forecaster.__repr__(N_CHAR_MAX=10**9)
    return " ".join(whole.split())
