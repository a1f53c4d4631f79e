"""Text with plain quotes and spaces, as the models were trained on; without spaCy."""

from __future__ import annotations

SPACES = "\u00a0" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000\t\n\r\x0b\x0c\x85\u2028\u2029"
_PLAIN = str.maketrans(
    {**dict.fromkeys(SPACES, " "), "’": "'", "‘": "'", "“": '"', "”": '"', "\u2011": "-", "\u00ad": " "}
)


def plain(text: str) -> str:
    """`text` with straight quotes and plain spaces, character for character, so that offsets stay."""
    return text.translate(_PLAIN)
