"""The command `classify`: given pairs in, the same rows with a verdict out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from pipeline.article.tables import jsonl
from pipeline.errors import InputError
from pipeline.stance import Classifier, Pair
from pipeline.stance import load as load_classifier

BATCH = 256
_OTHER_FORMATS = {".csv", ".tsv", ".parquet", ".duckdb", ".html"}
"""What else Demarche writes; `table.files` has the tables' endings, but brings pyarrow, which nothing here needs."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def _span(row: dict[str, Any], name: str, file: str, line: int) -> tuple[int, int]:
    value = row.get(name)
    text = row["text"]
    if not (
        isinstance(value, list)
        and len(value) == 2
        and all(type(offset) is int for offset in value)
        and 0 <= value[0] < value[1] <= len(text)
    ):
        raise InputError(f'"{name}" is not [start, end] with 0 <= start < end <= {len(text)}: {value!r}', file, line)
    return value[0], value[1]


def parsed(stream: BinaryIO, file: str) -> Iterator[tuple[dict[str, Any], Pair]]:
    """Each row of JSONL with its pair. Raises InputError with its line."""
    for item in jsonl(stream, file):
        if isinstance(item, InputError):
            raise item
        number, row = item
        if not isinstance(row.get("text"), str):
            raise InputError('not an object with "text", "source" and "target"', file, number)
        if _SURROGATE.search(json.dumps(row, ensure_ascii=False)):
            raise InputError("half a character (a lone surrogate) in the row", file, number)
        yield row, Pair(row["text"], _span(row, "source", file, number), _span(row, "target", file, number))


def _answer(source: BinaryIO, file: str, target: TextIO, classifier: Classifier) -> None:
    rows = parsed(source, file)
    while batch := list(islice(rows, BATCH)):
        for (row, _), v in zip(batch, classifier.classify([pair for _, pair in batch]), strict=True):
            scores = {label: round(score, 4) for label, score in v.scores.items()}
            row |= {
                "stance": v.stance,
                "confidence": round(v.confidence, 4),
                "scores": scores,
                "quad": v.quad,
                "root": v.root,
            }
            target.write(json.dumps(row, ensure_ascii=False) + "\n")


def classify(pairs: str, output: str, model: str, device: str, force: bool) -> None:
    """Read pairs as JSONL, write them with `stance, confidence, scores, quad, root`. Raises InputError."""
    from pipeline.files import check_target, replacing

    path = Path(pairs)
    if pairs != "-" and not path.is_file():
        raise InputError("no such file", path)
    if output != "-":
        if Path(output).suffix.lower() in _OTHER_FORMATS:
            raise InputError("the answers are lines of JSON; name the file .jsonl", output)
        check_target(Path(output), force)
    classifier = load_classifier(model, device)
    with sys.stdin.buffer if pairs == "-" else path.open("rb") as source:
        if output == "-":
            _answer(source, pairs, sys.stdout, classifier)
            return
        with replacing(Path(output)) as temporary, temporary.open("w", encoding="utf-8") as target:
            _answer(source, pairs, target, classifier)
