"""Retraining on gold of one's own, small enough to take seconds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import CORPUS, GOLD, ROOT
from safetensors.torch import save_file

import pipeline
from pipeline.actors.gazetteer import names
from pipeline.digest import sha256_of
from pipeline.errors import InputError
from pipeline.gold.briefs import briefs_file, read_briefs
from pipeline.gold.corpus import read_annotated
from pipeline.labels import QUADS, ROOTS, STANCES, YIELD
from pipeline.shipped import shipped
from pipeline.stance.marking import arrange, by_text
from pipeline.stance.network import as_network, blend, build, find_encoder, trained_weights
from pipeline.train import command
from pipeline.train.data import Example, from_external, from_gold, read_sentences, sentences_file
from pipeline.train.encoder import fine_tune

ARTICLES = {
    "tokyo-takes-a-haircut-on-ghana": "train",
    "cairo-reads-the-fine-print": "dev",
    "islamabad-in-the-barrel": "test",
}

SPLITS = ("train", "dev", "test")
SETTINGS: dict[str, Any] = {**pipeline.settings()["training"], "epochs": 1, "batch": 8, "actors": 8, "seed": 0}
del SETTINGS["further"]


@pytest.fixture
def train(demarche, tmp_path: Path) -> Callable[..., str]:
    """Trains on three articles and nothing else; gives what is said."""
    for name, split in ARTICLES.items():
        text = (ROOT / "benchmarks" / "loop" / f"{name}.txt").read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("# split:")]
        (tmp_path / f"{name}.txt").write_text("\n".join([f"# split: {split}", *lines, ""]), encoding="utf-8")
    files = [f"{name}.txt" for name in ARTICLES]
    assert demarche("gold", "import", *files, "-o", "gold", "--corpus", "corpus").returncode == 0

    def call(*options: object) -> str:
        done = demarche("train", "--gold", "gold", "--corpus", "corpus", "--alone", *options)
        assert done.returncode == 0, done.stderr
        return done.stderr

    return call


def test_a_model_says_what_it_was_trained_on_and_judges(demarche, train: Callable[..., str], tmp_path: Path) -> None:
    said = train("-o", "mine", "--epochs", 1)
    assert not re.findall("torchvision|WARNING", said)
    description = json.loads((tmp_path / "mine" / "model.json").read_text(encoding="utf-8"))
    (source,) = description["trained_on"]
    gold = tmp_path / "gold" / "tokyo-takes-a-haircut-on-ghana.jsonl"
    assert source["files"] == {gold.name: sha256_of(gold)}
    assert sha256_of(shipped("models/stance") / "weights.safetensors")[:16] in description["started_from"]
    card = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert re.search(r"F1[^|]*\|\s*[01]\.\d{3}\s*\|\s*[01]\.\d{3} to [01]\.\d{3}", card), card
    table = demarche(
        "run", tmp_path / "corpus" / "cairo-reads-the-fine-print.txt", "-m", "mine", "--format", "csv", "-o", "-"
    )
    assert "mine@" in table.stdout


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    items = list(read_annotated(GOLD, CORPUS, {"train"}))[:2]
    examples = list(from_gold(items))[:40]
    found = []
    for name in ("one", "other"):
        model, tokenizer = build(find_encoder()[1])
        fine_tune(model, tokenizer, examples, examples, tmp_path / name, **SETTINGS)
        found.append(trained_weights(model))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])
    assert not torch.equal(found[0]["markers"], trained_weights(build(find_encoder()[1])[0])["markers"])


def test_a_pupil_learns_what_its_teacher_answers(tmp_path: Path) -> None:
    """A teacher that knows nothing but opposition, whatever the labels say."""
    examples = list(from_gold(read_annotated(GOLD, CORPUS, {"train"})))[:160]
    taught = np.zeros((len(examples), len(STANCES) + len(QUADS) + len(ROOTS)))
    taught[:, STANCES.index("oppositional")] = 9.0
    model, tokenizer = build(find_encoder()[1], layers=1)
    fine_tune(model, tokenizer, examples, examples, tmp_path, taught=taught, **SETTINGS | {"teaching": 1.0})
    network = as_network(model)
    texts, places = arrange([example.pair for example in examples])
    for text, asked in zip(texts, by_text(places), strict=True):
        ids = np.array([tokenizer(text)["input_ids"]])
        stance, *_ = network(input_ids=ids, attention_mask=np.ones_like(ids), pairs=places[None, asked, 1:])
        assert {STANCES[label] for label in stance.argmax(-1).flat} == {"oppositional"}


def test_a_model_goes_part_of_the_way_from_the_one_it_started_from(tmp_path: Path) -> None:
    earlier, model = (build(find_encoder()[1], layers=1, seed=seed)[0] for seed in (0, 1))
    save_file(trained_weights(earlier), tmp_path / "weights.safetensors")
    expected = {
        name: (3 * model.get_parameter(name) + earlier.get_parameter(name)) / 4 for name in ("stance.weight", "markers")
    }
    blend(model, tmp_path / "weights.safetensors", 0.25)
    for name, weights in expected.items():
        assert torch.allclose(model.get_parameter(name), weights, atol=1e-3)
    assert not torch.allclose(model.stance.weight, earlier.stance.weight, atol=1e-3)


def marked(example: Example, split: str) -> str:
    """An example as a row of the marked sentences."""
    text = example.pair.text
    for (start, end), tag in sorted([(example.pair.source, "s"), (example.pair.target, "t")], reverse=True):
        text = f"{text[:start]}<{tag}>{text[start:end]}</{tag}>{text[end:]}"
    return f"{split}\t{example.root or 'none'}\t{text}"


def test_every_marked_sentence_is_read_and_in_one_split() -> None:
    rows = sentences_file().read_text(encoding="utf-8").splitlines()[1:]
    splits = {split: list(read_sentences(split)) for split in SPLITS}
    texts = [{example.pair.text for example in found} for found in splits.values()]
    assert sum(map(len, texts)) == len({re.sub("</?[st]>", "", row.split("\t")[2]) for row in rows})
    told = {marked(example, split) for split, found in splits.items() for example in found}
    assert set(rows) <= told
    assert len(set(rows)) == len(rows)
    assert {example.root for example in splits["train"]} == {"", "YIELD", *ROOTS} - set(YIELD)
    assert not [e for found in splits.values() for e in found if (e.root == "") != (e.stance == "none")]


def test_the_lines_of_one_marked_sentence_are_one_reading() -> None:
    found = list(read_sentences("train"))
    assert len({(e.pair.text, e.pair.source, e.pair.target) for e in found}) == len(found)  # no pair is told twice
    crowded = [e for e in found if len(e.pair.mentions) > 4]
    texts, _ = arrange([e.pair for e in crowded])
    assert len(texts) < len(crowded) / 3
    assert all({e.pair.source, e.pair.target} <= {m[:2] for m in e.pair.mentions} for e in crowded)


@pytest.mark.parametrize("name", ["plv_train.tsv", "dse_train.txt"])
def test_no_marked_sentence_is_taken_from_an_external_set(name: str) -> None:
    path = ROOT.parent / "shared" / "data" / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    theirs, ours = (
        {
            tuple(words[n : n + 10])
            for line in lines
            for words in [re.findall(r"\w+", line.lower())]
            for n in range(len(words) - 9)
        }
        for lines in (
            re.sub(r"[][]|</?[st]>", "", path.read_text(encoding="utf-8")).splitlines(),
            {example.pair.text for split in SPLITS for example in read_sentences(split)}
            | {brief.text for split in SPLITS for brief in read_briefs(split)},
        )
    )
    assert not theirs & ours


def test_every_coded_brief_is_read_and_in_one_split() -> None:
    rows = [line.split("\t") for line in briefs_file().read_text(encoding="utf-8").splitlines()[1:]]
    briefs = [brief for split in SPLITS for brief in read_briefs(split)]
    assert len({brief.entry.document for brief in briefs}) == len({row[1] for row in rows}) == len(briefs)
    read = [brief.text[s.start : s.end] for brief in briefs for s in brief.gold.sentences]
    assert sorted(read) == sorted(row[2] for row in rows)
    told = [s for brief in briefs for s in brief.gold.statements]
    assert len(told) == sum(len(row[3].split("; ")) for row in rows if row[3])
    known = {name.actor for name in names()}
    for actor in {actor for s in told for actor in (s.source, s.target)}:
        assert re.fullmatch("IGO:[A-Z0-9-]+|ORG:[a-z0-9-]+", actor) or actor in known
    assert all((s.stance in STANCES[:2]) != s.arguable and s.source != s.target for s in told)


def test_a_linear_model_is_no_teacher(train: Callable[..., str], tmp_path: Path) -> None:
    train("-o", "linear", "--kind", "linear")
    with pytest.raises(InputError, match="linear: this model is no encoder: it can neither teach nor be trained"):
        command.train(tmp_path / "mine", [tmp_path / "gold"], tmp_path / "corpus", teachers=[str(tmp_path / "linear")])
    assert not list(tmp_path.glob("*mine*"))


@pytest.mark.parametrize(
    ("output", "options", "words"),
    [
        ("thesis", {}, "thesis: this is no model's folder"),
        ("thesis/chapter.txt", {}, "this is no model's folder"),
        ("mine", {"init": "stance", "layers": 2}, "add --fresh"),
        ("mine", {"kept": 0.5}, "leave out --fresh"),
        ("mine", {"gold": "misspelt"}, "misspelt: no such folder of gold"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_lost(
    output: str, options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("precious", encoding="utf-8")
    (tmp_path / "gold").mkdir()
    with pytest.raises(InputError) as caught:
        command.train(tmp_path / output, [tmp_path / options.pop("gold", "gold")], tmp_path, **options)
    assert words in str(caught.value)
    assert (tmp_path / "thesis" / "chapter.txt").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(("plv", "dse"), [("id\tsentence\n1\tOslo.\n", ""), ("marked_sentence\n", "Oslo.\tOslo\n")])
def test_another_file_under_the_name_of_an_external_set_is_named(plv: str, dse: str, tmp_path: Path) -> None:
    (tmp_path / "plv_train.tsv").write_text(plv)
    (tmp_path / "dse_train.txt").write_text(dse)
    with pytest.raises(InputError, match=r"(plv_train\.tsv|dse_train\.txt): not the published file"):
        from_external(tmp_path, 0, 0)


def test_a_worse_model_is_not_kept(train: Callable[..., str], tmp_path: Path) -> None:
    shutil.copytree(shipped("models/stance"), tmp_path / "mine")
    gold = tmp_path / "gold" / "tokyo-takes-a-haircut-on-ghana.jsonl"
    upside_down = {"cooperative": "oppositional", "oppositional": "cooperative"}
    text = re.sub("|".join(upside_down), lambda found: upside_down[found[0]], gold.read_text(encoding="utf-8"))
    gold.write_text(text, encoding="utf-8")
    before = sha256_of(tmp_path / "mine" / "model.json")
    assert "kept the old model" in train("-o", "mine", "--kind", "linear")
    assert sha256_of(tmp_path / "mine" / "model.json") == before
    assert "wrote" in train("-o", "mine", "--kind", "linear", "--force")
    assert sha256_of(tmp_path / "mine" / "model.json") != before
