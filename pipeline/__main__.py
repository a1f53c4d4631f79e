"""`python -m pipeline` is `demarche`."""

from pipeline.cli import main

main()
