"""Where the command starts, with next to nothing loaded; also ``python -m dafeng``."""

from __future__ import annotations

import signal
import sys

_CTRL_C = 128 + signal.SIGINT  # as ``cli.stopping`` has it, which would load more than this does


def main() -> None:
    """Run the command line; Ctrl-C ends it without a trace while it is still being loaded."""
    signal.signal(signal.SIGINT, lambda *_: sys.exit(_CTRL_C))
    from dafeng.cli import main as run  # noqa: PLC0415  takes a while

    run()


if __name__ == "__main__":
    main()
