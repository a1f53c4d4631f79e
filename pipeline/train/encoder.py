"""Fine-tune an encoder with entity markers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from pipeline.evaluate.scores import confusion, macro_f1
from pipeline.labels import MARKED_ROOTS, QUADS, STANCES, YIELD
from pipeline.stance.encoder import HEADS
from pipeline.stance.marking import arrange, by_text, padded
from pipeline.stance.network import ROOT_NAMES, MarkedSentenceModel
from pipeline.train.data import Example

MAX_TOKENS = 192
UNKNOWN = -100
ROOT_LABELS = list(MARKED_ROOTS)
"""YIELD is as likely as the two that it joins together."""
HEAD_WEIGHTS = {"stance": 1.0, "quad": 0.5, "root": 1.0}
SOFTNESS = 2.0
"""The temperature at which a teacher's answer and its pupil's are compared (Hinton et al., 2015)."""


def to_dataset(examples: Sequence[Example], tokenizer: Any, actors: int, taught: np.ndarray | None = None) -> Any:
    """A `datasets.Dataset` of marked sentences: token ids, the pairs that are asked for by their markers, the labels of
    each (stance, quad class and root code), and of `taught`, a row an example, a teacher's logits of the three."""
    from datasets import Dataset

    texts, places = arrange([example.pair for example in examples], actors)
    labels = [
        (
            STANCES.index(example.stance) if example.stance else UNKNOWN,
            example.quad - 1 if example.quad else UNKNOWN,
            ROOT_LABELS.index(example.root) if example.root else UNKNOWN,
        )
        for example in examples
    ]
    columns: dict[str, Any] = {"pairs": places[:, 1:], "labels": np.array(labels)}
    if taught is not None:
        columns["taught"] = taught.astype(np.float32)
    asked = by_text(places)
    rows = {name: [values[numbers].tolist() for numbers in asked] for name, values in columns.items()}

    def tokenize(batch: dict[str, Any]) -> dict[str, Any]:
        return {"input_ids": tokenizer(batch["text"], truncation=True, max_length=MAX_TOKENS)["input_ids"]}

    return Dataset.from_dict({"text": texts, **rows}).map(tokenize, batched=True, remove_columns=["text"])


def _collate(rows: Sequence[Mapping[str, Any]], pad_token: int) -> dict[str, Tensor]:
    ids = [np.array(row["input_ids"]) for row in rows]
    batch = {
        "input_ids": padded(ids, pad_token),
        "attention_mask": padded([np.ones_like(each) for each in ids]),
        "pairs": padded([np.array(row["pairs"]) for row in rows]),
        "labels": padded([np.array(row["labels"]) for row in rows], UNKNOWN),
    }
    if "taught" in rows[0]:
        batch["taught"] = padded([np.array(row["taught"], np.float32) for row in rows], np.nan)
    return {name: torch.from_numpy(values) for name, values in batch.items()}


def _from_labels(logits: Mapping[str, Tensor], labels: Tensor, smoothing: float) -> Tensor:
    """Negative log-likelihood of the known labels, smoothed (Szegedy et al., CVPR 2016), over the three heads."""
    root = logits["root"].log_softmax(-1)
    joined = root[..., [ROOT_NAMES.index(name) for name in YIELD]].logsumexp(-1, keepdim=True)
    found = {name: logits[name].log_softmax(-1) for name in HEADS} | {"root": torch.cat([root, joined], -1)}
    loss = torch.zeros((), device=labels.device)
    for name, wanted in zip(HEADS, labels.unbind(-1), strict=True):
        known = wanted != UNKNOWN
        chosen = found[name][known]
        likely = chosen.gather(-1, wanted[known].unsqueeze(-1)).squeeze(-1)
        smoothed = (1 - smoothing) * likely + smoothing * chosen.mean(-1)
        loss = loss - HEAD_WEIGHTS[name] * smoothed.sum() / known.sum().clamp(min=1)
    return loss


