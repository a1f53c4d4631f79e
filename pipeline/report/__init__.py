"""One page to look at and to send: a stance table as a self-contained HTML file."""

from pipeline.report.report import write_report

__all__ = ["write_report"]
