"""Who does the work of a backtest: processes of this machine, or a cluster."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from forecast.cli.arguments import count
from forecast.cli.common import WORKERS, Parser
from forecast.exceptions import InputError

ENGINES = ("dask", "ray")


def add_workers(parser: Parser) -> None:
    """Add the options that say which processes do the work."""
    group = parser.group(WORKERS)
    group.add_argument(
        "--jobs", metavar="N", type=count, help="processes that work at the same time (default: 1)"
    )
    group.add_argument("--engine", choices=ENGINES, help="work on a cluster")
    group.add_argument(
        "--address",
        "--scheduler",
        metavar="A",
        help="of the cluster, such as tcp://host:8786 (default: make one of --jobs workers here)",
    )
    group.add_argument(
        "--fail-fast", action="store_true", help="stop when a model fails on a part of the work"
    )
    group.add_argument("--log", action="store_true", help="tell the progress in a line a minute")


def check_workers(args: argparse.Namespace) -> None:
    """Refuse an address of nothing."""
    if args.address is not None and args.engine is None:
        raise InputError(
            f"{args.address} is the address of a cluster: say of which with --engine, one of "
            f"{', '.join(ENGINES)}."
        )


@contextmanager
def workers(args: argparse.Namespace) -> Iterator[int | None]:
    """Connect to a cluster if one was asked for; yield how many processes the backtest makes."""
    if args.engine is None:
        yield args.jobs
        return
    from forecast.evaluation.engines import connected

    with connected(args.engine, args.address, args.jobs):
        yield None
