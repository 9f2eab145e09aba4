"""What every scorecard that a test makes up has in common."""

from typing import Any

HEAD: dict[str, Any] = {
    "id": "card",
    "family": "card",
    "title": {"zh": "评价", "en": "card"},
    "document": "x",
    "clause": "document",
    "checked": "synthetic",
}
