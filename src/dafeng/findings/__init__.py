"""What checks, warnings and gates found, in one shape and two languages."""

from dafeng.findings.schema import Finding, Message, about, has_errors, messages

__all__ = ["Finding", "Message", "about", "has_errors", "messages"]
