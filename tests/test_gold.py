"""Gold files: what is wrong in one is found, and no exchange format loses what it can hold."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.evaluate import evaluate
from pipeline.gold import formats
from pipeline.gold.agree import agree
from pipeline.gold.check import check
from pipeline.gold.corpus import SPLITS, Annotated, Entry, read_annotated, read_manifest
from pipeline.gold.exchange import export_files, import_files
from pipeline.gold.schema import Gold, Sentence, read, write
from pipeline.gold.stats import page

ROOT = Path(__file__).parents[1]
GOLD, CORPUS = ROOT / "annotations" / "gold", ROOT / "corpus"
DOCUMENT = "iran-lets-tanker-crew-go-keeps-tanker"
Records = list[dict[str, Any]]


def of(records: Records, kind: str, number: int = 0) -> dict[str, Any]:
    return [record for record in records if record["type"] == kind][number]


def mutual(records: Records) -> dict[str, Any]:
    return next(record for record in records if record.get("mutual"))


def foreign(records: Records) -> str:
    """A mention in another sentence than the first statement's."""
    return [r for r in records if r["type"] == "mention"][-1]["id"]


DAMAGE: dict[str, tuple[Callable[[Records], Any], str]] = {
    "document not in the manifest": (lambda r: of(r, "document").update(document="nowhere"), "not in the manifest"),
    "text changed": (lambda r: of(r, "document").update(sha256="0" * 64), "SHA-256 differs"),
    "no header": (lambda r: r.pop(0), "the first line of a gold file"),
    "unknown type": (lambda r: of(r, "verb").update(type="adverb"), "not a valid 'adverb' record"),
    "missing field": (lambda r: of(r, "mention").pop("end"), "not a valid 'mention' record"),
    "id twice": (lambda r: of(r, "mention", 1).update(id=of(r, "mention")["id"]), "stands twice"),
    "empty span": (lambda r: of(r, "verb").update(end=of(r, "verb")["start"]), "empty or outside the text"),
    "span outside": (lambda r: of(r, "mention").update(end=10**6), "empty or outside the text"),
    "span with space": (lambda r: of(r, "verb").update(start=of(r, "verb")["start"] - 1), "white space"),
    "unknown block": (lambda r: of(r, "block").update(label="sidebar"), "is no block"),
    "sentences overlap": (lambda r: of(r, "sentence", 1).update(start=of(r, "sentence")["start"] + 1), "overlaps"),
    "malformed actor": (lambda r: of(r, "mention").update(actors=["Iran"]), "is no actor id"),
    "unknown actor": (lambda r: of(r, "mention").update(actors=["XQZ"]), "unknown actor 'XQZ'"),
    "mention of nobody": (lambda r: of(r, "mention").update(actors=[]), "a mention of nobody"),
    "unknown root": (lambda r: of(r, "verb").update(root="SULK"), "root 'SULK' is none of"),
    "unknown stance": (lambda r: of(r, "statement").update(stance="warm"), "neither cooperative nor oppositional"),
    "unknown status": (lambda r: of(r, "statement").update(status="maybe"), "status 'maybe'"),
    "malformed speaker": (lambda r: of(r, "statement").update(speaker="he"), "speaker 'he'"),
    "no such sentence": (lambda r: of(r, "statement").update(sentence="s999"), "sentence 's999' does not exist"),
    "no such mention": (lambda r: of(r, "statement").update(source_mention="m999"), "'m999' does not exist"),
    "mention elsewhere": (lambda r: of(r, "statement").update(target_mention=foreign(r)), "target"),
    "no sentence": (lambda r: of(r, "statement").update(sentence=""), "sentence '' does not exist"),
    "no such verb": (lambda r: of(r, "statement").update(verb="v999"), "verb 'v999' does not exist"),
    "stance toward itself": (lambda r: of(r, "statement").update(target=of(r, "statement")["source"]), "same actor"),
    "half of a mutual": (lambda r: mutual(r).update(mutual="t999"), "is not its other direction"),
    "said twice": (lambda r: r.append({**of(r, "statement"), "id": "t999"}), "the same as"),
}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
any_gold = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def problems_of(path: Path) -> list[str]:
    """The problems of a gold file, each a line that can be printed and that begins with the file."""
    found = list(check(path, CORPUS))
    assert all(problem.startswith(f"{path}") and len(problem.splitlines()) == 1 for problem in found)
    "".join(found).encode()
    return found


