"""Many articles in one run: interrupted, poisoned, shared among workers."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import ANY, patch

import duckdb
import psutil
import pytest
from conftest import CORPUS
from spacy.language import Language

import pipeline.cli
import pipeline.run.archive
import pipeline.run.batches
from pipeline.table import read

Tables = dict[str, list[dict[str, Any]]]

ARTICLES = 80


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Paragraphs of the project's articles, a row each; every tenth has an id that another has too."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.txt")))
    found = [text for text in chain.from_iterable(text.split("\n\n") for text in texts) if 100 < len(text) < 300]
    rows = [
        {"id": f"p{n - n % 10 if n % 10 == 1 else n}", "text": text}
        for n, text in enumerate(random.Random(0).sample(found, ARTICLES))
    ]
    path = tmp_path_factory.mktemp("archive") / "archive.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Command:
    """`demarche run` as a process group of its own, forked from the tests so that the pipeline is loaded once."""

    def __init__(self, nlp: Language, folder: Path, *arguments: object, killed_at: str = "") -> None:
        """`killed_at` names the function at whose call the command is killed."""
        self.log = folder / "stderr"
        own = (nlp, folder, arguments, killed_at)
        self.process = multiprocessing.get_context("fork").Process(target=self._run, args=own)
        self.process.start()

    def _run(self, nlp: Language, folder: Path, arguments: tuple[object, ...], killed_at: str) -> None:
        os.setsid()
        os.chdir(folder)
        sys.stderr = self.log.open("w", encoding="utf-8", buffering=1)
        sys.argv = ["demarche", "run", *map(str, arguments)]
        pipeline.load = lambda model, **settings: nlp  # type: ignore[assignment]
        pipeline.run.archive.PART, pipeline.run.batches.BATCH = 16, 4
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if killed_at:
            patch(killed_at, lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)).start()
        pipeline.cli.main()

    def signal(self, how: signal.Signals, when: Callable[[], bool], delay: float = 0) -> None:
        """Send a signal to all its processes, so many seconds after a moment."""
        while self.process.is_alive() and not when():
            time.sleep(0.01)
        time.sleep(delay)
        os.killpg(self.process.pid or 0, how)

    def ended(self) -> tuple[int | None, list[str]]:
        """Exit code and the lines on standard error."""
        self.process.join(300)
        return self.process.exitcode, self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def start(syntax: Language, tmp_path: Path) -> Callable[..., Command]:
    return partial(Command, syntax, tmp_path)


def parts(folder: Path) -> int:
    return len(list(folder.glob(".out*.parts/part-*.json")))


@pytest.fixture(scope="module")
def whole(archive: Path, syntax: Language) -> Tables:
    """Both tables of a run that nobody disturbed."""
    assert Command(syntax, archive.parent, archive, "-o", "whole.parquet").ended() == (0, [ANY])
    return tables(archive.parent / "whole.parquet")


def tables(path: Path) -> Tables:
    beside = path.with_suffix(f".documents{path.suffix}")
    return {
        "statements": read(path).to_pylist(),
        "documents": duckdb.read_parquet(str(beside)).to_arrow_table().to_pylist(),
    }


def test_a_run_that_was_killed_goes_on_where_it_stopped(archive: Path, whole: Tables, start, tmp_path: Path) -> None:
    for delay in (0.0, random.random() / 20, random.random() / 20):  # well before the two parts that are left are done
        begun = parts(tmp_path)
        run = start(archive, "-o", "out.parquet")
        run.signal(signal.SIGKILL, lambda begun=begun: parts(tmp_path) > begun, delay)
        assert run.ended()[0] == -signal.SIGKILL
    assert start(archive, "-o", "out.parquet").ended()[0] == 0
    assert tables(tmp_path / "out.parquet") == whole
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize(
    ("output", "at"),
    [
        ("out.parquet", "pipeline.run.archive.write_arrow"),
        ("out.parquet", "pipeline.run.archive.Parts.remove"),
        ("out.parquet", "shutil.rmtree"),
        ("out.csv", "pipeline.table.files._write_one"),
        ("out.duckdb", "pipeline.table.files.batched_rows"),
        ("out", "pipeline.table.folder.write_arrow"),
        ("out", "pipeline.run.archive.Parts.remove"),
    ],
)
def test_a_kill_at_the_end_leaves_nothing_behind(
    archive: Path, whole: Tables, start, tmp_path: Path, output: str, at: str
) -> None:
    lines = archive.read_text(encoding="utf-8").splitlines(keepends=True)[:18]
    (tmp_path / "few.jsonl").write_text("".join(lines), encoding="utf-8")
    assert start("few.jsonl", "-o", output, killed_at=at).ended()[0] == -signal.SIGKILL
    assert start("few.jsonl", "-o", output).ended()[0] == 0
    beside = {"out.csv": {"out.documents.csv"}, "out.parquet": {"out.documents.parquet"}}.get(output, set())
    assert {path.name for path in tmp_path.iterdir()} == {"few.jsonl", "stderr", output, *beside}
    documents = {row["document"] for row in whole["documents"][:18]}
    expected = [row for row in whole["statements"] if row["document"] in documents]
    assert read(tmp_path / output).to_pylist() == expected


def test_ctrl_c_says_how_to_go_on(archive: Path, whole: Tables, start, tmp_path: Path) -> None:
    arguments = (archive, "-o", "out.parquet", "--workers", 2)
    run = start(*arguments)
    run.signal(signal.SIGINT, lambda: parts(tmp_path) > 0)
    code, (line,) = run.ended()
    assert code == 130
    assert "the same command goes on" in line
    assert start(*arguments).ended()[0] == 0
    assert tables(tmp_path / "out.parquet") == whole


def test_a_worker_that_dies_is_no_hang(archive: Path, start, tmp_path: Path) -> None:
    run = start(archive, "-o", "out.parquet", "--workers", 2)
    while not parts(tmp_path):
        time.sleep(0.01)
    psutil.Process(run.process.pid).children()[0].kill()
    code, (line,) = run.ended()
    assert code == 2
    assert "a worker was killed" in line


def test_parts_of_another_run_are_not_mixed_in(archive: Path, whole: Tables, start, tmp_path: Path) -> None:
    given = tmp_path / "archive.jsonl"
    given.write_bytes(archive.read_bytes())
    arguments = (given, "-o", "out.parquet")
    run = start(*arguments)
    run.signal(signal.SIGKILL, lambda: parts(tmp_path) > 0)
    assert run.ended()[0] == -signal.SIGKILL
    code, (line,) = start(*arguments, "--text", "id").ended()
    assert code == 2
    assert "another column" in line
    given.write_text(given.read_text(encoding="utf-8").replace(" the ", " The ", 1), encoding="utf-8")
    code, (line,) = start(*arguments).ended()
    assert code == 2
    assert "the input has changed" in line
    settings = next(tmp_path.glob(".*/settings.json"))
    known = settings.read_bytes()
    settings.write_bytes(known[:9])
    code, (line,) = start(*arguments).ended()
    assert code == 2
    assert "settings.json: a damaged part" in line
    settings.write_bytes(known)
    given.write_bytes(archive.read_bytes())
    assert start(*arguments).ended()[0] == 0
    assert tables(tmp_path / "out.parquet")["statements"] == whole["statements"]


@pytest.mark.parametrize("ending", [".gz", ".csv", ".parquet"])
def test_every_kind_of_archive_says_the_same(archive: Path, whole: Tables, start, tmp_path: Path, ending: str) -> None:
    rows = duckdb.read_json(str(archive), columns={"id": "VARCHAR", "text": "VARCHAR"})
    if ending == ".gz":
        path = tmp_path / "archive.jsonl.gz"
        path.write_bytes(gzip.compress(archive.read_bytes()))
    else:
        path = tmp_path / f"archive{ending}"
        (rows.write_csv if ending == ".csv" else rows.write_parquet)(str(path))
    code, lines = start(path, "-o", "out", "--workers", 2).ended()
    assert (code, lines) == (0, [f"{ARTICLES} articles, {len(whole['statements'])} rows, 0 rejects"])
    assert read(tmp_path / "out").to_pylist() == whole["statements"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"statements", "documents"}


def test_what_cannot_be_used_is_set_aside(archive: Path, start, tmp_path: Path) -> None:
    good = archive.read_text(encoding="utf-8").splitlines()[:4]
    poison = [
        '{"id": "empty", "text": ""}',
        '{"id": "none"}',
        "no json",
        json.dumps({"id": "long", "text": "x" * 1_100_000}),
    ]
    lines = [line for pair in zip(good, poison, strict=True) for line in pair]
    lines += ['{"id": "half", "text": "Oslo \\ud800"}', '{"id": "name \\ud800", "text": "Oslo."}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"Sm\xf8rrebr\xf8d")
    code, said = start("a.jsonl", "b.txt", "-o", "out.csv").ended()
    assert code == 1
    assert said[-1].startswith("4 articles,")
    assert said[-1].endswith("7 rejects")
    rejects = [json.loads(line) for line in (tmp_path / "out.rejects.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["document"], row["file"], row["line"]) for row in rejects] == [
        ("empty", "a.jsonl", 2),
        ("none", "a.jsonl", 4),
        ("a:6", "a.jsonl", 6),
        ("long", "a.jsonl", 8),
        ("half", "a.jsonl", 9),
        ("name \\ud800", "a.jsonl", 10),
        ("b", "b.txt", 1),
    ]
    assert read(tmp_path / "out.csv").num_rows > 0
    (tmp_path / "a.jsonl").write_text("\n".join(good) + "\n", encoding="utf-8")
    assert start("a.jsonl", "-o", "out.csv", "-F").ended()[0] == 0
    assert not (tmp_path / "out.rejects.jsonl").exists()
