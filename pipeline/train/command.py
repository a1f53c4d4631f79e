"""The command `train`: gold in, a model folder out, unless the one that is there is better."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from pipeline.errors import InputError
from pipeline.evaluate.scores import classification, confusion, macro_f1
from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.labels import STANCES
from pipeline.stance import Classifier, Pair
from pipeline.stance import load as load_classifier
from pipeline.stance.load import find, read_description
from pipeline.train.card import card
from pipeline.train.data import EXTERNAL, Example, digest, from_candidates, from_external, from_gold

TERMS = {
    "plv_train.tsv": "no licence stated; research use (Hu et al., ACL 2024)",
    "dse_train.txt": "any use that cites Park, Pan and Joo (Findings of ACL 2021)",
}


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _digest_of(items: Sequence[Annotated], folders: Sequence[Path]) -> str:
    names = {item.entry.document for item in items}
    paths = sorted(
        (path for folder in folders for path in folder.glob("*.jsonl") if path.stem in names), key=lambda p: p.name
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _sources(
    items: Sequence[Annotated], gold: Sequence[Path], external: Path | None, examples: Sequence[Example]
) -> list[dict[str, Any]]:
    """What the model is trained on, for its description."""
    counts = Counter(example.origin for example in examples)
    own = {"name": "gold, train split", "documents": len(items), "examples": counts["gold"], "terms": "Apache-2.0"}
    sources = [{**own, "sha256": _digest_of(items, gold)}]
    if external is not None:
        for name in EXTERNAL:
            origin = name.partition("_")[0]
            sources.append(
                {"name": name, "examples": counts[origin], "terms": TERMS[name], "sha256": digest(external / name)}
            )
    return sources


def _judge(classifier: Classifier, pairs: Sequence[Pair]) -> list[str]:
    return [verdict.stance for verdict in classifier.classify(pairs)]


def _scores(dev: Sequence[Example], labels: Sequence[str]) -> list[dict[str, Any]]:
    three = classification("stance", "all pairs, macro F1 of 3 classes")
    for number, (example, label) in enumerate(zip(dev, labels, strict=True)):
        three.add(example.document, number, confusion([example.stance], [label]))
    return [three.result()]


def _gain(dev: Sequence[Example], new: Sequence[str], old: Sequence[str], seed: int) -> tuple[float, float, float]:
    """Gain in macro F1 of new over old on the same pairs, with its 95 % interval (paired bootstrap over pairs)."""
    gold = [example.stance for example in dev]
    table = np.array([[confusion([g], [n]), confusion([g], [o])] for g, n, o in zip(gold, new, old, strict=True)])

    def gain(index: np.ndarray, axis: int = -1) -> np.ndarray:
        counts = table[index].sum(-3)
        return np.asarray(macro_f1(counts[..., 0, :]) - macro_f1(counts[..., 1, :]))

    everything = np.arange(len(table))
    interval = bootstrap(
        (everything,),
        gain,
        n_resamples=1000,
        batch=50,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(gain(everything)), float(interval.low), float(interval.high)


def _fit_encoder(
    examples: Sequence[Example],
    dev: Sequence[Example],
    folder: Path,
    init: Path | None,
    encoder: str,
    options: dict[str, Any],
    seed: int,
    scratch: Path,
) -> dict[str, Any]:
    """Train an encoder, with its epochs in `scratch`, and write its files; what `model.json` says of it."""
    from pipeline.stance.encoder import EncoderClassifier
    from pipeline.stance.marking import mark
    from pipeline.train import encoder as training
    from pipeline.train.export import describe, temperature, write_encoder

    source = Path(encoder) if encoder else training.default_encoder()
    model, tokenizer = training.build(source)
    started_from = encoder or "all-MiniLM-L6-v2"
    if init is not None:
        training.restore(model, init / training.WEIGHTS)
        started_from = f"{started_from}, weights of {init.name} ({digest(init / training.WEIGHTS)[:16]}…)"
    training.fine_tune(model, tokenizer, examples, dev, scratch, seed=seed, **options)
    write_encoder(model, tokenizer, folder)
    description: dict[str, Any] = {"kind": "encoder", "started_from": started_from, "temperature": 1.0}
    runtime = EncoderClassifier(folder, describe(folder, description))
    logits, _ = runtime.logits([mark(example.pair) for example in dev])
    description["temperature"] = round(temperature(logits, [example.stance for example in dev]), 4)
    exact, _ = training.predict(model, tokenizer, [mark(example.pair) for example in dev])
    description["equal_to_torch"] = round(float((exact.numpy().argmax(1) == logits.argmax(1)).mean()), 4)
    return description


def _key(*settings: object) -> str:
    """Names a training by all that it depends on, so that an interrupted one is only ever resumed as itself."""
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:12]


def train(
    output: Path,
    gold: Sequence[Path],
    corpus: Path,
    *,
    external: Path | None = None,
    kind: str = "encoder",
    encoder: str = "",
    init: str = "",
    epochs: float | None = None,
    seed: int = 0,
    force: bool = False,
) -> None:
    """Train on the train split of gold (and on `external`), judge on its dev split, and write the folder `output`.

    An encoder starts from the weights of the model `init`, or afresh from the encoder itself. A model that is in
    `output` already stays where it does better on the dev split, unless `force`. Raises InputError.
    """
    import pipeline
    from pipeline.train.export import describe

    if kind not in ("encoder", "linear"):
        raise InputError(f"no such kind of model: {kind!r}; encoder or linear")
    items = [item for folder in gold for item in read_annotated(folder, corpus, {"train"})]
    held = [item for folder in gold for item in read_annotated(folder, corpus, {"dev"})]
    dev = list(from_gold(held))
    if not items or not dev:
        raise InputError("training needs gold in the splits train and dev, with its texts in the manifest", gold[0])
    start = find(init) if init else None
    if start is not None:
        read_description(start)
    options = dict(pipeline.settings()["training"])
    neutral, repeats = options.pop("neutral"), options.pop("gold")
    nlp = pipeline.load(None)
    dev += from_candidates(held, nlp)
    examples = [*from_gold(items), *from_candidates(items, nlp)]
    if external is not None:
        examples = examples * repeats + from_external(external, neutral, seed)
    if epochs is not None:
        options["epochs"] = epochs
    _say(f"training on {len(examples)} pairs, judging on {len(dev)}")
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        if kind == "linear":
            from pipeline.train.linear import fit

            fit(examples, fresh, seed)
            description: dict[str, Any] = {"kind": "linear", "started_from": "nothing"}
        else:
            key = _key(examples, start, encoder, options, seed)
            scratch = output.parent / f".{output.name}.{key}"
            description = _fit_encoder(examples, dev, fresh, start, encoder, options, seed, scratch)
            shutil.rmtree(scratch)
        description |= {"seed": seed, "labels": list(STANCES), "trained_on": _sources(items, gold, external, examples)}
        description = describe(fresh, description)
        new = _judge(load_classifier(fresh), [example.pair for example in dev])
        if (output / "model.json").is_file() and not force:
            old = _judge(load_classifier(output), [example.pair for example in dev])
            gain, low, high = _gain(dev, new, old, seed)
            change = f"macro F1 on dev {gain:+.3f} ({low:+.3f} to {high:+.3f}, {len(dev)} pairs)"
            if gain < 0:
                _say(f"kept the old model: the new one changes {change}; --force replaces it all the same")
                return
            _say(f"the new model changes {change}")
        (fresh / "README.md").write_text(card(output.name, description, _scores(dev, new)), encoding="utf-8")
        fresh.chmod(0o755)
        if output.exists():
            shutil.rmtree(output)
        fresh.replace(output)
        _say(f"wrote {output}")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
