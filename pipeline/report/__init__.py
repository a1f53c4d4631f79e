"""One page to look at and to send: a stance table as a self-contained HTML file."""
