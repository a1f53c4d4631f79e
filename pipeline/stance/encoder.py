"""A fine-tuned encoder with entity markers, run by onnxruntime; torch only on a GPU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError
from pipeline.labels import QUADS, ROOTS, STANCES
from pipeline.stance.base import Pair, Verdict, verdict
from pipeline.stance.load import model_name
from pipeline.stance.marking import MARKERS, Marked, mark

BATCH = 8
"""Texts that the network reads at once: with more, what they are on the way outgrows a core's cache."""
HEADS = ("stance", "quad", "root")
"""What a network gives, in this order."""
Network = Callable[..., list[np.ndarray]]
"""From `input_ids` and `attention_mask` to the logits of `HEADS`."""


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


def arrange(pairs: Sequence[Pair]) -> tuple[list[str], np.ndarray]:
    """Pairs as the model takes them, the two directions of a pair in one reading: the marked texts, and for each pair
    the number of its text and the markers of source and target, `(n, 3)`. A pair that comes twice is read twice."""
    texts: dict[tuple[str, int], int] = {}
    seen: Counter[Marked] = Counter()
    places = np.zeros((len(pairs), 3), dtype=np.int64)
    for n, marked in enumerate(map(mark, pairs)):
        key = marked.text, seen[marked]
        seen[marked] += 1
        places[n] = texts.setdefault(key, len(texts)), marked.source, marked.target
    return [text for text, _ in texts], places


def _onnx(folder: Path, threads: int) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises a family of its own
        raise InputError(f"a damaged model ({str(error).splitlines()[0]})", folder) from error
    return lambda **inputs: list(session.run(HEADS, inputs))


class EncoderClassifier:
    """`model.onnx` reads sentences and gives logits of stance, quad class and root code from each marker toward each
    other; `tokenizer.json` is the tokenizer's."""

    def __init__(self, folder: Path, description: dict[str, Any], device: str = "cpu", threads: int = 0) -> None:
        from tokenizers import Tokenizer

        if device == "cpu":
            self.network: Network = _onnx(folder, threads)
        else:
            from pipeline.stance.network import trained

            self.network = trained(folder, description["encoder"], device)
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises no type of its own
            raise InputError(f"a damaged model ({str(error).splitlines()[0]})", folder) from error
        self.tokenizer.enable_truncation(description["max_tokens"])
        self.tokenizer.enable_padding()
        self.roots: list[str] = description["roots"]
        self.temperature = float(description.get("temperature", 1.0))
        self.name = model_name(folder, description)

    def logits(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logits of stance `(n, 3)`, quad class `(n, 4)` and root code `(n, roots)`, in order."""
        texts, places = arrange(pairs)
        shape = len(texts), len(MARKERS), len(MARKERS)
        found = [np.zeros((*shape, width), np.float32) for width in (len(STANCES), len(QUADS), len(self.roots))]
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            encoded = self.tokenizer.encode_batch([texts[number] for number in chosen])
            ids, mask = ([getattr(e, name) for e in encoded] for name in ("ids", "attention_mask"))
            output = self.network(input_ids=np.array(ids, np.int64), attention_mask=np.array(mask, np.int64))
            for values, logits in zip(found, output, strict=True):
                values[chosen] = logits
        stance, quad, root = (values[tuple(places.T)] for values in found)
        return stance, quad, root

    def classify(self, pairs: Sequence[Pair]) -> list[Verdict]:
        if not pairs:
            return []
        stance, quad, root = self.logits(pairs)
        joint = np.log(_softmax(root)) + np.log(_softmax(quad))[:, [ROOTS[name] - 1 for name in self.roots]]
        return [
            verdict(
                dict(zip(STANCES, map(float, row), strict=True)), dict(zip(self.roots, map(float, codes), strict=True))
            )
            for row, codes in zip(_softmax(stance / self.temperature), joint, strict=True)
        ]
