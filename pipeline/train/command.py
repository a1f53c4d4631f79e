"""The command `train`: gold in, a model folder out, unless the model that is there is better."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import bootstrap
from spacy.language import Language

import pipeline
from pipeline.digest import sha256, sha256_of
from pipeline.errors import InputError
from pipeline.evaluate.scores import confusion, macro_f1
from pipeline.gold.briefs import briefs_file
from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.labels import STANCES
from pipeline.shipped import shipped
from pipeline.stance import load as load_classifier
from pipeline.stance.base import Verdict
from pipeline.stance.load import find, read_description, write_description
from pipeline.train.card import card, reliability_plot
from pipeline.train.data import (
    EXTERNAL,
    Example,
    from_briefs,
    from_candidates,
    from_external,
    from_gold,
    read_sentences,
    sentences_file,
    unlabelled,
)

if TYPE_CHECKING:
    from pipeline.stance.encoder import EncoderClassifier

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


def _seen(model: Path) -> set[str]:
    """The SHA-256 of all that a model was trained on: of every source, and of the files of gold."""
    sources = read_description(model)["trained_on"]
    return {digest for source in sources for digest in (source.get("sha256"), *source.get("files", {}).values())}


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
    for origin, name, path in (("sentences", "marked", sentences_file()), ("briefs", "coded", briefs_file())):
        if counts[origin]:
            own = {"name": f"{name} {origin}", "examples": counts[origin], "terms": "Apache-2.0"}
            sources.append({**own, "sha256": sha256_of(path)})
    if external is not None:
        digests = [sha256_of(external / name) for name in EXTERNAL]
        for name, digest in zip(EXTERNAL, digests, strict=True):
            origin = name.partition("_")[0]
            sources.append({"name": name, "examples": counts[origin], "terms": TERMS[name], "sha256": digest})
        if counts["unlabelled"]:
            both = sha256("".join(digests))
            name = "their sentences' pairs without a label"
            sources.append({"name": name, "examples": counts["unlabelled"], "terms": "theirs", "sha256": both})
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


def _teacher(folder: Path) -> EncoderClassifier:
    """The model in a folder, if its answers can be taught and its training gone on with. Raises InputError."""
    import torch

    from pipeline.stance.encoder import EncoderClassifier

    model = load_classifier(folder, "cuda" if torch.cuda.is_available() else "cpu")
    if not isinstance(model, EncoderClassifier):
        raise InputError("this model is no encoder: it can neither teach nor be trained further", folder)
    return model


def _taught(examples: Sequence[Example], teachers: Sequence[EncoderClassifier], unseen: set[str]) -> np.ndarray:
    """The mean of the teachers' logits for each example, `(examples, labels of the three heads)`; NaN for documents
    that are new to them."""
    pairs = list(dict.fromkeys(example.pair for example in examples))
    _say(f"asking {', '.join(teacher.name for teacher in teachers)} about {len(pairs)} pairs")
    answers = np.mean([np.concatenate(teacher.logits(pairs), axis=1) for teacher in teachers], axis=0)
    place = {pair: number for number, pair in enumerate(pairs)}
    taught = answers[[place[example.pair] for example in examples]]
    taught[[example.document in unseen for example in examples]] = np.nan
    return np.asarray(taught)


def _fit_encoder(
    examples: Sequence[Example],
    dev: Sequence[Example],
    folder: Path,
    init: Path | None,
    reading: dict[str, Any],
    options: dict[str, Any],
    kept: float,
    taught: np.ndarray | None,
    scratch: Path,
) -> dict[str, Any]:
    """Train an encoder, with its epochs in `scratch`, and write its files; what `model.json` says of it."""
    from pipeline.stance import network
    from pipeline.stance.encoder import EncoderClassifier
    from pipeline.train import encoder as training
    from pipeline.train.export import temperature, write_encoder

    name, source = network.find_encoder(reading["encoder"])
    model, tokenizer = network.build(source, reading["layers"], options["seed"])
    started_from = f"{name}, its first {reading['layers']} layers" if reading["layers"] else name
    if init is not None:
        network.restore(model, init / network.WEIGHTS)
        started_from = f"{name}, weights of {init.name} ({sha256_of(init / network.WEIGHTS)[:16]}…)"
    training.fine_tune(model, tokenizer, examples, dev, scratch, actors=reading["actors"], taught=taught, **options)
    if init is not None and kept:
        network.blend(model, init / network.WEIGHTS, kept)
        started_from += f", of which the share {kept:g} stays"
    written = write_encoder(model.cpu(), tokenizer, folder)
    description = {**written, **reading, "encoder": name, "started_from": started_from}
    runtime = EncoderClassifier(folder, write_description(folder, description))
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


def _reading(start: Path | None, encoder: str, layers: int | None, actors: int | None) -> dict[str, Any]:
    """How a model reads: its encoder, how many of the encoder's layers it keeps, how many actors it tells apart."""
    if start is not None:
        known = read_description(start)
        return {name: known[name] for name in ("encoder", "layers", "actors")}
    usual = pipeline.settings()["encoder"]
    return {
        "encoder": encoder,
        "layers": layers if layers is not None else 0 if encoder else usual["layers"],
        "actors": actors or usual["actors"],
    }


