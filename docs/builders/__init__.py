"""What the pages under docs are made by, a folder for each of the larger scripts."""
