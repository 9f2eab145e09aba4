"""Tables, ids and links in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from dafeng import report, rulebook, vocabulary
from dafeng.vocabulary import Text

Lines = Iterator[str]
rules = cache(rulebook.load)


def cell(value: object) -> str:
    """Return a value as the text of a table cell."""
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return "✓"
    if isinstance(value, float):
        value = report.exact(value)
    return str(value).replace("|", "\\|").replace("\n", " ")


def code(value: object) -> str:
    """Return an id or a formula as code, nothing for nothing."""
    return f"`{value}`" if value not in (None, "") else ""


def codes(values: Iterable[object]) -> str:
    """Return several ids."""
    return ", ".join(code(value) for value in values)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Lines:
    """Yield a table without the columns that are empty in every row."""
    texts = [[cell(value) for value in row] for row in rows]
    kept = [j for j in range(len(columns)) if any(row[j] for row in texts)]
    if not kept:
        return
    yield "| " + " | ".join(columns[j] for j in kept) + " |"
    yield "|" + "---|" * len(kept)
    for row in texts:
        yield "| " + " | ".join(row[j] for j in kept) + " |"
    yield ""


def both(text: Text | None) -> str:
    """Return the Chinese and the English words, one after the other, or what is the same once."""
    if text is None or text.zh == text.en:
        return text.zh if text else ""
    return f"{text.zh} / {text.en}"


def bullets(name: str, texts: Iterable[Text | None]) -> Lines:
    """Yield remarks in both languages under a bilingual name."""
    for text in texts:
        if text is not None:
            yield f"- **{name}** {both(text)}"


def anchor(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def cited(citation: str) -> str:
    """Return a citation ``document/clause`` with a link to the document."""
    document, _, clause = citation.partition("/")
    if document not in rules().documents:
        return citation
    place = f"/{clause}" if clause else ""
    return f"[{document}](documents.md#{anchor(document)}){place}"


def mark(checked: str) -> str:
    """Return the mark that a note of the sources stands for."""
    return vocabulary.marks().resolve(checked).id
