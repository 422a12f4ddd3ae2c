"""The command `signals`, and `python -m ci_signals`: hear signals first, then import the rest."""

from __future__ import annotations

import sys

from ci_signals.stopping import Stopped, signals_noted, stop_on_signals


def main() -> None:
    """As ci_signals.cli.main, and Ctrl-C while Python is still importing is no traceback either."""
    stop_on_signals()
    try:
        with signals_noted():
            from ci_signals import cli
    except Stopped as stopped:
        print(f"error: {stopped.reason}", file=sys.stderr)
        raise
    cli.main()


if __name__ == "__main__":
    main()