def _check(
    output: Path, gold: Sequence[Path], kind: str, init: str, teachers: Sequence[str], kept: float, reading: bool
) -> None:
    """Raises InputError for what cannot be done, before any work; `reading`: it is said how a fresh model reads."""
    if kind not in ("encoder", "linear"):
        raise InputError(f"no such kind of model: {kind!r}; encoder or linear")
    free = not output.exists() or (output.is_dir() and not any(output.iterdir()))
    if not free and not (output / "model.json").is_file():
        raise InputError("this is no model's folder, and a model would take its place; name another", output)
    for folder in gold:
        if not folder.is_dir():
            raise InputError("no such folder of gold", folder)
    if init and reading:
        raise InputError("--layers and --actors are for a model that starts afresh; add --fresh")
    if kept and not init:
        raise InputError("--kept is for a model that starts from another; leave out --fresh")
    if kind == "linear" and (init or teachers):
        raise InputError("a linear model starts from nothing and has no teacher")


def _is_worse(output: Path, test: Sequence[Example], verdicts: Sequence[Verdict], documents: int) -> bool:
    """Whether a model is surely worse on the test articles than the one in `output`; says by how much it differs."""
    old = load_classifier(output).classify([example.pair for example in test])
    gain, low, high = _gain(test, verdicts, old)
    change = f"macro F1 on {documents} test articles by {gain:+.3f} ({low:+.3f} to {high:+.3f})"
    _say(f"the new model changes {change}")
    return high < 0


def _put(fresh: Path, output: Path) -> None:
    """Put a folder in the place of another; what was there is gone only when the new one is there."""
    fresh.chmod(0o755)
    before = fresh.with_name(f"{fresh.name}.before")
    if output.exists():
        output.replace(before)
    fresh.replace(output)
    shutil.rmtree(before, ignore_errors=True)


