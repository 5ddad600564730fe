"""The report as one HTML file: templates, style, program and data, and no word to any network."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from forecast import __version__
from forecast.evaluation.results import Backtest
from forecast.files import write_beside
from forecast.report.data import Contents, contents
from forecast.report.extras import Extras

_STYLES = ("page", "tables", "charts", "paper")
# Each part uses those before it only.
_SCRIPT = (
    "page",
    "moments",
    "block",
    "chart",
    "view",
    "search",
    "explorer",
    "errors",
    "tables",
    "begin",
)


def write_report(result: Backtest, path: str | Path, extras: Extras | None = None) -> Path:
    """Write the report of a backtest.

    Parameters
    ----------
    result : Backtest
    path : str or Path
        The HTML file; replaced if it exists.
    extras : Extras, optional
        What lies beside the backtest: the forecast past the end, the choice, the profile.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the file cannot be written, or the forecast is not one of what was backtested.
    """
    path = Path(path)
    page = render(contents(result, extras or Extras()))
    write_beside(path, lambda beside: beside.write_text(page, encoding="utf-8"))
    return path


def render(it: Contents) -> str:
    """Return the page that shows all of it."""
    environment = Environment(
        loader=PackageLoader("forecast.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The parts of the program know each other, and nothing outside knows them.
    parts = "\n".join(_asset(f"script/{name}.js") for name in _SCRIPT)
    library = f"/*\n{_asset('uplot/LICENSE')}*/\n{_asset('uplot/uPlot.iife.min.js')}"
    scripts = [library, f'"use strict";\n(() => {{\n{parts}}})();\n']
    styles = [_asset("uplot/uPlot.min.css"), *(_asset(f"style/{name}.css") for name in _STYLES)]
    return environment.get_template("report.html").render(
        it=it,
        data=_charts(it),
        policy=_policy(scripts),
        scripts=scripts,
        styles="\n".join(styles),
        version=__version__,
    )


def _charts(it: Contents) -> dict[str, Any]:
    """Return what the program of the page draws from."""
    moments = {"zone": it.zone, "has_clock": it.has_clock}
    forecast = {} if it.forecast is None else {"forecast": it.forecast.chart}
    return {**moments, **forecast, "forecasts": it.chart, **it.errors.charts}


def _asset(name: str) -> str:
    """Return the text of a file of ours, or of a library that is shipped with its licence."""
    return files("forecast.report").joinpath("assets", name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """Allow these scripts and no other, styles and pictures of the page itself, and no network."""
    digests = [hashlib.sha256(script.encode("utf-8")).digest() for script in scripts]
    sources = [f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests]
    return (
        f"default-src 'none'; script-src {' '.join(sources)}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
