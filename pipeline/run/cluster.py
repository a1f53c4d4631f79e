"""`run --engine ray`: batches of articles analysed over a Ray cluster. What is read and written stays where the command
runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pipeline
from pipeline.errors import InputError
from pipeline.run.batches import Batch, analyse
from pipeline.run.outcome import Outcome
from pipeline.run.workers import keep_busy

TRIES = 3
"""Further tries at a batch whose worker died; one that kills every worker must not run for ever."""


class Analyst:
    """What each worker is: the pipeline, loaded once."""

    def __init__(self, model: str, stance: dict[str, Any]) -> None:
        self.nlp = pipeline.load(model, stance={**stance, "threads": 1})

    def analyse(self, batch: Batch) -> list[Outcome]:
        return analyse(self.nlp, batch)


def on_ray(batches: Iterable[Batch], workers: int, model: str, stance: dict[str, Any]) -> Iterator[list[Outcome]]:
    """The outcomes of each batch, in order, from so many workers of a core each: on the cluster that RAY_ADDRESS names,
    else on this machine. A worker that dies is started again, and its batches too.

    `model` and `stance` are those of `pipeline.load`; every machine has Demarche and the model at the same place.
    Raises InputError.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing calls home
    try:
        import ray
        from ray.util import ActorPool
    except ModuleNotFoundError as error:
        raise InputError("--engine ray needs Ray; install demarche[ray]") from error
    try:
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except ConnectionError as error:
        raise InputError(f"no Ray cluster at {os.environ.get('RAY_ADDRESS')} ({error})") from error
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))  # type: ignore[no-untyped-call]
        if workers > cores:
            raise InputError(f"{workers} workers, but the cluster has {cores} cores; fewer --workers, or more machines")
        analyst = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES)(Analyst)
        pool = ActorPool([analyst.remote(model, stance) for _ in range(workers)])
        analyse_batch = partial(pool.submit, lambda worker, batch: worker.analyse.remote(batch))
        yield from keep_busy(analyse_batch, pool.get_next, batches, workers)
    except ray.exceptions.RayActorError as error:
        raise InputError(
            f"workers died {TRIES + 1} times on the same articles, most likely for want of memory"
        ) from error
    finally:
        ray.shutdown()
