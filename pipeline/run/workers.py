"""A function over many batches in several processes, its results in order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pipeline.errors import InputError

AHEAD = 4
"""Batches under way for each worker, so that a long one keeps nobody waiting; more would only take memory."""
T = TypeVar("T")
R = TypeVar("R")
_work: Callable[[Any], Any]


def _begin(work: Callable[[Any], Any], parent: int) -> None:
    """A worker's first steps: Ctrl-C is the parent's to hear, and nobody works on for a parent that was killed."""
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _do(batch: Any) -> Any:
    return _work(batch)


def keep_busy(submit: Callable[[T], object], take: Callable[[], R], batches: Iterable[T], workers: int) -> Iterator[R]:
    """What `take` gives for each batch that was handed to `submit`, in order, `AHEAD` of them under way a worker."""
    under_way = 0
    for batch in batches:
        submit(batch)
        under_way += 1
        if under_way == AHEAD * workers:
            yield take()
            under_way -= 1
    for _ in range(under_way):
        yield take()


def in_order(work: Callable[[T], R], batches: Iterable[T], workers: int) -> Iterator[R]:
    """`work` on each batch. More than one worker are forks of this process, which share all that it has loaded.

    Raises InputError if a worker dies.
    """
    if workers == 1:
        yield from map(work, batches)
        return
    gc.collect()
    gc.freeze()  # a collection in a worker would write to every object, and so copy what is shared
    others = multiprocessing.active_children()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, _begin, (work, os.getpid())) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            yield from keep_busy(
                lambda batch: waiting.append(pool.submit(_do, batch)),
                lambda: waiting.popleft().result(),
                batches,
                workers,
            )
        except BrokenProcessPool as error:
            raise InputError(
                "a worker was killed, most likely for want of memory, or crashed; the same command goes on, and with "
                "fewer --workers it needs less memory"
            ) from error
        except BaseException:  # nobody waits for what is under way
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.kill()
            raise
