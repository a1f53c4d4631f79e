"""Articles: read any input, name the blocks, keep offsets into the text as given."""

from pipeline.article.blocks import Block, find_blocks
from pipeline.article.read import Article, read, survey

__all__ = ["Article", "Block", "find_blocks", "read", "survey"]