def _from_teacher(logits: Mapping[str, Tensor], taught: Tensor) -> Tensor:
    """Divergence from a teacher's answers where there is one, over the three heads; those of quad class and root code
    count as much as the teacher holds that there is a statement."""
    known = ~taught[..., 0].isnan()
    wanted = torch.split(taught[known], [len(STANCES), len(QUADS), len(ROOT_NAMES)], -1)
    stated = 1 - wanted[0].softmax(-1)[:, STANCES.index("none")]
    loss = torch.zeros((), device=taught.device)
    for name, teacher in zip(HEADS, wanted, strict=True):
        pupil = (logits[name][known] / SOFTNESS).log_softmax(-1)
        divergence = torch.nn.functional.kl_div(
            pupil, (teacher / SOFTNESS).log_softmax(-1), reduction="none", log_target=True
        ).sum(-1)
        weight = torch.ones_like(stated) if name == "stance" else stated
        loss = loss + HEAD_WEIGHTS[name] * SOFTNESS**2 * (weight * divergence).sum() / weight.sum().clamp(min=1e-6)
    return loss


class StanceTrainer(Trainer):
    """transformers' Trainer with the loss of a `MarkedSentenceModel`: of its labels, and of its teacher's answers,
    which have the share `teaching` where there is a teacher."""

    def __init__(self, *args: Any, smoothing: float, teaching: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self.smoothing, self.teaching = smoothing, teaching

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        labels, taught = inputs.pop("labels"), inputs.pop("taught", None)
        logits = model(**inputs)
        loss = _from_labels(logits, labels, self.smoothing)
        if taught is not None:
            loss = (1 - self.teaching) * loss + self.teaching * _from_teacher(logits, taught)
        return (loss, logits) if return_outputs else loss


def _optimizer(model: MarkedSentenceModel, rate: float, heads: float) -> torch.optim.Optimizer:
    """AdamW, at `heads` times the rate for what the encoder did not bring; no decay of biases and norms."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            setting = rate if name.startswith("encoder.") else heads * rate, 0.01 if parameter.dim() > 1 else 0.0
            groups.setdefault(setting, []).append(parameter)
    return torch.optim.AdamW([{"params": p, "lr": lr, "weight_decay": decay} for (lr, decay), p in groups.items()])


def _macro_f1(prediction: Any) -> dict[str, float]:
    found, gold = prediction.predictions[0].argmax(-1), prediction.label_ids[..., 0]
    known = gold != UNKNOWN
    counts = confusion([STANCES[label] for label in gold[known]], [STANCES[label] for label in found[known]])
    return {"stance_f1": float(macro_f1(np.array(counts)))}


def fine_tune(
    model: MarkedSentenceModel,
    tokenizer: Any,
    examples: Sequence[Example],
    dev: Sequence[Example],
    folder: Path,
    *,
    actors: int,
    epochs: float,
    rate: float,
    heads: float,
    batch: int,
    smoothing: float,
    teaching: float,
    patience: int,
    seed: int,
    taught: np.ndarray | None = None,
) -> None:
    """Train in place; the weights of the epoch that does best on `dev` are kept.

    A reading tells `actors` actors apart; what the encoder did not bring learns at `heads` times its rate. A teacher's
    logits, `taught` `(examples, labels of the three heads)`, are learned beside the labels and have the share
    `teaching` of the loss; NaN is no answer. Training stops when `patience` epochs bring nothing. `folder` holds the
    last epoch: where it holds one already, of a training that was interrupted, training goes on from there.
    """
    set_seed(seed)
    cuda = torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=64,
        warmup_steps=0.1,
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
        label_names=["labels"],
        remove_unused_columns=False,
    )
    forward = model.forward
    trainer = StanceTrainer(
        model=model,
        args=arguments,
        train_dataset=to_dataset(examples, tokenizer, actors, taught),
        eval_dataset=to_dataset(dev, tokenizer, actors),
        data_collator=lambda rows: _collate(rows, tokenizer.pad_token_id),
        compute_metrics=_macro_f1,
        callbacks=[EarlyStoppingCallback(patience)],
        optimizers=(_optimizer(model, rate, heads), None),
        smoothing=smoothing,
        teaching=teaching,
    )
    last = get_last_checkpoint(str(folder)) if folder.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)
    model.forward = forward  # type: ignore[method-assign]  # accelerate wraps it in autocast, which ONNX cannot run
