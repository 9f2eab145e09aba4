"""``python -m dafeng.cli``."""

from dafeng.cli import main

main()
