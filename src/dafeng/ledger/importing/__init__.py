"""How files become rows: read, label, lay out, check; nothing is lost."""
