"""The command `signals`, also as `python -m ci_signals`."""

from __future__ import annotations

from ci_signals.process import command, signals_noted


def main() -> None:
    """Run the command line. Exit codes: 0 ok, 1 findings or failed tests, 2 could not run;
    130 after Ctrl-C and 143 after SIGTERM."""
    with command():
        with signals_noted():
            from ci_signals.cli import app
        app()


if __name__ == "__main__":
    main()