def use_everywhere(path: Path) -> None:
    """Hand a gold file of `DOCUMENT` to all that reads gold: it is used, or refused with an InputError."""

    def evaluated() -> None:
        evaluate(path.parent, CORPUS, read_manifest(CORPUS)[DOCUMENT].split, "lexicon")

    def exported(form: str) -> None:
        output = path.parent / form / f"out{formats.ENDINGS[form]}" if formats.named(form).MANY else path.parent / form
        list(export_files([path], output, CORPUS, form))

    for use in (evaluated, partial(agree, path, path), *(partial(exported, form) for form in formats.NAMES)):
        with suppress(InputError):
            use()


@any_gold
@given(
    data=st.binary(max_size=200)
    | st.lists(JSON, max_size=3).map(lambda rows: "\n".join(map(json.dumps, rows)).encode())
)
def test_whatever_is_no_gold_is_named_and_nothing_raises(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(data)
    assert problems_of(path)


@any_gold
@example(at=0, which=2, value="")
@given(at=st.integers(0, 10**6), which=st.integers(0, 11), value=JSON)
def test_gold_with_anything_in_one_place_is_read_or_refused(at: int, which: int, value: Any, tmp_path: Path) -> None:
    lines = (GOLD / f"{DOCUMENT}.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[at % len(lines)])
    name = list(record)[which % len(record)]
    lines[at % len(lines)] = json.dumps({**record, name: value})
    path = tmp_path / f"{DOCUMENT}.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    problems_of(path)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_with_its_file_and_line(kind: str, tmp_path: Path) -> None:
    """Each kind of damage is named, in one line, with the file and the line of the damaged record."""
    damage, words = DAMAGE[kind]
    records = [json.loads(line) for line in (GOLD / f"{DOCUMENT}.jsonl").read_text(encoding="utf-8").splitlines()]
    sound = [dict(record) for record in records]
    damage(records)
    path = tmp_path / f"{DOCUMENT}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    problems = [problem for problem in check(path, CORPUS) if words in problem]
    assert problems
    use_everywhere(path)
    if kind != "no header":
        changed = next(i for i, (a, b) in enumerate(zip(records, [*sound, {}], strict=False), 1) if a != b)
        assert problems[0].startswith(f"{path}, line {changed}: ")


def test_the_gold_of_the_project_is_sound() -> None:
    assert not [*check(ROOT / "annotations" / "gold", CORPUS), *check(ROOT / "annotations" / "passes", CORPUS)]


def test_the_statistics_page_is_that_of_the_data() -> None:
    written = (ROOT / "docs" / "annotations.md").read_text(encoding="utf-8")
    assert written == page(GOLD, ROOT / "annotations" / "passes", CORPUS)


@pytest.mark.parametrize("name", [name for name in formats.NAMES if name != "csv"])
def test_a_round_trip_loses_nothing(name: str, tmp_path: Path) -> None:
    """Out into a tool's format and back in, every annotation of the dev articles is as it was."""
    documents = [item.entry.document for item in read_annotated(GOLD, CORPUS, {"dev"})]
    files = [GOLD / f"{document}.jsonl" for document in documents]
    output = tmp_path / f"all{formats.ENDINGS[name]}" if formats.named(name).MANY else tmp_path / "out"
    written = list(export_files(files, output, CORPUS, name))
    back = list(import_files(written, tmp_path / "gold", CORPUS))
    assert len(back) == len(files)
    for item in read_annotated(tmp_path / "gold", CORPUS, {"dev"}):
        was = next(i for i in read_annotated(GOLD, CORPUS, {"dev"}) if i.entry.document == item.entry.document)
        assert described(item.gold) == described(was.gold)


def described(gold: Any) -> list[Any]:
    """Gold with every id replaced by what it names."""
    by_id = {record.id: record for record in [*gold.mentions, *gold.verbs, *gold.sentences]}
    statements = []
    for s in gold.statements:
        values = asdict(s)
        ends = ("sentence", "source_mention", "target_mention", "verb")
        places = {k: asdict(by_id[values[k]]) for k in ends if values[k]}
        for place in places.values():
            del place["id"]
        statements.append(values | places | {"id": "", "mutual": bool(s.mutual)})
    spans = [{**asdict(record), "id": ""} for record in [*gold.blocks, *gold.sentences, *gold.mentions, *gold.verbs]]
    return [gold.document, gold.sha256, gold.annotator, sorted(map(repr, spans)), sorted(map(repr, statements))]


def test_a_csv_keeps_every_statement(tmp_path: Path) -> None:
    files = [GOLD / f"{DOCUMENT}.jsonl"]
    table = next(export_files(files, tmp_path / "gold.csv", CORPUS, "csv"))
    (written,) = import_files([table], tmp_path, CORPUS)
    stated = attrgetter("source", "target", "stance", "status", "speaker", "arguable")
    back, was = ([stated(s) for s in read(path).statements] for path in (written, files[0]))
    assert back == was


def test_an_export_stays_in_its_folder_and_takes_no_place(tmp_path: Path) -> None:
    """A document's name leads nowhere else, and of what stands there already nothing is lost."""
    outside = tmp_path / "corpus"
    outside.mkdir()
    text = "Oslo condemned Riga."
    (outside / "a.txt").write_text(text)
    line = json.loads((CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[0])
    for document in ("../../evil", "a"):
        entry = {**line, "document": document, "file": "a.txt", "sha256": sha256(text)}
        (outside / "manifest.jsonl").write_text(json.dumps(entry) + "\n")
        write(Gold(document, sha256(text), "=cmd()"), tmp_path / "gold.jsonl")
        folder = tmp_path / "deep" / "out"
        if document == "a":
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "a.txt").write_text("mine")
            (folder / "annotation.conf").write_text("mine")
        with pytest.raises(InputError, match=r"cannot be the name of a file|this file exists"):
            list(export_files([tmp_path / "gold.jsonl"], folder, outside, "brat"))
    assert not (tmp_path / "evil.txt").exists()
    assert (folder / "a.txt").read_text() == "mine"
    list(export_files([tmp_path / "gold.jsonl"], folder, outside, "brat", force=True))
    assert (folder / "annotation.conf").read_text() == "mine"


def test_a_csv_of_gold_carries_no_formula(tmp_path: Path) -> None:
    annotation = replace(read(GOLD / f"{DOCUMENT}.jsonl"), annotator="=cmd()")
    write(annotation, tmp_path / "gold.jsonl")
    table = next(export_files([tmp_path / "gold.jsonl"], tmp_path / "gold.csv", CORPUS, "csv"))
    assert "'=cmd()" in table.read_text(encoding="utf-8")
    assert ",=cmd()" not in table.read_text(encoding="utf-8")
    assert read(next(import_files([table], tmp_path, CORPUS))).annotator == "=cmd()"


def test_label_studio_as_a_user_leaves_it(tmp_path: Path) -> None:
    """No blocks, no sentences, no actor ids, a relation drawn backwards: the pipeline and the gazetteer fill them in."""
    text = "Oslo and Riga quarrel over cod.\n\nLatvia has condemned Norway’s patrols. 🐟 Norway met Latvia on Monday."

    def region(identity: str, words: str, start: int) -> dict[str, Any]:
        value = {"start": start, "end": start + len(words), "text": words, "labels": ["Actor"]}
        return {"id": identity, "from_name": "label", "to_name": "text", "type": "labels", "value": value}

    def relation(source: str, target: str, direction: str, stance: str) -> dict[str, Any]:
        return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": [stance]}

    result = [
        region("a", "Norway", text.index("Norway")),
        region("b", "Latvia", text.index("Latvia")),
        region("c", "Norway", text.rindex("Norway")),
        region("d", "Latvia", text.rindex("Latvia")),
        relation("a", "b", "left", "oppositional"),
        relation("c", "d", "bi", "cooperative"),
    ]
    tasks = [
        {"data": {"text": text}, "annotations": [{"result": result}]},
        {"data": {"text": "Oslo thanked Riga."}, "annotations": [{"result": [], "was_cancelled": True}]},
    ]
    (tmp_path / "mine.json").write_text(json.dumps(tasks), encoding="utf-8")
    corpus, gold = tmp_path / "corpus", tmp_path / "gold"
    (written,) = import_files([tmp_path / "mine.json"], gold, corpus)
    (item,) = read_annotated(gold, corpus, {"train"})
    assert not list(check(written, corpus))
    assert [(s.source, s.target, s.stance) for s in item.gold.statements] == [
        ("LVA", "NOR", "oppositional"),
        ("NOR", "LVA", "cooperative"),
        ("LVA", "NOR", "cooperative"),
    ]
    assert len({s.sentence for s in item.gold.statements}) == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", '[{"id": 1, "text": "Oslo", "label": []}]', "JSON-MIN loses relations"),
        ("a.json", "{", "not Label Studio's JSON"),
        ("a.jsonl", '{"text": "Oslo."}\nno\n', "a.jsonl, line 2: not a line of Prodigy's"),
        ("a.ann", "T1\tActor x y\tOslo", "a.ann, line 1: not a line of brat's"),
        ("a.spacy", "no", "not a spaCy DocBin"),
        ("a.csv", "source,target\n", "no column 'document'"),
        ("a.txt", "Oslo thanked Riga.\n@ Oslo=Norway\n", "a.txt, line 2: "),
        ("a.doc", "", "no annotation format ends in '.doc'"),
        *(
            (f"a.{end}", "{\n\udcff", f"a.{end}, line 2: byte 2 is not UTF-8")
            for end in ("json", "jsonl", "ann", "csv", "txt")
        ),
        *((f"a.{end}", "[" * 100_000, "nested too deeply") for end in ("json", "jsonl")),
        ("a.ann", "R1\tcooperative Arg1:T1 Arg2:T2", "a.ann, line 1: R1 joins 'T1', which no line gives"),
        ("a.jsonl", '{"text": "Oslo.", "meta": {"document": "../../a"}}', "'../../a' cannot be the name of a file"),
        ("a.jsonl", '{"text": "Oslo.", "spans": [{"start": "0", "end": 4}]}', "its start is '0'"),
        ("a.jsonl", '{"text": "Oslo.", "spans": [{"start": 0, "end": 9}]}', "outside its text, from 0 to 9"),
    ],
)
def test_what_is_no_annotation_is_named(name: str, content: str, words: str, tmp_path: Path) -> None:
    """From "byte 2" on, each is a traceback or a file in the wrong place that `tests/fuzz.py` has found."""
    (tmp_path / "a.txt").touch()
    (tmp_path / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InputError) as caught:
        list(import_files([tmp_path / name], tmp_path / "gold", tmp_path))
    assert words in str(caught.value)
    assert not (tmp_path / "gold").exists()


