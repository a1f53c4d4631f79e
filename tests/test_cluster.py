"""`run --engine ray` on a cluster of this machine's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import CORPUS
from spacy.language import Language

from pipeline.article import read
from pipeline.errors import InputError
from pipeline.run.batches import Batch, processes
from pipeline.run.cluster import on_ray

ARTICLES = ["gunmen-free-three-norwegians", "uzbek-line-workers-freed", "iran-lets-tanker-crew-go-keeps-tanker"]


def kill_a_busy_worker() -> None:
    """Kill the first worker that is seen at work."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for process in psutil.Process().children(recursive=True):
            if process.name().startswith("ray::Analyst.an"):
                process.kill()
                return
        time.sleep(0.01)
    pytest.fail("no worker was at work")


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    monkeypatch.setenv("RAY_worker_niceness", "0")
    return [list(read([str(CORPUS / f"{name}.txt")])) for name in ARTICLES] * 2


def test_two_workers_of_which_one_is_killed_say_the_same(nlp: Language, batches: list[Batch]) -> None:
    def killing() -> Iterator[Batch]:
        for number, batch in enumerate(batches):
            if number == 3:
                kill_a_busy_worker()
            yield batch

    done = list(on_ray(killing(), workers=2, model="", stance={}))
    assert done == list(processes(nlp)(batches))
    assert sum(len(outcome.rows) for outcomes in done for outcome in outcomes) > 0


def test_more_workers_than_cores_are_refused(batches: list[Batch]) -> None:
    with pytest.raises(InputError, match="the cluster has"):
        list(on_ray(batches, workers=10_000, model="", stance={}))


def test_the_command_writes_the_same_table(demarche, tmp_path: Path) -> None:
    article = CORPUS / f"{ARTICLES[0]}.txt"
    assert demarche("run", article, "-o", "a.jsonl").returncode == 0
    assert demarche("run", article, "-o", "b.jsonl", "--engine", "ray").returncode == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
