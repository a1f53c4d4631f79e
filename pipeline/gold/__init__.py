"""Gold: hand annotation of an article, stand-off, tied to its text by SHA-256.

A gold file is JSONL. Its first line describes the document; every other line is one block, sentence, mention,
verb or statement, told apart by `type`. Offsets count characters (code points) of the text as given.
"""

from pipeline.gold.schema import Gold, read, write

__all__ = ["Gold", "read", "write"]
