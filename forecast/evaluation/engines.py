"""One map over the parts of a backtest: in this process, in others, or on a cluster.

All of it is joblib's: what a backend of joblib reaches, a backtest can use.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import islice
from threading import Thread
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from joblib.parallel import get_active_backend

from forecast.exceptions import InputError, MissingPackageError

_IN_A_ROUND = 16  # tasks for each worker of a backend that answers when all is done
_PATIENCE = 1.0  # seconds in which a process sees that its parent is no more


def each_as_it_ends(
    function: Callable[[Any], Any], tasks: Iterable[tuple[Any, Any]], n_jobs: int | None
) -> Iterator[tuple[Any, Any]]:
    """Call a function for each task; yield its key and its result, as they come.

    Parameters
    ----------
    function : callable of a task
    tasks : iterable of (key, task)
        Taken little by little, so that only those at work are held.
    n_jobs : int or None
        As joblib counts processes: None asks `joblib.parallel_config`, -1 takes all cores.
    """
    calls = (delayed(_keyed)(key, function, task) for key, task in tasks)
    # A part takes longer than it takes to send it: one at a time keeps all workers busy.
    settings: Any = {"n_jobs": n_jobs, "batch_size": 1}
    backend, _ = get_active_backend()
    # Processes of joblib's own, unless somebody has said what they begin with.
    if type(backend).__name__ == "LokyBackend" and not backend.backend_kwargs:
        settings |= {"initializer": _end_with, "initargs": (os.getpid(),)}
    try:
        if backend.supports_return_generator:
            yield from Parallel(**settings, return_as="generator_unordered")(calls)
            return
        run = Parallel(**settings)
        n_tasks = _IN_A_ROUND * effective_n_jobs(n_jobs)
        while some := list(islice(calls, n_tasks)):
            yield from run(some)
    except BrokenProcessPool:
        raise InputError(
            "a process at work was ended from outside, perhaps for want of memory.",
            "Go on with fewer n_jobs, and in the folder keep if there is one.",
            "Go on with fewer --jobs, and with --resume if there is --out.",
        ) from None


def _keyed(key: Any, function: Callable[[Any], Any], task: Any) -> tuple[Any, Any]:
    """Return the key of a task with its result."""
    return key, function(task)


def _end_with(parent: int) -> None:
    """Let this process end soon after its parent, which may be killed without a word to it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PATIENCE)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@contextmanager
def connected(engine: str, address: str | None, n_jobs: int | None) -> Iterator[None]:
    """Let joblib work on a cluster of Dask or Ray: the one at an address, or one made here.

    Raises
    ------
    ValueError
        If there is no cluster at the address.
    ImportError
        If the package is not installed.
    """
    connect = _CONNECT[engine]
    with ExitStack() as stack:
        try:
            connect(address, n_jobs, stack)
        except ImportError:
            raise MissingPackageError(
                f"the engine {engine} needs a package that is not installed: "
                f'pip install "seqcast[{engine}]".'
            ) from None
        except (OSError, ValueError, RuntimeError) as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise InputError(
                f"no cluster of {engine} can be reached at {address or 'this machine'}: {reason}."
            ) from None
        stack.enter_context(parallel_config(backend=engine, n_jobs=n_jobs or -1))
        yield


def _dask(address: str | None, n_jobs: int | None, stack: ExitStack) -> None:
    """Connect to a scheduler of Dask, or start workers of one thread each."""
    from dask.distributed import Client, LocalCluster

    if address is None:
        cluster = LocalCluster(n_workers=n_jobs, threads_per_worker=1, dashboard_address=None)
        address = stack.enter_context(cluster)
    stack.enter_context(Client(address))


def _ray(address: str | None, n_jobs: int | None, stack: ExitStack) -> None:
    """Connect to a cluster of Ray, or start one here."""
    import ray
    from ray.util.joblib import register_ray

    settings = {"address": address} if address else {"num_cpus": n_jobs}
    ray.init(**settings, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    stack.callback(ray.shutdown)
    register_ray()


_CONNECT = {"dask": _dask, "ray": _ray}
