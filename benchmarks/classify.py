"""Pairs per second of `demarche classify`, beside a model of RoBERTa-large's shape that scores 76 hypotheses a pair.

    python benchmarks/classify.py [--pairs 512]

The large model has random weights, which do for the time. It runs through torch on the same cores in the same run, as
zero-shot inference by entailment would: one pass for each hypothesis.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

HYPOTHESES = 76


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pairs", type=int, default=512)
    options.add_argument("--model", default="stance")
    chosen = options.parse_args()

    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    from pipeline.gold.corpus import read_annotated
    from pipeline.gold.pairs import gold_pairs
    from pipeline.stance import load

    items = read_annotated(Path("annotations/gold"), Path("corpus"), {"train", "dev"})
    pairs = [gold.pair for item in items for gold in gold_pairs(item.gold, item.text)][: chosen.pairs]
    classifier = load(chosen.model)
    classifier.classify(pairs[:32])
    start = time.perf_counter()
    classifier.classify(pairs)
    ours = len(pairs) / (time.perf_counter() - start)

    shape = RobertaConfig(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096, num_labels=3,
        vocab_size=50265, max_position_embeddings=514,
    )  # fmt: skip
    large = RobertaForSequenceClassification(shape).eval()
    words = sorted(len(pair.text.split()) for pair in pairs)[len(pairs) // 2]
    ids = torch.randint(5, 50000, (HYPOTHESES // 2, int(1.3 * words) + 12))
    with torch.inference_mode():
        large(ids[:2])
        start = time.perf_counter()
        large(ids)
        large(ids)
        theirs = 1 / (time.perf_counter() - start)
    print(f"{ours:.1f} pairs a second, beside {theirs:.4f}: {ours / theirs:,.0f} times as many")


if __name__ == "__main__":
    main()
