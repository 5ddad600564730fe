"""Time zones by name: those of IANA and fixed offsets, none that opens a file of another name."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

_FIXED = re.compile(r"UTC([+-]\d\d:\d\d(:\d\d)?)?")


def is_zone(name: str) -> bool:
    """Whether a name stands for a zone of IANA, or for a fixed offset such as UTC-03:30.

    Of other names pandas would make zones, too: of dateutil/… it opens the path behind.
    """
    if _FIXED.fullmatch(name):
        return True
    try:
        # An unknown name is a KeyError, a path that leaves the database a ValueError.
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
