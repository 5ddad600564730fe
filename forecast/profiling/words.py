"""A profile in words: what needs attention first, then what was read, and each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from forecast.profiling.close_look import CloseLook
from forecast.profiling.columns import ColumnProfile
from forecast.profiling.decomposition import FEW
from forecast.profiling.extent import Stretch
from forecast.wording import counted, decimals_of, number, some_of

if TYPE_CHECKING:
    from forecast.profiling.profile import Profile

_SLIGHT = 0.01  # share of the span by which a column may begin later than the others
_MOST_LINES = 20  # on what needs attention
_MOST_COLUMNS = 12  # that are described
_NAMED = 3  # outliers and stretches that are named
_RARE = {"intermittent", "lumpy"}  # demand that croston and tsb are made for


def sections(profile: Profile) -> dict[str, list[str]]:
    """Return the sections of a profile by their headings, each in lines."""
    parts = {
        summary(profile): [],
        "needs attention": _at_most(list(needs_attention(profile))) or ["nothing"],
        "read": [*_marks_in_words(profile.marks), *profile.notes],
        **{column.name: _column_in_words(profile, column) for column in _described(profile)},
        "looks known ahead (a suggestion)": [
            f"{name}: {reason}" for name, reason in profile.known_ahead.items()
        ],
    }
    n_more = len(profile.columns) - _MOST_COLUMNS
    if n_more > 0:
        parts["other columns"] = [f"{n_more} more: the JSON form has all of them"]
    first = summary(profile)
    return {heading: lines for heading, lines in parts.items() if lines or heading == first}


def _at_most(lines: list[str]) -> list[str]:
    """Return so many lines as people read, and how many more there are."""
    n_more = len(lines) - _MOST_LINES
    return lines if n_more <= 0 else [*lines[:_MOST_LINES], f"and {n_more} more"]


def summary(profile: Profile) -> str:
    """Say how many series and rows there are, from when to when, at which frequency."""
    extent = profile.extent
    begin, end = (moment_in_words(moment) for moment in (extent.begin, extent.end))
    said = f"{_whole(extent.rows, 'row')} from {begin} to {end}"
    if profile.n_series > 1:
        said = f"{profile.n_series} series, {said}"
    zone = f" ({profile.time_zone})" if profile.time_zone else ""
    season = f", season length {profile.frequency.season_length}"
    return f"{said}{zone}; {profile.frequency.describe()}{season}"


def needs_attention(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with a table, or may be, the gravest first."""
    yield from profile.faults
    yield from _holes_in_words(profile)
    yield from _series_in_words(profile)
    for column in profile.columns.values():
        yield from _cells_in_words(profile, column)
    for column in profile.columns.values():
        if column.close is not None and not _has_tails(column.close):
            yield from _outliers_in_words(column.name, column.close)


def moment_in_words(moment: Any) -> str:
    """Write a moment: a date where it is one, else with its time of day, without empty seconds.

    Examples
    --------
    >>> [moment_in_words(pd.Timestamp(text)) for text in ("2024-01-31", "2024-01-31 14:00")]
    ['2024-01-31', '2024-01-31 14:00']
    """
    if not isinstance(moment, pd.Timestamp):
        return str(moment)
    if moment == moment.normalize():
        return moment.strftime("%Y-%m-%d")
    has_seconds = moment.second or moment.microsecond
    return moment.strftime("%Y-%m-%d %H:%M:%S" if has_seconds else "%Y-%m-%d %H:%M")


def _whole(n: int, noun: str) -> str:
    """Return a count, its thousands apart, with its noun."""
    return counted(n, noun).replace(str(n), number(n, 0), 1)


def _value(value: float) -> str:
    """Write a value of a table."""
    if value == round(value):
        return number(value, 0)
    written = number(value, decimals_of(pd.Series([value])))
    return written.rstrip("0").rstrip(".")


def _of(series: Any) -> str:
    """Name a series, if there are several."""
    return "" if series is None else f" of {series}"


# --- what needs attention


def _holes_in_words(profile: Profile) -> Iterator[str]:
    """Say how many moments are missing, and where the longest hole is."""
    n_rows = sum(hole.rows for hole in profile.holes)
    if not n_rows:
        return
    longest = profile.holes[0]
    where = f"{_between(longest)}{_of(longest.series)}"
    if len(profile.holes) == 1:
        yield f"{_whole(n_rows, 'row')} without any value: {where}"
    else:
        places = _whole(len(profile.holes), "place")
        yield (
            f"{_whole(n_rows, 'row')} without any value in {places}, "
            f"the longest ({longest.rows}) {where}"
        )


def _between(stretch: Stretch) -> str:
    """Say from when to when a stretch goes."""
    if stretch.rows == 1:
        return f"at {moment_in_words(stretch.begin)}"
    return f"from {moment_in_words(stretch.begin)} to {moment_in_words(stretch.end)}"