def test_agreement_of_one_with_itself_is_whole_and_falls_with_disagreement(tmp_path: Path) -> None:
    path = GOLD / f"{DOCUMENT}.jsonl"
    assert all(value == 1 for value, _ in agree(path, path)["measures"].values())
    other = tmp_path / path.name
    shutil.copy(path, other)
    other.write_text(other.read_text(encoding="utf-8").replace('"cooperative"', '"oppositional"', 3), encoding="utf-8")
    assert 0.5 < agree(path, other)["measures"]["kappa, all ordered pairs"][0] < 1


def test_a_label_begins_a_block_without_an_empty_line(tmp_path: Path) -> None:
    """It glued the paragraph to the heading above it before."""
    path = tmp_path / "a.txt"
    path.write_text("[headline]\nCoal\n[body]\nOslo thanked Riga.\n", encoding="utf-8")
    ((gold, text),) = formats.named("interlinear").read(path, {}.get)
    assert [(block.label, text[block.start : block.end]) for block in gold.blocks] == [
        ("headline", "Coal"),
        ("body", "Oslo thanked Riga."),
    ]


def through_brat(gold: Gold, text: str, folder: Path) -> Gold:
    name = gold.document
    entry = Entry(name, f"{name}.txt", "", "", "", "", "", "", True, "train", sha256(text))
    formats.named("brat").write([Annotated(entry, text, gold)], folder / "a.ann")
    ((back, _),) = formats.named("brat").read(folder / "a.ann", {}.get)
    return back


