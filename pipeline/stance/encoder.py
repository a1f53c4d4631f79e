"""A fine-tuned encoder with entity markers, run by onnxruntime; torch only on a GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError
from pipeline.labels import QUADS, ROOTS, STANCES
from pipeline.stance.base import Pair, Verdict, verdict
from pipeline.stance.load import model_name
from pipeline.stance.marking import arrange, by_text, padded

BATCH = 4
"""Texts a batch: with more, the activations outgrow a core's cache and short texts are padded further."""
HEADS = ("stance", "quad", "root")
"""What a network gives, in this order."""
Network = Callable[..., list[np.ndarray]]
"""From `input_ids`, `attention_mask` and `pairs` to the logits of `HEADS`."""


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


def _onnx(folder: Path, threads: int) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # the two operators that it makes one are faster apart
        )
    except Exception as error:  # onnxruntime raises a family of its own
        raise InputError(f"a damaged model ({str(error).splitlines()[0]})", folder) from error
    return lambda **inputs: list(session.run(HEADS, inputs))


class EncoderClassifier:
    """`model.onnx` reads sentences and gives logits of stance, quad class and root code of the pairs that it is asked
    for, each named by two markers; `tokenizer.json` is the tokenizer's."""

    def __init__(self, folder: Path, description: dict[str, Any], device: str = "cpu", threads: int = 0) -> None:
        from tokenizers import Tokenizer

        if device == "cpu":
            self.network: Network = _onnx(folder, threads)
        else:
            from pipeline.stance.network import trained

            self.network = trained(folder, description, device)
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises no type of its own
            raise InputError(f"a damaged model ({str(error).splitlines()[0]})", folder) from error
        self.tokenizer.enable_truncation(description["max_tokens"])
        self.tokenizer.no_padding()
        self.actors: int = description["actors"]
        self.roots: list[str] = description["roots"]
        self.temperature = float(description.get("temperature", 1.0))
        self.name = model_name(folder, description)

    def logits(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logits of stance `(n, 3)`, quad class `(n, 4)` and root code `(n, roots)`, in order."""
        texts, places = arrange(pairs, self.actors)
        asked = by_text(places)
        found = [np.zeros((len(pairs), width), np.float32) for width in (len(STANCES), len(QUADS), len(self.roots))]
        ids = [np.array(encoded.ids, np.int64) for encoded in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda number: len(ids[number]))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            output = self.network(
                input_ids=padded([ids[number] for number in chosen]),
                attention_mask=padded([np.ones_like(ids[number]) for number in chosen]),
                pairs=padded([places[asked[number], 1:] for number in chosen]),
            )
            for values, logits in zip(found, output, strict=True):
                for number, row in zip(chosen, logits, strict=True):
                    values[asked[number]] = row[: len(asked[number])]
        stance, quad, root = found
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
