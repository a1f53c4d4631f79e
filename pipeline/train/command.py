"""The command `train`: gold in, a model folder out, unless the model that is there is better."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import bootstrap
from spacy.language import Language

import pipeline
from pipeline.digest import sha256, sha256_of
from pipeline.errors import InputError
from pipeline.evaluate.scores import confusion, macro_f1
from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.labels import STANCES
from pipeline.shipped import shipped
from pipeline.stance import load as load_classifier
from pipeline.stance.base import Verdict
from pipeline.stance.load import find, read_description
from pipeline.train.card import card, reliability_plot
from pipeline.train.data import EXTERNAL, Example, from_candidates, from_external, from_gold
from pipeline.train.export import describe

TERMS = {
    "plv_train.tsv": "no licence stated; research use (Hu et al., ACL 2024)",
    "dse_train.txt": "any use that cites Park, Pan and Joo (Findings of ACL 2021)",
}


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _annotated(gold: Sequence[Path], corpus: Path, split: str, alone: bool) -> dict[Path, Annotated]:
    """The annotated documents of a split by their gold file: those named, and unless `alone` the project's own."""
    folders = {folder.resolve(): corpus for folder in gold}
    if not alone:
        folders.setdefault(shipped("annotations/gold").resolve(), shipped("corpus"))
    return {
        folder / f"{item.entry.document}.jsonl": item
        for folder, texts in folders.items()
        for item in read_annotated(folder, texts, {split})
    }


def _unseen(annotated: dict[Path, Annotated], model: Path) -> set[str]:
    """The documents whose gold, as it is now, a model was not trained on."""
    seen = {digest for source in read_description(model)["trained_on"] for digest in source.get("files", {}).values()}
    return {item.entry.document for path, item in annotated.items() if sha256_of(path) not in seen}


def _examples(items: Sequence[Annotated], nlp: Language) -> list[Example]:
    """Gold's pairs and the pipeline's own, each once: where the two agree on every mention they are the same."""
    return list(dict.fromkeys([*from_gold(items), *from_candidates(items, nlp)]))


def _sources(
    annotated: dict[Path, Annotated], external: Path | None, examples: Sequence[Example]
) -> list[dict[str, Any]]:
    """What the model is trained on, for its description: counts of pairs, and every file by its SHA-256."""
    counts = Counter(example.origin for example in examples)
    files = {path.name: sha256_of(path) for path in sorted(annotated, key=lambda path: path.name)}
    together = sha256("".join(files.values()))
    gold = {"name": "gold, train split", "examples": counts["gold"], "terms": "Apache-2.0", "sha256": together}
    sources: list[dict[str, Any]] = [{**gold, "files": files}]
    if external is not None:
        for name in EXTERNAL:
            origin = name.partition("_")[0]
            sources.append(
                {"name": name, "examples": counts[origin], "terms": TERMS[name], "sha256": sha256_of(external / name)}
            )
    return sources


