"""A fine-tuned encoder with entity markers, run by onnxruntime: no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError
from pipeline.labels import STANCES
from pipeline.stance.base import Pair, Verdict, verdict
from pipeline.stance.load import model_name
from pipeline.stance.marking import mark

BATCH = 32


def _softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    scaled = logits / temperature
    exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


class EncoderClassifier:
    """`model.onnx` takes token ids and gives logits of stance and root code; `tokenizer.json` is the tokenizer's."""

    def __init__(self, folder: Path, description: dict[str, Any], threads: int = 0) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self.session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # onnxruntime and tokenizers raise types of their own
            raise InputError(f"a damaged model ({str(error).splitlines()[0]})", folder) from error
        self.tokenizer.enable_truncation(description["max_tokens"])
        self.tokenizer.enable_padding()
        self.roots: list[str] = description["roots"]
        self.temperature = float(description.get("temperature", 1.0))
        self.name = model_name(folder, description)

    def logits(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Logits of stance `(n, 3)` and root code `(n, roots)` for marked texts, in order."""
        stance = np.zeros((len(texts), len(STANCES)), dtype=np.float32)
        root = np.zeros((len(texts), len(self.roots)), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            encoded = self.tokenizer.encode_batch([texts[index] for index in chosen])
            inputs = {
                "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
                "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
            }
            stance[chosen], root[chosen] = self.session.run(["stance", "root"], inputs)
        return stance, root

    def classify(self, pairs: Sequence[Pair]) -> list[Verdict]:
        stance, root = self.logits([mark(pair) for pair in pairs])
        return [
            verdict(
                dict(zip(STANCES, map(float, row), strict=True)), dict(zip(self.roots, map(float, codes), strict=True))
            )
            for row, codes in zip(_softmax(stance, self.temperature), root, strict=True)
        ]
