"""The network in torch: what `train` trains, and what runs on a GPU. Without one, `stance.encoder` runs its export."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

import pipeline
from pipeline.digest import sha256_of
from pipeline.errors import InputError
from pipeline.labels import QUADS, ROOTS, STANCES
from pipeline.stance.encoder import HEADS, Network
from pipeline.stance.marking import MARKERS

UNKNOWN = -100
ROOT_NAMES = list(ROOTS)
YIELD = ("CONCEDE", "RETREAT")
"""The root codes that PLV does not tell apart: its label YIELD is as likely as the two together."""
ROOT_LABELS = [*ROOT_NAMES, "YIELD"]
QUAD_WEIGHT = 0.5
WEIGHTS = "weights.safetensors"


class MarkedSentenceModel(nn.Module):
    """An encoder with markers for actors, and three heads: stance, quad class and root code of every ordered pair.

    A sentence is encoded once for two actors in both directions. A pair is read at its source's markers, at its
    target's, over the whole sentence, and where the two together look (localised context, Zhou et al., AAAI 2021). In
    training the markers of the two change places in every other batch, so that neither stands for a place in the
    sentence.

    The encoder's word embeddings stay as they are, and each marker learns a vector of its own: what training changes is
    then half the model, small enough to ship for the next training to start from.
    """

    def __init__(self, encoder: Any, marker_ids: Sequence[int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.smoothing = 0.0  # of labels, in training
        embeddings = encoder.get_input_embeddings().requires_grad_(False)
        self.marker_ids: torch.Tensor
        self.register_buffer("marker_ids", torch.tensor(marker_ids), persistent=False)
        self.markers = nn.Parameter(embeddings.weight[list(marker_ids)].clone())
        width = encoder.config.hidden_size
        self.query_source, self.query_target = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.of_source, self.of_target = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.of_sentence, self.of_context = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.stance = nn.Linear(width, len(STANCES))
        self.quad = nn.Linear(width, len(QUADS))
        self.root = nn.Linear(width, len(ROOT_NAMES))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        stance_labels: torch.Tensor | None = None,
        quad_labels: torch.Tensor | None = None,
        root_labels: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Logits `(sentences, markers, markers, labels)`, source by target, from ids and mask `(sentences, tokens)`;
        with labels `(sentences, markers, markers)` the loss too."""
        places = torch.eq(input_ids.unsqueeze(-1), self.marker_ids)  # sentences, tokens, markers
        change = self.training and bool(torch.rand(()) < 0.5)
        markers = self.markers[[1, 0, 2]] if change else self.markers
        words = self.encoder.get_input_embeddings()(input_ids)
        embedded = torch.where(places.any(-1, keepdim=True), places.to(words.dtype) @ markers, words)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        whole = attention_mask.unsqueeze(-1).to(hidden.dtype)
        sentence = (hidden * whole).sum(1) / whole.sum(1)
        here = places.to(hidden.dtype).transpose(1, 2)
        actors = self.dropout((here @ hidden) / here.sum(-1, keepdim=True).clamp(min=1.0))
        query = self.query_source(actors).unsqueeze(2) + self.query_target(actors).unsqueeze(1)
        weights = query.flatten(1, 2) @ self.key(hidden).transpose(1, 2) / hidden.shape[-1] ** 0.5
        weights = weights.masked_fill(attention_mask.unsqueeze(1) == 0, -1e4).softmax(-1)
        context = self.dropout(weights @ hidden).unflatten(1, query.shape[1:3])
        pairs = self.of_source(actors).unsqueeze(2) + self.of_target(actors).unsqueeze(1)
        pairs = pairs + self.of_sentence(self.dropout(sentence))[:, None, None] + self.of_context(context)
        pooled = self.dropout(torch.tanh(pairs))
        output = {"stance": self.stance(pooled), "quad": self.quad(pooled), "root": self.root(pooled)}
        if stance_labels is not None and quad_labels is not None and root_labels is not None:
            loss = self._loss(output["stance"].log_softmax(-1), stance_labels)
            loss = loss + QUAD_WEIGHT * self._loss(output["quad"].log_softmax(-1), quad_labels)
            root = output["root"].log_softmax(-1)
            joined = root[..., [ROOT_NAMES.index(name) for name in YIELD]].logsumexp(-1, keepdim=True)
            loss = loss + self._loss(torch.cat([root, joined], -1), root_labels)
            output = {"loss": loss, **output}
        return output

    def _loss(self, log_probabilities: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean negative log-likelihood of the known labels, smoothed (Szegedy et al., CVPR 2016); 0 where none is."""
        known = labels != UNKNOWN
        found = log_probabilities[known]
        chosen = found.gather(-1, labels[known].unsqueeze(-1)).squeeze(-1)
        smoothed = (1 - self.smoothing) * chosen + self.smoothing * found.mean(-1)
        return -smoothed.sum() / known.sum().clamp(min=1)


def find_encoder(name: str = "") -> tuple[str, str]:
    """What the encoder setting `name` means, by default that of `config.cfg`: its name, and where to load it from.

    A folder; else the folder `model` in an installed package; else a name on the hub, the one thing that is ever
    downloaded. The default's weights are checked by SHA-256. Raises InputError.
    """
    default = pipeline.settings()["encoder"]
    name = name or default["name"]
    if Path(name).is_dir():
        return name, name
    package = find_spec(name) if name.isidentifier() else None
    if package is not None and package.submodule_search_locations:
        folder = Path(package.submodule_search_locations[0]) / "model"
        if name == default["name"] and sha256_of(folder / "model.safetensors") != default["sha256"]:
            raise InputError("this is not the encoder of config.cfg: its SHA-256 differs", folder / "model.safetensors")
        return name, str(folder)
    if name == default["name"]:
        raise InputError(f"training needs the encoder {name}; it is in requirements-dev.lock")
    return name, name


def build(source: str, seed: int = 0) -> tuple[MarkedSentenceModel, Any]:
    """A fresh model on an encoder, its heads drawn by `seed`, and its tokenizer, which knows the markers.

    Raises InputError.
    """
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    torch.manual_seed(seed)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer, encoder = AutoTokenizer.from_pretrained(source), AutoModel.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise InputError(f"no encoder here ({str(error).splitlines()[0]})", source) from error
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    marker_ids: Any = tokenizer.convert_tokens_to_ids(list(MARKERS))
    if len(tokenizer) > encoder.get_input_embeddings().num_embeddings:
        encoder.resize_token_embeddings(len(tokenizer))
    return MarkedSentenceModel(encoder, marker_ids), tokenizer


def trained_weights(model: MarkedSentenceModel) -> dict[str, torch.Tensor]:
    """What training changed, in half precision: everything but the encoder's word embeddings."""
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor.half().contiguous() for name, tensor in model.state_dict().items() if name not in frozen}


def restore(model: MarkedSentenceModel, path: Path) -> None:
    """Put the weights of an earlier training into a fresh model. Raises InputError if they are of another encoder."""
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    try:
        missing, unexpected = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise InputError("these weights are of another encoder", path) from error
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    if unexpected or set(missing) - frozen:
        raise InputError("these weights are of another encoder", path)


def as_network(model: MarkedSentenceModel, device: str = "cpu") -> Network:
    """The model as a classifier asks it: numpy in and out, on a device."""
    model.eval().to(device)

    @torch.inference_mode()
    def run(**inputs: np.ndarray) -> list[np.ndarray]:
        output = model(**{name: torch.from_numpy(values).to(device) for name, values in inputs.items()})
        return [output[name].float().cpu().numpy() for name in HEADS]

    return run


def trained(folder: Path, encoder: str, device: str) -> Network:
    """A trained model in torch, on a device ("cuda"). Raises InputError."""
    try:
        model, _ = build(find_encoder(encoder)[1])
        restore(model, folder / WEIGHTS)
        return as_network(model, device)
    except (RuntimeError, AssertionError) as error:  # a torch without CUDA asserts
        raise InputError(f"no such device: {device!r} ({str(error).splitlines()[0]}); cpu is the default") from error