def _series_in_words(profile: Profile) -> Iterator[str]:
    """Name the series that have no value, begin late or end early."""
    extent = profile.extent
    if extent.empty and profile.n_series > 1:
        yield f"without any value: {some_of(extent.empty)}"
    late, early = extent.late, extent.early
    # The columns of a wide table are series as well.
    if profile.n_series == 1:
        late, early = _late_columns(profile), _early_columns(profile)
    if late:
        yield f"{_begin(late)} late: {_with_moments(late)}"
    if early and list(early) == [profile.likely_target]:
        yield f"ends early, unless it is what is to be forecast: {_with_moments(early)}"
    elif early:
        yield f"{_end(early)} early: {_with_moments(early)}"


def _late_columns(profile: Profile) -> dict[str, Any]:
    """Return the columns that begin after the others, and when."""
    filled = [column for column in profile.columns.values() if column.begin is not None]
    begin = min((column.begin for column in filled), default=None)
    return {each.name: each.begin for each in filled if _are_apart(profile, begin, each.begin)}


def _early_columns(profile: Profile) -> dict[str, Any]:
    """Return the columns that end before the others, or before the target, and when."""
    filled = [column for column in profile.columns.values() if column.begin is not None]
    # What goes on beyond the target is known ahead.
    of_target = [column for column in filled if column.name == profile.target]
    end = max((column.end for column in of_target or filled), default=None)
    return {each.name: each.end for each in filled if _are_apart(profile, each.end, end)}


def _are_apart(profile: Profile, earlier: Any, later: Any) -> bool:
    """Whether two moments are more than a hundredth of the span apart."""
    moments = (profile.extent.begin, profile.extent.end, earlier, later)
    # Periods are compared by their number.
    begin, end, earlier, later = (getattr(moment, "ordinal", moment) for moment in moments)
    return bool(later - earlier > _SLIGHT * (end - begin))


def _begin(names: Mapping[Any, Any]) -> str:
    return "begins" if len(names) == 1 else f"{len(names)} begin"


def _end(names: Mapping[Any, Any]) -> str:
    return "ends" if len(names) == 1 else f"{len(names)} end"


def _with_moments(names: Mapping[Any, Any]) -> str:
    """Name series with their moments."""
    return some_of([f"{name} ({moment_in_words(moment)})" for name, moment in names.items()])


def _cells_in_words(profile: Profile, column: ColumnProfile) -> Iterator[str]:
    """Say what is wrong with the cells of a column."""
    if column.begin is None:
        yield f"{column.name}: no value at all"
        return
    if column.missing:
        yield f"{column.name}: {_whole(column.missing, 'cell')} empty"
    if column.constant:
        which = some_of(column.constant) if profile.n_series > 1 else _value(column.least)
        yield f"{column.name}: constant ({which})"
    if column.stretches:
        longest = column.stretches[0]
        first = (
            f"{column.name}: {_value(longest.value or 0)} in {_whole(longest.rows, 'row')} on end, "
            f"{_between(longest)}{_of(longest.series)}"
        )
        n_more = len(column.stretches) - 1
        yield f"{first}, and {_whole(n_more, 'more time')}" if n_more else first


def _has_tails(close: CloseLook) -> bool:
    """Whether there are so many outliers that they belong to the series."""
    return len(close.outliers) > max(FEW * close.values, _NAMED)


def _outliers_in_words(name: str, close: CloseLook) -> Iterator[str]:
    """Name the values that are farthest outside."""
    named: list[object] = [
        f"{_value(each.value)} at {moment_in_words(each.moment)}{_of(each.series)} "
        f"(about {_value(_rounded(each.expected))} expected)"
        for each in close.outliers[:_NAMED]
    ]
    if named:
        values = counted(len(close.outliers), "value")
        yield f"{name}: {values} far outside: {some_of([*named, *close.outliers[_NAMED:]], _NAMED)}"


def _rounded(value: float) -> float:
    """Return three digits of a value."""
    return float(f"{value:.3g}")


# --- the columns


def _described(profile: Profile) -> list[ColumnProfile]:
    """Return the columns that are described, the target first."""
    columns = list(profile.columns.values())
    columns.sort(key=lambda column: column.name != profile.target)
    return columns[:_MOST_COLUMNS]


def _column_in_words(profile: Profile, column: ColumnProfile) -> list[str]:
    """Describe a column."""
    if column.begin is None:
        return ["no value"]
    lines = [
        f"from {_value(column.least)} to {_value(column.largest)}, median {_value(column.median)}"
    ]
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
    if _has_tails(close):
        share = f"{len(close.outliers) / close.values:.1%}"
        lines.append(
            f"{_whole(len(close.outliers), 'value')} ({share}) far outside: "
            "heavy tails rather than errors"
        )
    return lines


def _marks_in_words(marks: Mapping[str, str]) -> list[str]:
    """Say which signs a file has."""
    signs = {"\t": "tab", " ": "blanks", ",": "comma", ";": "semicolon", "|": "pipe", ".": "point"}
    said = [f"{name} {signs.get(mark, mark)}" for name, mark in marks.items()]
    return [", ".join(said)] if said else []
