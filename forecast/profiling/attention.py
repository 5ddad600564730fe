"""What is wrong with a table, or may be, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from forecast.profiling.close_look import CloseLook
from forecast.profiling.columns import ColumnProfile
from forecast.profiling.phrases import between, moment_in_words, of_series, value_in_words, whole
from forecast.wording import counted, some_of

if TYPE_CHECKING:
    from forecast.profiling.profile import Profile

_SLIGHT = 0.01  # share of the span by which a column may begin later than the others
_NAMED = 3  # outliers that are named


def needs_attention(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with a table, or may be, the gravest first."""
    yield from profile.faults
    yield from _holes_in_words(profile)
    yield from _series_in_words(profile)
    for column in profile.columns.values():
        yield from _cells_in_words(profile, column)
    for column in profile.columns.values():
        if column.close is not None and not column.close.has_tails:
            yield from _outliers_in_words(column.name, column.close)


def _holes_in_words(profile: Profile) -> Iterator[str]:
    """Say how many moments are missing, and where the longest hole is."""
    n_rows = sum(hole.rows for hole in profile.holes)
    if not n_rows:
        return
    longest = profile.holes[0]
    where = f"{between(longest)}{of_series(longest.series)}"
    if len(profile.holes) == 1:
        yield f"{whole(n_rows, 'row')} without any value: {where}"
    else:
        places = whole(len(profile.holes), "place")
        yield (
            f"{whole(n_rows, 'row')} without any value in {places}, "
            f"the longest ({longest.rows}) {where}"
        )


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
        yield f"{column.name}: {whole(column.missing, 'cell')} empty"
    if column.constant:
        which = some_of(column.constant) if profile.n_series > 1 else value_in_words(column.least)
        yield f"{column.name}: constant ({which})"
    if column.stretches:
        longest = column.stretches[0]
        value = value_in_words(longest.value or 0)
        where = f"{between(longest)}{of_series(longest.series)}"
        first = f"{column.name}: {value} in {whole(longest.rows, 'row')} on end, {where}"
        n_more = len(column.stretches) - 1
        yield f"{first}, and {whole(n_more, 'more time')}" if n_more else first


def _outliers_in_words(name: str, close: CloseLook) -> Iterator[str]:
    """Name the values that are farthest outside."""
    named: list[object] = [
        f"{value_in_words(each.value)} at {moment_in_words(each.moment)}{of_series(each.series)} "
        f"(about {value_in_words(_rounded(each.expected))} expected)"
        for each in close.outliers[:_NAMED]
    ]
    if named:
        values = counted(len(close.outliers), "value")
        yield f"{name}: {values} far outside: {some_of([*named, *close.outliers[_NAMED:]], _NAMED)}"


def _rounded(value: float) -> float:
    """Return three digits of a value."""
    return float(f"{value:.3g}")
