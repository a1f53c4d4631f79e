"""Every stage against gold, with support, bootstrap intervals and baselines."""

from pipeline.evaluate.evaluate import evaluate

__all__ = ["evaluate"]
