"""What a run was made of: the data and what was done to it, settings, versions, the command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from forecast.evaluation.results import Backtest
from forecast.report.moments import moment, zone_of
from forecast.wording import decimals_of, not_scored, number, set_aside, some_of

# The settings of a run as the page names them, in this order; those that are missing are left out.
_SETTINGS = {
    "horizon": "steps ahead",
    "origins": "origins",
    "step": "rows from one origin to the next",
    "gap": "rows between an origin and the first step",
    "window": "rows to learn from",
    "refit": "learned anew",
    "season_length": "season length",
    "seed": "seed",
    "data": "hash of the data",
}


class Group(NamedTuple):
    """A heading and what stands below it: names and texts."""

    title: str
    entries: list[tuple[str, str]]


def notes(result: Backtest) -> list[str]:
    """Return what was read and repaired, and which series and models went without an answer."""
    settings = result.settings
    said = [str(note).strip() for note in settings.get("notes", [])]
    # The command has said it with its remedy; the library alone leaves it to the page.
    if "remarks" in settings:
        return said + list(settings["remarks"])
    aside = settings.get("set_aside") or {}
    said += [set_aside(model, others) for model, others in aside.items()]
    if result.left_out:
        said.append(not_scored(result.left_out, most=20))
    return said


def groups(result: Backtest, profile: Mapping[str, Any]) -> list[Group]:
    """Return data, settings, models and versions as far as they are known."""
    table, settings = result.forecasts, result.settings
    moments = table["timestamp"]
    data = {
        "source": settings.get("source"),
        "target": settings.get("target"),
        "series": number(table["series"].nunique(), 0),
        "moments": f"{moment(moments.min())} to {moment(moments.max())}, forecast and known",
        "time zone": zone_of(moments) if hasattr(moments.dtype, "tz") else None,
    }
    found = [
        Group("Data", _entries(data)),
        Group("What was seen in the data", _entries(_seen(profile, settings.get("target")))),
        Group("Settings", _entries({text: settings.get(key) for key, text in _SETTINGS.items()})),
        Group("Models", _entries(settings.get("models", {}))),
        Group("Versions", _entries(settings.get("versions", {}))),
    ]
    return [group for group in found if group.entries]


def attention(profile: Mapping[str, Any]) -> list[str]:
    """Return what the look at the data says that one should know."""
    return [str(sentence) for sentence in profile.get("attention", [])]


def _seen(profile: Mapping[str, Any], target: str | None) -> dict[str, Any]:
    """Return what the look at the data found, in a few words each."""
    lengths = profile.get("lengths", {})
    column = profile.get("columns", {}).get(target, {})
    trend = column.get("trend")
    seasons = [
        f"{season['name']} ({season['rows']} rows, strength {season['strength']:.2f})"
        for season in column.get("seasons", [])
    ]
    span = [_moment(profile[end]) for end in ("begin", "end") if profile.get(end) is not None]
    values = [column[name] for name in ("least", "median", "largest") if name in column]
    return {
        "rows": profile.get("rows"),
        "from and to": " to ".join(span),
        "frequency": profile.get("frequency"),
        "rows of a series": lengths if len(set(lengths.values())) > 1 else None,
        "holes": len(profile.get("holes", [])) or None,
        "least, median, largest": values,
        "missing values": column.get("missing") or None,
        "seasons": seasons,
        "strength of the trend": None if trend is None else f"{trend:.2f}",
        "outliers": len(column.get("outliers", [])) or None,
        "read as": [f"{name} {mark!r}" for name, mark in profile.get("marks", {}).items()],
    }


def _moment(value: Any) -> str:
    """Write a moment of a profile without midnight."""
    return str(value).replace("T", " ").removesuffix(" 00:00:00")


def command(settings: Mapping[str, Any]) -> str | None:
    """Return the command that made the run, if it is known."""
    arguments = settings.get("command")
    return shlex.join(["forecast", *map(str, arguments)]) if arguments else None


def _entries(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is known as pairs of texts."""
    return [(str(name), _text(value)) for name, value in values.items() if _is_known(value)]


def _is_known(value: Any) -> bool:
    """Whether a value says something."""
    return value is not None and value != "" and value != [] and value != {}


def _text(value: Any) -> str:
    """Write a value for people; of a long list, the beginning."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return some_of([_text(each) for each in value], most=12)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(each)}" for key, each in value.items())
    if isinstance(value, float):
        return number(value, decimals_of(pd.Series([value])))
    if isinstance(value, int):
        return number(value, 0)
    return str(value)
