"""Write files that are whole or not there: a temporary file takes its target's place at the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import InputError


def check_target(path: Path, force: bool) -> None:
    """Raises InputError where a file cannot be written, or exists without `force`; called before any work."""
    if path.is_dir():
        raise InputError("this is a folder; name a file", path)
    if path.exists() and not force:
        raise InputError("this file exists; --force replaces it", path)
    if not path.parent.is_dir():
        raise InputError("no such folder", path.parent)
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError("cannot be written (permission denied)", path)


def check_writable(path: Path) -> None:
    """Raises InputError where a folder can neither be written into nor made."""
    near = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    if not near.is_dir():
        raise InputError("a file of this name is in the way", near)
    if not os.access(near, os.W_OK):
        raise InputError("cannot be written (permission denied)", near)


SAME_ENDING = {".ndjson": ".jsonl"}
"""Endings that are another name of one."""


@contextmanager
def replacing(path: Path, within: Path | None = None) -> Iterator[Path]:
    """A temporary path that takes the place of `path` if all goes well, and is gone if not. It lies beside `path`,
    or in the folder `within` on the same file system; after a kill that folder's owner clears it."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=within or path.parent)
        os.close(handle)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", path) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        _to_disk(temporary)
        temporary.replace(path)
        _to_disk(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as it is, in UTF-8, into a file that is whole or as it was."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def _to_disk(path: Path) -> None:
    """Have a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
