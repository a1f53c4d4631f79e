"""What several tests share: the loaded pipeline, the project's own documents, the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from spacy.language import Language

import pipeline
from pipeline.gold.corpus import Annotated, read_annotated

ROOT = Path(__file__).parent.parent
CORPUS, GOLD = ROOT / "corpus", ROOT / "annotations" / "gold"


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The pipeline as it ships."""
    return pipeline.load()


@pytest.fixture(scope="session")
def syntax() -> Language:
    """The pipeline with the lexicon's own sign instead of a trained model."""
    return pipeline.load("lexicon")


@pytest.fixture(scope="session")
def given_article() -> Annotated:
    """The given article, where it is at hand."""
    found = list(read_annotated(GOLD, CORPUS, {"given"}))
    if not found:
        pytest.skip("the given article is not in DEMARCHE_CORPUS")
    return found[0]


def run_demarche(folder: Path, *arguments: object, data: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=folder,
        input=data,
        capture_output=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "160"},
        timeout=300,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@pytest.fixture
def demarche(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line in the test's own folder."""
    return partial(run_demarche, tmp_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; Playwright's own is not to be had offline."""
    program = shutil.which("chromium")
    if program is None:
        assert not os.environ.get("CI"), "the tests of the pages need Chromium: apt-get install chromium"
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which any error fails the test."""
    found = browser.new_page(viewport={"width": 1200, "height": 850})
    problems: list[str] = []
    found.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    found.on("pageerror", lambda error: problems.append(str(error)))
    yield found
    found.close()
    assert problems == []


def shoot(page: Page, name: str) -> None:
    """A screenshot for the README, where DEMARCHE_SCREENSHOTS names a folder."""
    if folder := os.environ.get("DEMARCHE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
