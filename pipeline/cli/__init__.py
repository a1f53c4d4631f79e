"""The command line, `demarche`."""

from pipeline.cli.main import app, main

__all__ = ["app", "main"]