def test_brat_keeps_a_span_over_the_line_ends_of_windows(tmp_path: Path) -> None:
    text = "Oslo thanked\r\nRiga today.\r\n"
    gold = Gold("a", sha256(text), "ann", sentences=[Sentence("s1", 0, 25)])
    back = through_brat(gold, text, tmp_path)
    assert [(s.start, s.end) for s in back.sentences] == [(0, 25)]


def test_a_note_of_brat_keeps_what_has_spaces(tmp_path: Path) -> None:
    """A document "my article" by "Ann Smith" came back as "my" by "Ann"."""
    text = "Oslo thanked Riga.\n"
    gold = Gold("my article", sha256(text), "Ann Smith", sentences=[Sentence("s1", 0, 18)])
    back = through_brat(gold, text, tmp_path)
    assert (back.document, back.annotator) == ("my article", "Ann Smith")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a/n.txt": "# split: training\nOslo thanked Riga.\n"}, "n: its split is 'training'; one of train"),
        ({"a/n.txt": "Oslo thanked Riga.\n", "b/n.txt": "Rome thanked Riga.\n"}, "n is annotated twice"),
        (
            {"corpus/n.txt": "Mine.\n", "a/n.txt": "Oslo thanked Riga.\n"},
            "another text, which the manifest does not name",
        ),
    ],
)
def test_an_import_breaks_no_corpus(files: dict[str, str], words: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    given = [tmp_path / name for name in files if not name.startswith("corpus")]
    with pytest.raises(InputError) as caught:
        list(import_files(given, tmp_path / "gold", tmp_path / "corpus"))
    assert words in str(caught.value)
    assert not (tmp_path / "corpus" / "manifest.jsonl").exists()
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in files} == files


