"""Where the folders and files that come with the package are: inside an installed wheel, or beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """One of those: `models`, `corpus`, `annotations/gold`, `annotations/sentences.tsv`, `annotations/briefs.tsv`."""
    package = Path(str(files("pipeline")))
    inside = package / name
    return inside if inside.exists() else package.parent / name
