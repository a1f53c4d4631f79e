"""Write the files by which a trained classifier runs and is trained further: ONNX, weights, tokenizer."""

from __future__ import annotations

import copy
import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.labels import STANCES
from pipeline.stance.encoder import HEADS
from pipeline.stance.marking import MARKERS
from pipeline.stance.network import ROOT_NAMES, WEIGHTS, MarkedSentenceModel, trained_weights
from pipeline.train.encoder import MAX_TOKENS


class _Logits(torch.nn.Module):
    """The model as ONNX wants it: tensors in, a tuple out."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, pairs: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        output = self.model(input_ids, attention_mask, pairs)
        return tuple(output[name] for name in HEADS)


class _ByToken(torch.nn.Module):
    """A linear layer that divides each token's input by its largest value and multiplies the output by it again
    (ZeroQuant, Yao et al., NeurIPS 2022): the batch's one int8 scale then suits every token."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        largest = values.abs().amax(-1, keepdim=True).clamp(min=1e-6)
        output = torch.nn.functional.linear(values / largest, self.linear.weight) * largest
        return output if self.linear.bias is None else output + self.linear.bias


def _by_token(module: torch.nn.Module) -> torch.nn.Module:
    """The module with its linear layers scaled by token, except query, key and value, whose input is normed already."""
    for name, child in module.named_children():
        if not isinstance(child, torch.nn.Linear):
            _by_token(child)
        elif name not in ("query", "key", "value"):
            setattr(module, name, _ByToken(child))
    return module


def to_onnx(model: MarkedSentenceModel, path: Path) -> None:
    """Export to ONNX with int8 weights; how many sentences, tokens and pairs there are stays free.

    The weights are signed, for which AVX-512 has an instruction (VNNI), and of 7 bits: with 8, AVX2 overflows in the
    16 bits in which it adds up.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    ids = torch.tensor([[101, 2, 7592, 2088, 3, 5, 102], [101, 2, 7592, 2088, 3, 102, 0]])
    pairs = torch.tensor([[[0, 1], [1, 0], [0, 2]], [[0, 1], [1, 0], [0, 0]]])
    free = {0: "sentences", 1: "tokens"}
    logging.disable(logging.WARNING)  # both speak of what they leave out
    try:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exact = Path(folder) / "exact.onnx"
            torch.onnx.export(
                _Logits(_by_token(copy.deepcopy(model).eval())),
                (ids, (ids != 0).long(), pairs),
                str(exact),
                input_names=["input_ids", "attention_mask", "pairs"],
                output_names=list(HEADS),
                dynamic_shapes={"input_ids": free, "attention_mask": free, "pairs": {0: "sentences", 1: "pairs"}},
                dynamo=True,
                external_data=False,
                opset_version=20,  # the first with GELU as one operator
                verbose=False,
            )
            quantize_dynamic(
                exact,
                path,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                extra_options={"WeightSymmetric": False},
            )
    finally:
        logging.disable(logging.NOTSET)


def temperature(logits: np.ndarray, labels: list[str]) -> float:
    """The temperature that minimises the negative log-likelihood of held-out labels (Guo et al., ICML 2017)."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    gold = np.array([STANCES.index(label) for label in labels])

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(logits / np.exp(log_temperature), axis=1)[np.arange(len(gold)), gold].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))


def save_tokenizer(tokenizer: Any, path: Path) -> None:
    """The fast tokenizer in one file, markers included."""
    missing = [marker for marker in MARKERS if tokenizer.convert_tokens_to_ids(marker) == tokenizer.unk_token_id]
    assert not missing, missing
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.save(str(path))


def write_encoder(model: MarkedSentenceModel, tokenizer: Any, folder: Path) -> dict[str, Any]:
    """The files of an encoder model: int8 ONNX to run, half-precision weights to train on from, the tokenizer.
    Gives what `model.json` has to say of them."""
    from safetensors.torch import save_file

    to_onnx(model, folder / "model.onnx")
    save_file(trained_weights(model), folder / WEIGHTS)
    save_tokenizer(tokenizer, folder / "tokenizer.json")
    return {"kind": "encoder", "max_tokens": MAX_TOKENS, "roots": ROOT_NAMES}
