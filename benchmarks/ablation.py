"""What each choice in training is worth: the table of docs/classifier.md, a line at a time.

    python benchmarks/ablation.py ../shared/data [--rows half-the-epochs larger-encoder] [--folds 3]

A row is trained once a fold, with a seed of its own, and judged as it would be shipped: after its export, on the dev
split and on the fifth of each external set that this fold leaves out. A fold of a row takes an hour on two cores; torch
takes a GPU where it finds one, and then it is three minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any
from zlib import crc32

from sklearn.metrics import f1_score

import pipeline
from pipeline.gold.corpus import read_annotated
from pipeline.labels import YIELD
from pipeline.stance import load, network
from pipeline.stance.load import write_description
from pipeline.train.data import Example, from_briefs, from_candidates, from_external, from_gold, read_sentences
from pipeline.train.encoder import fine_tune
from pipeline.train.export import write_encoder

FIFTHS = 5
ROWS: dict[str, dict[str, Any]] = {
    "as-configured": {},
    "half-the-epochs": {"epochs": 8},
    "two-actors-a-reading": {"actors": 2},
    "all-layers": {"layers": 0},
    "labels-not-smoothed": {"smoothing": 0.0},
    "rate-doubled": {"rate": 3e-4},
    "without-DSE": {"leave": ("dse",)},
    "without-marked-sentences": {"leave": ("sentences",)},
    "gold-alone": {"leave": ("dse", "plv", "sentences", "briefs")},
    "larger-encoder": {
        "encoder": "sentence-transformers/all-mpnet-base-v2",
        "layers": 0,
        "actors": 2,
        "rate": 5e-5,
        "epochs": 5,
    },
}
"""What a row changes in the sections [encoder], [training] and [examples] of config.cfg."""
COLUMNS = ("dev, 2 classes", "dev, 3 classes", "PLV stance", "PLV quad", "PLV root", "DSE")


def macro_f1(gold: Sequence[Any], found: Sequence[Any]) -> float:
    """Over the classes of `gold`; an answer that is none of them is wrong."""
    return float(f1_score(gold, found, labels=sorted(set(gold)), average="macro"))


def judge(folder: Path, dev: Sequence[Example], plv: Sequence[Example], dse: Sequence[Example]) -> list[float]:
    """The figures of `COLUMNS` for the model in a folder."""
    model = load(folder)
    on_dev, on_plv, on_dse = (model.classify([e.pair for e in examples]) for examples in (dev, plv, dse))
    stated = [(e.stance, v.sign) for e, v in zip(dev, on_dev, strict=True) if e.stance != "none"]
    roots = ["YIELD" if v.root in YIELD else v.root for v in on_plv]
    return [
        macro_f1(*zip(*stated, strict=True)),
        macro_f1([e.stance for e in dev], [v.stance for v in on_dev]),
        macro_f1([e.stance for e in plv], [v.stance for v in on_plv]),
        macro_f1([e.quad for e in plv], [v.quad or 0 for v in on_plv]),
        macro_f1([e.root for e in plv], roots),
        macro_f1([e.stance for e in dse], [v.stance for v in on_dse]),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("external", type=Path)
    options.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    options.add_argument("--folds", type=int, choices=range(1, FIFTHS + 1), default=3)
    options.add_argument("--epochs", type=float, help="Overrides every row's, for a trial of this script.")
    chosen = options.parse_args()

    nlp = pipeline.load(None)
    items = {s: list(read_annotated(Path("annotations/gold"), Path("corpus"), {s})) for s in ("train", "dev")}
    train, dev = (list(dict.fromkeys([*from_gold(found), *from_candidates(found, nlp)])) for found in items.values())
    own = [*read_sentences("train"), *from_briefs("train", nlp)]
    print("| row |", " | ".join(COLUMNS), "|\n| --- |", " | ".join("---" for _ in COLUMNS), "|", flush=True)
    settings = pipeline.settings()
    mixed, usual = settings["examples"], settings["training"] | settings["encoder"] | {"encoder": "", "leave": ()}
    for unused in ("further", "name", "sha256"):
        del usual[unused]
    for name in chosen.rows:
        setting = usual | ROWS[name]
        if chosen.epochs:
            setting["epochs"] = chosen.epochs
        leave, encoder, layers = (setting.pop(key) for key in ("leave", "encoder", "layers"))
        external = from_external(chosen.external, mixed["neutral"], 0)
        scores = []
        for fold in range(chosen.folds):
            held = [e for e in external if crc32(e.document.encode()) % FIFTHS == fold]
            documents = {e.document for e in held}
            taken = [e for e in external + own if e.document not in documents and e.origin not in leave]
            model, tokenizer = network.build(network.find_encoder(encoder)[1], layers, fold)
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch) / "stance"
                folder.mkdir()
                given = train * mixed["gold"] + taken
                fine_tune(model, tokenizer, given, dev, Path(scratch) / "epochs", seed=fold, **setting)
                reading = {"encoder": encoder, "layers": layers, "actors": setting["actors"]}
                write_description(folder, write_encoder(model.cpu(), tokenizer, folder) | reading)
                plv = {e: None for e in held if e.origin == "plv" and e.stance != "none"}
                scores.append(judge(folder, dev, list(plv), [e for e in held if e.origin == "dse"]))
        print(f"| {name} |", " | ".join(f"{mean(column):.3f}" for column in zip(*scores, strict=True)), "|", flush=True)


if __name__ == "__main__":
    main()