def _by_document(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> np.ndarray:
    """Confusion matrices of the stances, flattened, one a document in the order of their names."""
    names = sorted({example.document for example in examples})
    counts = {name: np.zeros(len(STANCES) ** 2) for name in names}
    for example, verdict in zip(examples, verdicts, strict=True):
        counts[example.document] += confusion([example.stance], [verdict.stance])
    return np.array(list(counts.values()))


def _gain(examples: Sequence[Example], new: Sequence[Verdict], old: Sequence[Verdict]) -> tuple[float, float, float]:
    """Gain in macro F1 of new over old on the same pairs, with its 95 % interval (paired bootstrap over documents)."""
    counts = np.stack([_by_document(examples, verdicts) for verdicts in (new, old)], axis=1)

    def gain(index: np.ndarray, axis: int = -1) -> np.ndarray:
        scores = macro_f1(counts[index].sum(-3))
        return np.asarray(scores[..., 0] - scores[..., 1])

    everything = np.arange(len(counts))
    if len(counts) < 2:
        return (float(gain(everything)),) * 3
    interval = bootstrap(
        (everything,), gain, n_resamples=2000, method="percentile", vectorized=True, rng=np.random.default_rng(0)
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
    from pipeline.stance import network
    from pipeline.stance.encoder import EncoderClassifier
    from pipeline.train import encoder as training
    from pipeline.train.export import temperature, write_encoder

    if init is not None:
        encoder = encoder or read_description(init).get("encoder", "")
    encoder, source = network.find_encoder(encoder)
    model, tokenizer = network.build(source, seed)
    started_from = encoder
    if init is not None:
        network.restore(model, init / network.WEIGHTS)
        started_from = f"{encoder}, weights of {init.name} ({sha256_of(init / network.WEIGHTS)[:16]}…)"
    training.fine_tune(model, tokenizer, examples, dev, scratch, seed=seed, **options)
    write_encoder(model, tokenizer, folder)
    description: dict[str, Any] = {"kind": "encoder", "encoder": encoder, "started_from": started_from}
    runtime = EncoderClassifier(folder, describe(folder, description))
    pairs = [example.pair for example in dev]
    logits, _, _ = runtime.logits(pairs)
    description["temperature"] = round(temperature(logits, [example.stance for example in dev]), 4)
    runtime.network = network.as_network(model)
    exact, _, _ = runtime.logits(pairs)
    description["equal_to_torch"] = round(float((exact.argmax(1) == logits.argmax(1)).mean()), 4)
    return description


def _key(*settings: object) -> str:
    """Names a training by all that it depends on, so that an interrupted one is only ever resumed as itself."""
    return sha256(repr(settings))[:12]


def train(
    output: Path,
    gold: Sequence[Path],
    corpus: Path,
    *,
    alone: bool = False,
    external: Path | None = None,
    kind: str = "encoder",
    encoder: str = "",
    init: str = "",
    epochs: float | None = None,
    seed: int = 0,
    force: bool = False,
) -> None:
    """Train on the train split of gold (and on `external`), and write the model folder `output`.

    The project's own gold is always mixed in, so that nothing is forgotten, unless `alone`. An encoder starts from the
    weights of the model `init`, or afresh from the encoder itself; the dev split chooses epoch and temperature. A model
    that is in `output` already stays, unless `force`, where the new one does worse on the test split: where the whole
    interval of the difference lies below 0. Raises InputError.
    """
    if kind not in ("encoder", "linear"):
        raise InputError(f"no such kind of model: {kind!r}; encoder or linear")
    annotated, held, tested = (_annotated(gold, corpus, split, alone) for split in ("train", "dev", "test"))
    if not annotated or not held:
        raise InputError("training needs gold in the splits train and dev, with its texts in the manifest", gold[0])
    start = find(init) if init else None
    settings = pipeline.settings()
    options, mixed = dict(settings["training"]), settings["examples"]
    nlp = pipeline.load(None)
    examples, dev, test = (_examples(list(items.values()), nlp) for items in (annotated, held, tested or held))
    if start is not None:
        unseen = _unseen(annotated, start)
        new = [example for example in examples if example.document in unseen]
        times = min(mixed["added"], len(examples) // (10 * max(1, len(new))))
        examples += new * (times - 1)
    if external is not None:
        examples = examples * mixed["gold"] + from_external(external, mixed["neutral"], seed)
    if epochs is not None:
        options["epochs"] = epochs
    _say(f"training on {len(examples)} pairs of {len(annotated)} articles, judging on {len(dev)} of {len(held)}")
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
        description |= {"seed": seed, "labels": list(STANCES), "trained_on": _sources(annotated, external, examples)}
        description = describe(fresh, description)
        classifier = load_classifier(fresh)
        judged = {
            split: (pairs, classifier.classify([example.pair for example in pairs]))
            for split, pairs in (("dev", dev), ("test", test))
        }
        if (output / "model.json").is_file():
            old = load_classifier(output).classify([example.pair for example in test])
            gain, low, high = _gain(test, judged["test"][1], old)
            change = f"macro F1 on {len(tested or held)} test articles by {gain:+.3f} ({low:+.3f} to {high:+.3f})"
            if high < 0 and not force:
                _say(f"kept the old model: the new one changes {change}; --force replaces it all the same")
                return
            _say(f"the new model changes {change}")
        (fresh / "reliability.svg").write_text(reliability_plot(*judged["test"]), encoding="utf-8")
        (fresh / "README.md").write_text(card(output.name, description, judged, classifier), encoding="utf-8")
        fresh.chmod(0o755)
        if output.exists():
            shutil.rmtree(output)
        fresh.replace(output)
        _say(f"wrote {output}")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
