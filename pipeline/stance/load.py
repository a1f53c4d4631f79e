"""Find a model folder and load its classifier.

A model folder holds `model.json` (kind, labels, the SHA-256 of each file, what it was trained on), its card
`README.md`, and the files of its kind: safetensors, ONNX or skops, never pickle.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.digest import sha256_of
from pipeline.errors import InputError
from pipeline.shipped import shipped
from pipeline.stance.base import Classifier
from pipeline.text import parse_json, read_text

DEFAULT = "stance"
LEXICON = "lexicon"


def find(model: str | Path) -> Path:
    """The folder that `model` means: a path, or the name of a shipped model. Raises InputError."""
    for folder in (Path(model), shipped("models") / str(model)):
        if (folder / "model.json").is_file():
            return folder
    available = sorted(path.parent.name for path in shipped("models").glob("*/model.json"))
    raise InputError(f"no model here (no model.json); shipped models: {', '.join([LEXICON, *available])}", model)


def read_description(folder: Path) -> dict[str, Any]:
    """`model.json`, after checking that every file it lists is there and unchanged. Raises InputError."""
    path = folder / "model.json"
    try:
        description: dict[str, Any] = parse_json(read_text(path))
        listed: dict[str, str] = {**description["files"]}
        description["kind"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"a damaged model ({error}); train or download it again", path) from error
    for name, wanted in listed.items():
        file = folder / name
        if not file.is_file():
            raise InputError("a damaged model: this file is missing; train or download it again", file)
        if sha256_of(file) != wanted:
            raise InputError("a damaged model: this file is not the one that was trained (SHA-256 differs)", file)
    return description


def write_description(folder: Path, description: dict[str, Any]) -> dict[str, Any]:
    """Write `model.json`: what is known of a model, with the SHA-256 of its files but the card. Gives it."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in ("model.json", "README.md"))
    complete = {**description, "files": {name: sha256_of(folder / name) for name in names}}
    (folder / "model.json").write_text(json.dumps(complete, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return complete


def load(model: str | Path = DEFAULT, device: str = "cpu", threads: int = 0) -> Classifier:
    """The classifier in a model folder, or the lexicon's own sign for `lexicon`. Raises InputError.

    An encoder runs through onnxruntime on the CPU, with so many `threads` (0 is one a core); on any other `device`
    ("cuda") through torch.
    """
    if str(model) == LEXICON:
        from pipeline.stance.lexicon import LexiconClassifier

        return LexiconClassifier()
    folder = find(model)
    description = read_description(folder)
    if description["kind"] == "encoder":
        if "actors" not in description:
            raise InputError("a model of an earlier version; train it again", folder / "model.json")
        from pipeline.stance.encoder import EncoderClassifier

        return EncoderClassifier(folder, description, device, threads)
    if description["kind"] == "linear":
        from pipeline.stance.linear import LinearClassifier

        return LinearClassifier(folder, description)
    raise InputError(f"unknown kind of model: {description['kind']!r}; encoder or linear", folder / "model.json")


def model_name(folder: Path, description: dict[str, Any]) -> str:
    """What the table's `model` column says: the folder's name and the start of its weights' SHA-256."""
    weights = min(description["files"], key=lambda name: not name.startswith("model."))
    return f"{folder.resolve().name}@{description['files'][weights][:8]}"
