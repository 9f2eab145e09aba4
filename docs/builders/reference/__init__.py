"""Pages of reference, as Markdown made from the data files."""
