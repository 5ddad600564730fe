"""Reading on where a table is refused: with what its refusal says is to be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecast.exceptions import Refusal, Remedy

# What only adds to something that has been said already.
_ADDING = ("missing", "series", "time")


def options_from(refusal: Refusal, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the options that mend what was refused; None where only the user can know them.

    That is where several remedies are offered, such as sums or means, or where the only one or
    another one has an open value. Numbers that look as if they stood for missing values are taken
    for such.

    Parameters
    ----------
    refusal : Refusal
    said : mapping of str
        The options that were given already. Whatever is said stays as it is.

    Examples
    --------
    >>> from forecast.exceptions import InputError
    >>> holes = InputError("2 are missing.", Remedy("Give {}.", {"freq": "h", "fill": True}))
    >>> options_from(holes, {})
    {'freq': 'h', 'fill': True}
    >>> options_from(holes, {"freq": "min"})
    >>> hows = Remedy("Give {} or {}.", {"how": "sum"}, {"how": "mean"})
    >>> options_from(InputError("It stands twice.", hows), {})
    """
    _, remedy, flags = refusal.args
    offered = flags or remedy
    if not isinstance(offered, Remedy):
        return None
    groups = [dict(group) for group in offered.options]
    known = [group for group in groups if group and None not in group.values()]
    is_missing_value = bool(known) and set(known[0]) == {"missing"}
    if not known or (len(known) > 1 and not is_missing_value):
        return None
    # A value is open to the user where it is another option: clocks, or holes in the rows.
    if any(group.keys() - known[0].keys() for group in groups if group not in known):
        return None
    changed = [name for name in known[0] if name not in _ADDING and said.get(name)]
    return None if changed else known[0]


def only_opens_rows(options: Mapping[str, Any]) -> bool:
    """Whether options only open the rows that a table lacks: a profile shows them as holes."""
    return set(options) == {"freq", "fill"}
