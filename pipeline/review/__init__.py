"""A local page on which a person accepts, corrects and adds statements; what it saves is gold."""

from pipeline.review.server import serve
from pipeline.review.session import Session

__all__ = ["Session", "serve"]
