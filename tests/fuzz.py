"""Coverage-guided fuzzing of whatever reads a user's file, by atheris (Linux; no requirement of the tests).

    pip install atheris
    python tests/fuzz.py gold found/ annotations/gold/ -max_total_time=300

The first argument is a reader, as `READERS` names them. It reads bytes that grow out of the files in the last folder,
and may refuse them by an InputError of one line. At anything else libFuzzer (the other arguments are its own) stops
and leaves the bytes in a file; a test of that reader then keeps them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from pipeline import table
    from pipeline.article import survey
    from pipeline.cli.classify import parsed
    from pipeline.errors import InputError
    from pipeline.gold import formats
    from pipeline.gold.check import check
    from pipeline.gold.corpus import add, read_annotated, read_manifest
    from pipeline.gold.exchange import import_files
    from pipeline.review.journal import Journal

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
ITEM = next(read_annotated(ROOT / "annotations" / "gold", CORPUS, {"train"}))


def manifest(path: Path) -> Iterable[object]:
    return read_manifest(path.replace(path.with_name("manifest.jsonl")).parent)


def annotations(form: str, path: Path) -> Iterable[object]:
    path.with_suffix(".txt").write_text(ITEM.text, encoding="utf-8")  # what a .ann lies beside
    corpus = path.parent / "corpus"
    add(ITEM.entry, ITEM.text, corpus, {})
    yield from import_files([path], path.parent / "gold", corpus, form=form, force=True)


def pairs(path: Path) -> Iterable[object]:
    with path.open("rb") as stream:
        yield from parsed(stream, str(path))


READERS: dict[str, tuple[str, Callable[[Path], Iterable[object]]]] = {
    **{
        form: (f".{form}", lambda path: survey([path])) for form in ("txt", "txt.gz", "html", "jsonl", "csv", "parquet")
    },
    **{
        f"table-{form}": (f".{form}", lambda path: [table.read(path)]) for form in ("csv", "jsonl", "parquet", "duckdb")
    },
    **{f"gold-{form}": (ending, partial(annotations, form)) for form, ending in formats.ENDINGS.items()},
    "gold": (".jsonl", lambda path: check(path, CORPUS)),
    "manifest": (".jsonl", manifest),
    "journal": (".jsonl", lambda path: Journal(path, ITEM.gold.sha256, ITEM.text).decisions),
    "pairs": (".jsonl", pairs),
}


def main() -> None:
    ending, reader = READERS[sys.argv.pop(1)]
    path = Path(tempfile.mkdtemp()) / f"input{ending}"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            found = list(reader(path))
        except InputError as error:
            found = [error]
        refused = [str(item) for item in found if isinstance(item, (InputError, str))]
        assert all(len(line.splitlines()) == 1 for line in refused), refused

    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
