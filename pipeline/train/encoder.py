"""Fine-tune an encoder with entity markers, and export it to ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.evaluate.scores import confusion, macro_f1
from pipeline.labels import STANCES
from pipeline.stance.encoder import arrange
from pipeline.stance.marking import MARKERS
from pipeline.stance.network import ROOT_LABELS, UNKNOWN, MarkedSentenceModel
from pipeline.train.data import Example

MAX_TOKENS = 192
LABEL_NAMES = ("stance_labels", "quad_labels", "root_labels")


def to_dataset(examples: Sequence[Example], tokenizer: Any) -> Any:
    """A `datasets.Dataset` of marked sentences: token ids, and labels from each marker toward each other."""
    from datasets import Dataset

    texts, places = arrange([example.pair for example in examples])
    labels = np.full((3, len(texts), len(MARKERS), len(MARKERS)), UNKNOWN)
    for place, example in zip(places, examples, strict=True):
        labels[:, *place] = (
            STANCES.index(example.stance),
            example.quad - 1 if example.quad else UNKNOWN,
            ROOT_LABELS.index(example.root) if example.root else UNKNOWN,
        )
    rows = {"text": texts, **dict(zip(LABEL_NAMES, labels.tolist(), strict=True))}

    def tokenize(batch: dict[str, Any]) -> dict[str, Any]:
        encoded = tokenizer(batch["text"], truncation=True, max_length=MAX_TOKENS)
        return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"]}

    return Dataset.from_dict(rows).map(tokenize, batched=True, remove_columns=["text"])


def _macro_f1(prediction: Any) -> dict[str, float]:
    found, gold = prediction.predictions[0].argmax(-1), prediction.label_ids[0]
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
    epochs: float,
    rate: float,
    batch: int,
    smoothing: float,
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
    model.smoothing = smoothing
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
        label_names=list(LABEL_NAMES),
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
