"""Find a model folder and load its classifier.

A model folder holds `model.json` (kind, labels, the SHA-256 of each file, what it was trained on), its card
`README.md`, and the files of its kind: safetensors, ONNX or skops, never pickle.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.stance.base import Classifier

DEFAULT = "stance"
LEXICON = "lexicon"


def shipped() -> Path:
    """The folder of the models that come with the package: inside an installed wheel, or beside it in a checkout."""
    inside = Path(str(files("pipeline"))) / "models"
    return inside if inside.is_dir() else Path(str(files("pipeline"))).parent / "models"


def find(model: str | Path) -> Path:
    """The folder that `model` means: a path, or the name of a shipped model. Raises InputError."""
    for folder in (Path(model), shipped() / str(model)):
        if (folder / "model.json").is_file():
            return folder
    available = sorted(path.parent.name for path in shipped().glob("*/model.json"))
    raise InputError(f"no model here (no model.json); shipped models: {', '.join([LEXICON, *available])}", model)


def read_description(folder: Path) -> dict[str, Any]:
    """`model.json`, after checking that every file it lists is there and unchanged. Raises InputError."""
    path = folder / "model.json"
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        listed: dict[str, str] = description["files"]
        description["kind"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"a damaged model ({error}); train or download it again", path) from error
    for name, digest in listed.items():
        file = folder / name
        if not file.is_file():
            raise InputError("a damaged model: this file is missing; train or download it again", file)
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise InputError("a damaged model: this file is not the one that was trained (SHA-256 differs)", file)
    return description


def load(model: str | Path = DEFAULT) -> Classifier:
    """The classifier in a model folder, or the lexicon's own sign for `lexicon`. Raises InputError."""
    if str(model) == LEXICON:
        from pipeline.stance.lexicon import LexiconClassifier

        return LexiconClassifier()
    folder = find(model)
    description = read_description(folder)
    if description["kind"] == "encoder":
        from pipeline.stance.encoder import EncoderClassifier

        return EncoderClassifier(folder, description)
    if description["kind"] == "linear":
        from pipeline.stance.linear import LinearClassifier

        return LinearClassifier(folder, description)
    raise InputError(f"unknown kind of model: {description['kind']!r}; encoder or linear", folder / "model.json")


def model_name(folder: Path, description: dict[str, Any]) -> str:
    """What the table's `model` column says: the folder's name and the start of its weights' SHA-256."""
    weights = min(description["files"], key=lambda name: not name.startswith("model."))
    return f"{folder.resolve().name}@{description['files'][weights][:8]}"
