"""A function in a process of its own: what it answers, or how it ends, and what that takes."""

import contextlib
import multiprocessing
import os
import resource
import signal
import time
from typing import Any, NamedTuple

_MOST_BYTES = 4 << 30  # of addresses beyond those of this process
_FORK = multiprocessing.get_context("fork")


class Run(NamedTuple):
    """What became of a function."""

    answer: Any  # None where it has none
    end: str  # "" where it has an answer, else how it ended
    seconds: float
    megabytes: float  # by which its memory grew at most


def in_child(function, *arguments, seconds=20):
    """Call a function in a copy of this process, which is killed after so many seconds."""
    receiver, sender = _FORK.Pipe(duplex=False)
    begun = time.monotonic()
    pid = os.fork()
    if not pid:
        _answer(sender, function, arguments, seconds)
    sender.close()
    answer = None
    with contextlib.suppress(EOFError):
        answer = receiver.recv()
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.monotonic() - begun
    if answer is None:
        number = os.waitstatus_to_exitcode(status)
        ended = f"longer than {seconds} s" if number == -signal.SIGALRM else f"exit {number}"
        return Run(None, ended, elapsed, 0.0)
    before, told = answer
    return Run(told, "", elapsed, (usage.ru_maxrss - before) / 1024)


def _answer(sender, function, arguments, seconds):
    """Send what a function answers, and end this copy of the process without its exit handlers."""
    with contextlib.suppress(BaseException):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        used = _size_of_addresses() + _MOST_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (used, used))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sender.send((before, function(*arguments)))
    os._exit(0)


def _size_of_addresses():
    """Return how many bytes of addresses this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
