"""Reading: every kind of input, and every kind of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.article import read, survey
from pipeline.article.read import find_date
from pipeline.errors import InputError

TEXT = "Fishing talks fail\n\nOslo, 3 May 2021\n\nNorway condemned Latvia’s new cod quota.\n"
HTML = """<html><head><title>Fishing talks fail</title><meta name="author" content="Signe Halvorsen"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Fishing talks fail</h1>
<p>Norway condemned the new cod quota of Latvia on Monday, after nine hours of talks in a hotel in Bergen.</p>
<p>Latvia’s fisheries minister called the reproach absurd, and said that his country would fish where it had always fished.</p>
</article><footer>Copyright, all rights reserved. Subscribe to our newsletter.</footer></body></html>"""


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"],
)
def test_text_in_any_unicode_encoding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    (article,) = read([path])
    assert article.text == TEXT
    assert (article.document, article.title) == ("a", "Fishing talks fail")


def test_line_ends_stay_so_that_offsets_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    (article,) = read([path])
    assert article.text == TEXT.replace("\n", "\r\n")


def test_named_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Kyjev přijal velvyslance.".encode("cp1250"))
    (article,) = read([path], encoding="cp1250")
    assert "přijal" in article.text


def test_html_keeps_the_article_and_drops_the_site(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(HTML, encoding="utf-8")
    (article,) = read([path])
    assert article.extracted
    assert "condemned" in article.text
    assert "newsletter" not in article.text
    assert article.title == "Fishing talks fail"


def test_a_page_is_a_page_whatever_it_is_called(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html><body><article><h1>Cod</h1><p>Oslo condemned Riga.</p></article></body></html>"
    (tmp_path / "page.txt").write_text(page, encoding="utf-8")
    (article,) = read([tmp_path / "page.txt"])
    assert "<" not in article.text
    assert "Oslo condemned Riga." in article.text


def test_tables(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "body": "Oslo thanked Riga.", "date": "2021-05-03"},
        {"id": 8, "body": "Riga sued Oslo.", "date": ""},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "a.csv").write_text('id,body,date\n7,"Oslo thanked Riga.",2021-05-03\n8,Riga sued Oslo.,\n')
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        articles = list(read([tmp_path / name], column="body"))
        assert [(a.document, a.text, a.date) for a in articles] == [
            ("7", "Oslo thanked Riga.", "2021-05-03"),
            ("8", "Riga sued Oslo.", ""),
        ]


def test_a_table_out_of_a_spreadsheet(tmp_path: Path) -> None:
    """Semicolons where the comma is the decimal sign, and headers with a capital."""
    (tmp_path / "a.csv").write_text("Headline;text;Published\nCod;Oslo condemned Riga.;3.5.2021\n", encoding="utf-8")
    pq.write_table(
        pa.table({"Title": ["Cod"], "text": ["Oslo condemned Riga."], "Date": ["2021-05-03"]}), tmp_path / "b.parquet"
    )
    for name in ("a.csv", "b.parquet"):
        (article,) = read([tmp_path / name])
        assert (article.title, article.text, article.date) == ("Cod", "Oslo condemned Riga.", "2021-05-03")


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("Sept. 7, 2021", "2021-09-07"),
        ("7 Sept 2021", "2021-09-07"),
        ("Published 3 May 2021, updated 2021-05-09", "2021-05-03"),
        ("Posted on May 3, 2021.", "2021-05-03"),
        ("on the 31.2.2021 of no year", ""),
    ],
)
def test_the_first_date_is_read(words: str, date: str) -> None:
    assert find_date(words) == date


def test_an_article_that_is_no_text_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Oslo condemned Riga.")
    (tmp_path / "b.rtf").write_text("{\\rtf1 Oslo thanked Riga.}")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "d.png").touch()
    found = list(survey([tmp_path]))
    assert [str(item).removeprefix(f"{tmp_path}/") for item in found if isinstance(item, InputError)] == [
        "b.rtf: this is rich text; save it as plain text first",
        "c.pdf: this is a PDF; save it as text first (pdftotext FILE)",
    ]


def test_nothing_is_downloaded() -> None:
    with pytest.raises(InputError, match=r"https://example.org/a: nothing is downloaded"):
        list(read(["https://example.org/a"]))


def test_a_folder_is_read_in_order_with_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("Riga sued Oslo.")
    (tmp_path / "sub" / "a.txt").write_text("Oslo thanked Riga.")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    assert [a.document for a in read([tmp_path])] == ["b", "sub/a"]


BAD = {
    "empty": ("a.txt", b"", "empty"),
    "blank": ("a.txt", b" \n\n", "empty"),
    "pdf": ("a.txt", b"%PDF-1.7 ...", "PDF"),
    "image": ("a.jpg", b"\xff\xd8\xff\xe0....", "image"),
    "zip": ("a.docx", b"PK\x03\x04....", "zip"),
    "binary": ("a.txt", b"abc\x00def", "binary"),
    "not utf-8": ("a.txt", b"first line\nSm\xf8rrebr\xf8d\n", "line 2: byte 13"),
    "not json": ("a.jsonl", b'{"text": "Oslo"}\n{"text": \n', "line 2: not JSON"),
    "no object": ("a.jsonl", b"[1, 2]\n", "line 1: not a JSON object"),
    "no column": ("a.jsonl", b'{"body": "Oslo"}\n', "no column 'text' (columns: body)"),
    "column of two lines": ("a.jsonl", b'{"a\\nb": "Oslo"}\n', "no column 'text' (columns: a b)"),
    "lines of old": ("a.csv", b"text\rOslo", "line 1: not valid CSV"),
    "no text": ("a.jsonl", b'{"text": 5}\n', "line 1: column 'text' holds no text"),
    "deep json": ("a.jsonl", b"[" * 200_000 + b"\n", "line 1: not JSON"),
    "no csv column": ("a.csv", b"body\nOslo\n", "no column 'text'"),
    "long line": ("a.jsonl", b'{"text": "' + b"x" * 5_000_000 + b'"}\n', "line 1: this line is longer"),
    "long text": ("a.txt", b"x" * 1_500_000, "too long"),
    "no parquet": ("a.parquet", b"PAR1 no", "not a Parquet file"),
    "after a long line": ("a.csv", b"text\nOslo\n" + b"x" * 5_000_000 + b"\nSm\xf8r\n", "line 3: this line is longer"),
    "no article": ("a.html", b"<html><body></body></html>", "no article"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line(tmp_path: Path, name: str) -> None:
    file, data, words = BAD[name]
    path = tmp_path / file
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(read([path]))
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read([tmp_path / "none.txt"]))
