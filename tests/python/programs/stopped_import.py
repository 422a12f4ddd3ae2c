"""Runs the command line, and presses Ctrl-C as a module is imported; says at the end whether it was.

Arguments: the module, and the command's own.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys

module, *arguments = sys.argv[1:]


class Stopping:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)


atexit.register(lambda: print(module in sys.modules, file=sys.stderr))
sys.meta_path.insert(0, Stopping)
sys.argv = ["signals", *arguments]

from ci_signals.__main__ import main  # noqa: E402

main()
