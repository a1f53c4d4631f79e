"""How far each predicate of the lexicon is to be trusted: the columns `joins` and `right` of pipeline/data/verbs.csv.

    python benchmarks/lexicon.py

Of the pairs that the syntax joins by a predicate in the train split, how many there are and how many gold tells of,
with the stance that the lexicon gives. `benchmarks/confidence.py` comes after it.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pipeline
from pipeline.gold.corpus import read_annotated
from pipeline.gold.pairs import is_right
from pipeline.statements import statement
from pipeline.verbs.component import KEY

LEXICON = Path("pipeline/data/verbs.csv")


def main() -> None:
    joins: Counter[str] = Counter()
    right: Counter[str] = Counter()
    items = list(read_annotated(Path("annotations/gold"), Path("corpus"), {"train"}))
    for item, doc in zip(items, pipeline.load(None).pipe(item.text for item in items), strict=True):
        entries = {(verb.start_char, verb.end_char): verb.id_ for verb in doc.spans[KEY]}
        for s in statement.load(doc):
            entry = entries.get(s.verb_span) if s.linked and s.stance != "none" else None
            hit = is_right(item.gold, s.source_span[0], s.source, s.target, s.stance)
            if entry is not None and hit is not None:
                joins[entry] += 1
                right[entry] += hit
    with LEXICON.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with LEXICON.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            entry = f"{row['predicate']}/{row['pos']}"
            writer.writerow({**row, "joins": joins[entry], "right": right[entry]})
    print(f"{right.total()} of {joins.total()} joins are right, by {len(joins)} predicates of {len(rows)}")


if __name__ == "__main__":
    main()
