"""Running a command as a person sees it: on a terminal of some width, in colour."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from workspace import PROJECT, Workspace

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(workspace: Workspace, *arguments: object, columns: int = 100) -> tuple[int, str]:
    """Exit code of the command line, and all it wrote to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = workspace.environment | {"TERM": "xterm-256color"}
    for name in ("NO_COLOR", "COLUMNS"):
        environment.pop(name)
    command = [str(workspace.bin / "signals"), *map(str, arguments)]
    process = subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdout=theirs, stderr=theirs, stdin=theirs
    )
    os.close(theirs)
    written = bytearray()
    try:
        while piece := os.read(ours, 1 << 16):
            written += piece
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(ours)
    return process.wait(timeout=60), written.decode().replace("\r\n", "\n")


def without_colours(text: str) -> str:
    return COLOURS.sub("", text)
