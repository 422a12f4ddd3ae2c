"""Errors that a person can act on."""

from __future__ import annotations

NO_DATA = 3


class UserError(Exception):
    """One line that says what is wrong and what to do.

    The command line prints it without a traceback and exits with `exit_code`:
    2 when the work could not run, 1 when it ran and found something, NO_DATA when there is nothing
    to work on.
    """

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code
