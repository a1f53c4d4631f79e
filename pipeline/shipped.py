"""Where the folders that come with the package are: inside an installed wheel, or beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """One of those folders: `models`, `corpus`, `annotations/gold`."""
    package = Path(str(files("pipeline")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