def test_gold_of_nothing_but_arguable_statements_is_scored(tmp_path: Path) -> None:
    """So `review` leaves it after the first "none"; scores of another width ended in a traceback."""
    files = [GOLD / f"{DOCUMENT}.jsonl"]
    lines = [json.loads(line) for line in files[0].read_text(encoding="utf-8").splitlines()]
    kept = [line | ({"arguable": True} if line["type"] == "statement" else {}) for line in lines]
    (tmp_path / files[0].name).write_text("\n".join(map(json.dumps, kept)), encoding="utf-8")
    split = next(e.split for e in read_manifest(CORPUS).values() if e.document == DOCUMENT)
    found = evaluate(tmp_path, CORPUS, split, "lexicon")
    assert {line["score"] for line in found["scores"] if "stated" in line["measure"]} == {0.0}


def test_coded_briefs_are_scored_by_their_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        ("test", "a", "Norway condemned Latvia.", "NOR - LVA"),
        ("test", "a", "Kenya praised Ghana, and Peru praised Chile.", "KEN + GHA; PER ~ CHL"),
        ("test", "b", "Mali thanked Togo.", "MLI + TGO; TGO - MLI"),
        ("train", "c", "Benin sued Gabon.", "BEN - GAB"),
    ]
    table = "\n".join("\t".join(line) for line in [("split", "brief", "sentence", "rows"), *lines])
    (tmp_path / "briefs.tsv").write_text(table, encoding="utf-8")
    monkeypatch.setattr("pipeline.gold.briefs.briefs_file", lambda: tmp_path / "briefs.tsv")
    found = evaluate(GOLD, CORPUS, "briefs", "lexicon")
    scores = {line["measure"].removeprefix("this model: "): line for line in found["scores"]}
    assert scores["precision"]["score"] == 1.0
    assert scores["recall"]["score"] == 3 / 4  # nobody says that Togo answered; the arguable row counts neither way
    assert scores["recall"]["support"] == 4
    assert found["documents"] == 2


def test_a_statement_about_what_there_is_not_is_one_line(tmp_path: Path) -> None:
    text = (GOLD / f"{DOCUMENT}.jsonl").read_text(encoding="utf-8")
    lost = re.sub('"sentence": "s[0-9]+"', '"sentence": "s999"', text, count=1)
    (tmp_path / f"{DOCUMENT}.jsonl").write_text(lost, encoding="utf-8")
    for use in (lambda: list(read_annotated(tmp_path, CORPUS, {*SPLITS})), lambda: agree(tmp_path, GOLD)):
        with pytest.raises(InputError, match="'s999', which does not exist"):
            use()
