"""Words that the reader writes into files, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from dafeng.vocabulary import LANGUAGES, Term, Text, read_records, read_yaml

_DATA = Path(__file__).parent / "data"


@cache
def _words() -> dict[str, Text]:
    return {term.id: term.name for term in read_records(Term, _DATA / "words.yaml", "words")}


@cache
def _reasons() -> dict[str, Text]:
    checks = read_yaml(_DATA / "garbles.yaml")["checks"]
    return {check["id"]: Text(zh=check["zh"], en=check["en"]) for check in checks}


def reader_word(name: str) -> Text:
    """Return the words for a flag or a field of a proposal; a name without words is itself."""
    return _words().get(name, Text(zh=name, en=name))


def garble_words(reason: str | None) -> Text:
    """Return why a figure cannot be what was written."""
    return _reasons().get(reason or "", Text(zh=reason or "", en=reason or ""))


def said(name: str, **values: Any) -> Text:
    """Return a sentence in both languages; a ``Text`` among the values goes in as its language."""
    template = _words()[name]
    filled = {
        lang: template.of(lang).format_map(
            {k: v.of(lang) if isinstance(v, Text) else v for k, v in values.items()}
        )
        for lang in LANGUAGES
    }
    return Text(**filled)


def joined(texts: list[Text]) -> Text:
    """Return several texts as one."""
    return Text(zh="；".join(t.zh for t in texts), en="; ".join(t.en for t in texts))
