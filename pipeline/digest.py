"""The digests that tie annotations to texts, and models to what they are made of."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256(text: str) -> str:
    """SHA-256 of a text: of its UTF-8 bytes, line ends as given."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
