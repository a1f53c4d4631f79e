"""Demarche: who takes which stance toward whom, with the evidence.

    import pipeline

    nlp = pipeline.load()
    doc = nlp("Oslo condemned Riga's new cod quota.")
    doc._.statements  # a list of pipeline.statements.Statement

`nlp` is a spaCy `Language` like any other.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

__version__ = "0.1.0"
COMPONENTS = ("actors", "diplomatic_verbs", "statements", "stance")


def settings() -> dict[str, Any]:
    """The contents of `config.cfg`."""
    from importlib.resources import files

    from spacy.util import load_config_from_str

    return dict(load_config_from_str((files("pipeline") / "config.cfg").read_text(encoding="utf-8")))


def load(model: str | Path | None = "", **overrides: Any) -> Language:
    """The whole pipeline as a spaCy `Language`.

    `model` is a model folder or the name of a shipped model (`lexicon` for the lexicon's own sign); by default
    the one in `config.cfg`; None leaves the stance classifier out. `overrides` change single settings, named by
    component: `statements={"unlinked": False}`. Raises InputError if a model is missing or damaged, TypeError for a
    component that there is not.
    """
    import spacy

    from pipeline.errors import InputError

    if unknown := overrides.keys() - set(COMPONENTS):
        raise TypeError(f"no such component: {min(unknown)}; one of {', '.join(COMPONENTS)}")
    config = settings()
    blocks = {"@tokenizers": "demarche.ArticleTokenizer.v1"}
    try:
        nlp = spacy.load(config["base"]["model"], exclude=["senter"], config={"nlp": {"tokenizer": blocks}})
    except OSError as error:
        raise InputError(f"the spaCy model {config['base']['model']} is not installed; see the README") from error
    for name in COMPONENTS:
        chosen = {**config["components"].get(name, {}), **overrides.get(name, {})}
        if name == "stance":
            if model is None:
                continue
            chosen["model"] = str(model) if model else chosen["model"]
        nlp.add_pipe(name, config=chosen)
    return nlp
