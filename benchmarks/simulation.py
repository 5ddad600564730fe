"""How many simulated series of 500 rows are drawn in a second, by their seasons."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from printing import machine, table, use_threads

from forecast.cli.arguments import count

SEASONS: tuple[tuple[int, ...], ...] = ((), (7,), (12,), (24, 168), (48, 336))


def main(argv: Sequence[str] | None = None) -> None:
    """Draw series of each kind of season and print how fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=count, default=8192, help="default: 8192")
    parser.add_argument("--rows", type=count, default=500, help="of a series (default: 500)")
    args = parser.parse_args(argv)
    use_threads(1)
    from forecast import simulate_series

    rows = []
    for lengths in SEASONS:
        began = time.perf_counter()
        simulate_series(args.series, args.rows, lengths, random_state=0)
        seconds = time.perf_counter() - began
        listed = ", ".join(map(str, lengths)) or "none"
        rows.append((listed, f"{seconds:.2f}", f"{args.series / seconds:,.0f}"))
    print(machine(1))
    print(table(("seasons", "seconds", "series/s"), rows))


if __name__ == "__main__":
    main()