def train(
    output: Path,
    gold: Sequence[Path],
    corpus: Path,
    *,
    alone: bool = False,
    external: Path | None = None,
    kind: str = "encoder",
    encoder: str = "",
    layers: int | None = None,
    actors: int | None = None,
    init: str = "",
    teachers: Sequence[str] = (),
    epochs: float | None = None,
    rate: float | None = None,
    seed: int = 0,
    kept: float = 0.0,
    force: bool = False,
) -> None:
    """Train on the train split of gold (and on `external`), and write the model folder `output`.

    The project's own gold, marked sentences and coded briefs are always mixed in, so that nothing is forgotten, unless
    `alone`. An encoder starts from the weights of the model `init`, or afresh from the encoder itself; the dev split
    chooses epoch and temperature. It learns what `teachers` answer beside the labels; by default what `init` itself
    answers, but to what is new to it, so as not to forget (Li and Hoiem, ECCV 2016). Of the weights of `init` the share
    `kept` stays in the mean that is written (Wortsman et al., CVPR 2022). A model that is in `output` already stays,
    unless `force`, where the new one does worse on the test split: where the whole interval of the difference is below
    0. Raises InputError.
    """
    _check(output, gold, kind, init, teachers, kept, layers is not None or actors is not None)
    start = find(init) if init else None
    taught_by = [_teacher(find(name)) for name in teachers or ([init] if init else [])]
    settings = pipeline.settings()
    mixed = settings["examples"]
    published = from_external(external, mixed["neutral"], seed) if external is not None else []
    sentences = [] if alone else list(read_sentences("train"))
    annotated, held, tested = (_annotated(gold, corpus, split, alone) for split in ("train", "dev", "test"))
    if not annotated or not held:
        raise InputError("training needs gold in the splits train and dev, with its texts in the manifest", gold[0])
    options = dict(settings["training"]) | {"seed": seed}
    further = options.pop("further")
    options["epochs"] = epochs or (options["epochs"] if start is None else further)
    options["rate"] = rate or options["rate"]
    nlp = pipeline.load(None)
    examples, dev, test = (_examples(list(items.values()), nlp) for items in (annotated, held, tested or held))
    briefs = [] if alone else list(from_briefs("train", nlp))
    unseen: set[str] = set()
    if start is not None:
        seen = _seen(start)
        unseen = {item.entry.document for path, item in annotated.items() if sha256_of(path) not in seen}
        new = [example for example in examples if example.document in unseen]
        times = min(mixed["added"], len(examples) // (10 * max(1, len(new))))
        examples += new * (times - 1)
        for path, own in ((sentences_file(), sentences), (briefs_file(), briefs)):
            if sha256_of(path) not in seen:
                unseen |= {example.document for example in own}
    if external is not None:
        examples = examples * mixed["gold"] + published
        if teachers:
            examples += unlabelled(from_external(external, sys.maxsize, seed), nlp)
    examples += sentences + briefs
    _say(f"training on {len(examples)} pairs of {len(annotated)} articles, judging on {len(dev)} of {len(held)}")
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        if kind == "linear":
            from pipeline.train.linear import fit

            fit(examples, fresh, seed)
            description: dict[str, Any] = {"kind": "linear", "started_from": "nothing"}
        else:
            reading = _reading(start, encoder, layers, actors)
            key = _key(examples, start, [teacher.name for teacher in taught_by], reading, options)
            scratch = output.parent / f".{output.name}.{key}"
            taught = _taught(examples, taught_by, set() if teachers else unseen) if taught_by else None
            description = _fit_encoder(examples, dev, fresh, start, reading, options, kept, taught, scratch)
            description["taught_by"] = [teacher.name for teacher in taught_by]
            shutil.rmtree(scratch)
        description |= {"seed": seed, "labels": list(STANCES), "trained_on": _sources(annotated, external, examples)}
        description = write_description(fresh, description)
        classifier = load_classifier(fresh)
        splits = {"dev": dev, "test": test}
        if not alone:
            splits["sentences"] = list(read_sentences("test"))
            splits["briefs"] = list(from_briefs("test", nlp))
        judged = {
            split: (pairs, classifier.classify([example.pair for example in pairs])) for split, pairs in splits.items()
        }
        if (output / "model.json").is_file() and _is_worse(output, *judged["test"], len(tested or held)) and not force:
            _say("kept the old model; --force replaces it all the same")
            return
        (fresh / "reliability.svg").write_text(reliability_plot(*judged["test"]), encoding="utf-8")
        (fresh / "README.md").write_text(card(output.name, description, judged, classifier), encoding="utf-8")
        _put(fresh, output)
        _say(f"wrote {output}")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
