"""``forecast doctor``: what is installed, what is missing, and on what networks are trained."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from typing import Any, NamedTuple

from forecast import __version__
from forecast.cli.common import Parser, add_command
from forecast.exceptions import InputError


class Need(NamedTuple):
    """A library, and what of it is wanted."""

    name: str
    wanted: str  # such as ">=1.26"
    extra: str  # "" for what everybody needs
    installed: str | None
    suits: bool


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "say what is installed, what is missing, and on what networks are trained"
    add_command(commands, "doctor", about, parents).set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the machine and the libraries; refuse an installation that cannot work."""
    del args
    cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
    sys.stdout.write(
        f"seqcast {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} on {platform.machine()}, {cores} processors\n"
    )
    needs = list(needs_of("seqcast"))
    for need in needs:
        sys.stdout.write(f"{need.name:15} {need.installed or 'missing':12} {_remark(need)}\n")
    wrong = [need for need in needs if not need.suits and not need.extra]
    if wrong:
        names = ", ".join(f"{need.name}{need.wanted}" for need in wrong)
        command = " ".join(f"'{need.name}{need.wanted}'" for need in wrong)
        raise InputError(f"seqcast needs {names}. Run: pip install {command}.")
    sys.stdout.write(f"{_training()}\n")


def _remark(need: Need) -> str:
    """Say what a library is needed for, and how to get it."""
    if not need.extra:
        return need.wanted
    wanted = f"{need.wanted} for seqcast[{need.extra}]"
    return wanted if need.suits else f"{wanted}: pip install 'seqcast[{need.extra}]'"


def needs_of(package: str) -> Iterator[Need]:
    """Yield the libraries that an installed package asks for, with those of its extras."""
    from packaging.requirements import Requirement

    seen = set()
    for text in metadata.requires(package) or []:
        requirement = Requirement(text)
        extras = ["", *re.findall(r"extra == [\"']([^\"']+)", text)]
        asking = [extra for extra in extras if _asks(requirement, extra)]
        # What only who builds the package needs is no concern of who uses it.
        if not asking or asking == ["dev"] or requirement.name in seen:
            continue
        seen.add(requirement.name)
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            installed = None
        suits = installed is not None and requirement.specifier.contains(installed, True)
        yield Need(requirement.name, str(requirement.specifier), asking[0], installed, suits)


def _asks(requirement: Any, extra: str) -> bool:
    """Whether a requirement is one of an extra, or of everybody where there is none."""
    return requirement.marker is None or bool(requirement.marker.evaluate({"extra": extra}))


def _training() -> str:
    """Say on what networks are trained, or why they cannot be."""
    started = time.perf_counter()
    try:
        from forecast.recurrent.backend import tf

        devices = [device.device_type for device in tf.config.list_physical_devices()]
    except Exception as error:
        return f"networks cannot be trained: TensorFlow fails ({type(error).__name__}: {error})"
    seconds = time.perf_counter() - started
    return (
        f"networks are trained on {', '.join(devices)}; importing TensorFlow takes {seconds:.1f} s"
    )
