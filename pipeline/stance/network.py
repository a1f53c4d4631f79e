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

ROOT_NAMES = list(ROOTS)
PAIR_LAYERS = 2
WEIGHTS = "weights.safetensors"


class PairLayer(nn.Module):
    """What pairs ask of their sentence: attention from each to the tokens, then a feed-forward layer, both added to
    what is known. It is a Transformer's decoder layer without attention among the pairs: what is said of one does not
    depend on which others are asked for."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.feed = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, pairs: torch.Tensor, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Pairs `(sentences, pairs, width)` after a look at tokens `(sentences, tokens, width)` under their mask."""
        query, key, value = (
            values.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for values in (self.query(self.before_attention(pairs)), self.key(tokens), self.value(tokens))
        )
        found = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None] != 0)
        pairs = pairs + self.dropout(self.output(found.transpose(1, 2).flatten(2)))
        fed: torch.Tensor = self.dropout(self.feed(self.before_feed(pairs)))
        return pairs + fed


class MarkedSentenceModel(nn.Module):
    """An encoder with markers for actors, and three heads: stance, quad class and root code of ordered pairs.

    A sentence is encoded once for all its pairs. A pair starts from its source's markers, its target's and the whole
    sentence, and looks back at the sentence in `PAIR_LAYERS` layers. In training the actors' markers change places at
    random, so that none stands for a place in the sentence.

    The encoder's word embeddings stay as they are, and each marker learns a vector of its own: what training changes is
    then half the model, small enough to ship for the next training to start from.
    """

    def __init__(self, encoder: Any, marker_ids: Sequence[int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        embeddings = encoder.get_input_embeddings().requires_grad_(False)
        self.marker_ids: torch.Tensor
        self.register_buffer("marker_ids", torch.tensor(marker_ids), persistent=False)
        self.markers = nn.Parameter(embeddings.weight[list(marker_ids)].clone())
        width, heads = encoder.config.hidden_size, encoder.config.num_attention_heads
        self.of_source, self.of_target = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.of_sentence = nn.Linear(width, width, bias=False)
        self.layers = nn.ModuleList(PairLayer(width, heads, dropout) for _ in range(PAIR_LAYERS))
        self.last = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.stance = nn.Linear(width, len(STANCES))
        self.quad = nn.Linear(width, len(QUADS))
        self.root = nn.Linear(width, len(ROOT_NAMES))

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, pairs: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Logits `(sentences, pairs, labels)` from ids and mask `(sentences, tokens)` and the markers of each pair's
        source and target, `(sentences, pairs, 2)`."""
        places = torch.eq(input_ids.unsqueeze(-1), self.marker_ids)  # sentences, tokens, markers
        markers: torch.Tensor = self.markers
        if self.training:
            markers = torch.cat([markers[:-1][torch.randperm(len(markers) - 1)], markers[-1:]])
        words = self.encoder.get_input_embeddings()(input_ids)
        embedded = torch.where(places.any(-1, keepdim=True), places.to(words.dtype) @ markers, words)
        tokens = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        whole = attention_mask.unsqueeze(-1).to(tokens.dtype)
        sentence = (tokens * whole).sum(1, keepdim=True) / whole.sum(1, keepdim=True)
        here = places.to(tokens.dtype).transpose(1, 2)
        actors = self.dropout((here @ tokens) / here.sum(-1, keepdim=True).clamp(min=1.0))
        source, target = (actors.gather(1, pairs[..., end, None].expand(-1, -1, actors.shape[-1])) for end in (0, 1))
        found = self.of_source(source) + self.of_target(target) + self.of_sentence(self.dropout(sentence))
        for layer in self.layers:
            found = layer(found, tokens, attention_mask)
        pooled = self.dropout(torch.tanh(self.last(found)))
        return {"stance": self.stance(pooled), "quad": self.quad(pooled), "root": self.root(pooled)}


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


def build(source: str, layers: int = 0, seed: int = 0) -> tuple[MarkedSentenceModel, Any]:
    """A fresh model on an encoder, its heads drawn by `seed`, and its tokenizer, which knows the markers.

    Of the encoder's layers the first `layers` are kept, 0 keeps all. Raises InputError.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    torch.manual_seed(seed)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    set_verbosity_error()  # type: ignore[no-untyped-call]  # it would list the layers that are not kept
    try:
        config, tokenizer = AutoConfig.from_pretrained(source), AutoTokenizer.from_pretrained(source)
        config.num_hidden_layers = layers or config.num_hidden_layers
        encoder = AutoModel.from_pretrained(source, config=config, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise InputError(f"no encoder here ({str(error).splitlines()[0]})", source) from error
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    marker_ids: Any = tokenizer.convert_tokens_to_ids(list(MARKERS))
    if len(tokenizer) > encoder.get_input_embeddings().num_embeddings:
        encoder.resize_token_embeddings(len(tokenizer))
    return MarkedSentenceModel(encoder, marker_ids), tokenizer


def _frozen(model: MarkedSentenceModel) -> set[str]:
    return {name for name, parameter in model.named_parameters() if not parameter.requires_grad}


def trained_weights(model: MarkedSentenceModel) -> dict[str, torch.Tensor]:
    """What training changed, in half precision: everything but the encoder's word embeddings."""
    frozen = _frozen(model)
    return {name: tensor.half().contiguous() for name, tensor in model.state_dict().items() if name not in frozen}


def restore(model: MarkedSentenceModel, path: Path) -> None:
    """Put the weights of an earlier training into a fresh model. Raises InputError if they are of another encoder."""
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    try:
        missing, unexpected = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise InputError("these weights are of another encoder", path) from error
    if unexpected or set(missing) - _frozen(model):
        raise InputError("these weights are of another encoder", path)


def blend(model: MarkedSentenceModel, path: Path, share: float) -> None:
    """Move a model's weights towards those of an earlier training, by a share of the way."""
    weights = model.state_dict()
    for name, earlier in load_file(path).items():
        weights[name].lerp_(earlier.to(weights[name]), share)


def as_network(model: MarkedSentenceModel, device: str = "cpu") -> Network:
    """The model as a classifier asks it: numpy in and out, on a device."""
    model.eval().to(device)

    @torch.inference_mode()
    def run(**inputs: np.ndarray) -> list[np.ndarray]:
        output = model(**{name: torch.from_numpy(values).to(device) for name, values in inputs.items()})
        return [output[name].float().cpu().numpy() for name in HEADS]

    return run


def trained(folder: Path, description: dict[str, Any], device: str) -> Network:
    """A trained model in torch, on a device ("cuda"). Raises InputError."""
    name, source = find_encoder(description["encoder"])
    if not Path(source).is_dir():
        raise InputError(f"its encoder {name} is not at hand, and nothing is downloaded to run a model", folder)
    try:
        model, _ = build(source, description["layers"])
        restore(model, folder / WEIGHTS)
        return as_network(model, device)
    except (RuntimeError, AssertionError) as error:  # a torch without CUDA asserts
        raise InputError(f"no such device: {device!r} ({str(error).splitlines()[0]}); cpu is the default") from error
