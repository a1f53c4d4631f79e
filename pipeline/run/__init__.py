"""A run: articles in batches through the pipeline, here, in processes or on a cluster, and saved in parts."""

from pipeline.run.batches import run

__all__ = ["run"]
