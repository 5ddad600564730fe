"""A profile in words: what needs attention first, then what was read, and each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forecast.profiling.attention import needs_attention
from forecast.profiling.close_look import CloseLook
from forecast.profiling.columns import ColumnProfile
from forecast.profiling.phrases import moment_in_words, value_in_words, whole
from forecast.wording import number

if TYPE_CHECKING:
    from forecast.profiling.profile import Profile

_MOST_LINES = 20  # on what needs attention
_MOST_COLUMNS = 12  # that are described
_RARE = {"intermittent", "lumpy"}  # demand that croston and tsb are made for


def sections(profile: Profile) -> list[tuple[str, list[str]]]:
    """Return the sections of a profile: the heading of each, and its lines."""
    ahead = [f"{name}: {reason}" for name, reason in profile.known_ahead.items()]
    parts = [
        ("needs attention", _at_most(list(needs_attention(profile))) or ["nothing"]),
        ("read", [*_marks_in_words(profile.marks), *profile.notes]),
        *[(column.name, _column_in_words(profile, column)) for column in _described(profile)],
        ("looks known ahead (a suggestion)", ahead),
    ]
    n_more = len(profile.columns) - _MOST_COLUMNS
    if n_more > 0:
        parts.append(("other columns", [f"{n_more} more: the JSON form has all of them"]))
    return [(summary(profile), []), *((heading, lines) for heading, lines in parts if lines)]


def _at_most(lines: list[str]) -> list[str]:
    """Return so many lines as people read, and how many more there are."""
    n_more = len(lines) - _MOST_LINES
    return lines if n_more <= 0 else [*lines[:_MOST_LINES], f"and {n_more} more"]


def summary(profile: Profile) -> str:
    """Say how many series and rows there are, from when to when, at which frequency."""
    extent = profile.extent
    begin, end = (moment_in_words(moment) for moment in (extent.begin, extent.end))
    said = f"{whole(extent.rows, 'row')} from {begin} to {end}"
    if profile.n_series > 1:
        said = f"{profile.n_series} series, {said}"
    zone = f" ({profile.time_zone})" if profile.time_zone else ""
    season = f", season length {profile.frequency.season_length}"
    return f"{said}{zone}; {profile.frequency.describe()}{season}"


def _described(profile: Profile) -> list[ColumnProfile]:
    """Return the columns that are described, the target first."""
    columns = list(profile.columns.values())
    columns.sort(key=lambda column: column.name != profile.target)
    return columns[:_MOST_COLUMNS]


def _column_in_words(profile: Profile, column: ColumnProfile) -> list[str]:
    """Describe a column."""
    if column.begin is None:
        return ["no value"]
    numbers = (column.least, column.largest, column.median)
    least, largest, median = map(value_in_words, numbers)
    lines = [f"from {least} to {largest}, median {median}"]
    if _RARE & set(column.kinds or {}):
        lines.append(_demand_in_words(column))
    if column.close is None or not column.close.looked_at:
        return lines
    return [*lines, *_close_in_words(profile, column.close)]


def _demand_in_words(column: ColumnProfile) -> str:
    """Say how often demand comes, and of which kind it is."""
    assert column.demand is not None
    kinds = column.kinds or {}
    n_series = sum(kinds.values())
    kind = next(iter(kinds)) if len(kinds) == 1 else ", ".join(f"{n} {k}" for k, n in kinds.items())
    interval, variation = column.demand
    among = f" in {n_series} series with zeros" if n_series > 1 else ""
    return (
        f"demand{among}: {kind} (ADI {number(interval, 2)}, CV² {number(variation, 2)}); "
        "croston and tsb are made for it"
    )


def _close_in_words(profile: Profile, close: CloseLook) -> list[str]:
    """Say which seasons there are, and how strong they and the trend are."""
    looked = f" of the {close.looked_at} longest series"
    of = looked if close.looked_at < profile.n_series else ""
    many = close.looked_at > 1
    seasons = [
        f"{season.name or 'season'} ({season.rows} rows, strength {number(season.strength, 2)}"
        f"{f', in {season.series} of {close.looked_at} series' if many else ''})"
        for season in close.seasons
    ]
    lines = [
        f"seasons{of}: {', '.join(seasons) or 'none'}",
        f"trend{of}: strength {number(close.trend or 0, 2)}",
    ]
    if close.has_tails:
        share = f"{len(close.outliers) / close.values:.1%}"
        lines.append(
            f"{whole(len(close.outliers), 'value')} ({share}) far outside: "
            "heavy tails rather than errors"
        )
    return lines


def _marks_in_words(marks: Mapping[str, str]) -> list[str]:
    """Say which signs a file has."""
    signs = {"\t": "tab", " ": "blanks", ",": "comma", ";": "semicolon", "|": "pipe", ".": "point"}
    said = [f"{name} {signs.get(mark, mark)}" for name, mark in marks.items()]
    return [", ".join(said)] if said else []
