"""Take the pictures of the terminal in docs/images, with Chromium.

    python docs/make_terminal_pictures.py [FOLDER]

Runs the commands on the store of `make demo`, on a pseudo-terminal, and draws what they
write. Needs the `dev` extra and chromium on PATH, or its path in CHROMIUM.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

from make_screenshots import ARGUMENTS, pack
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 104
COMMANDS = {
    "terminal_list": ["list", "--workflow", "pull", "--workflow", "trunk"],
    "terminal_show": ["show", "distributed/test_c10d_nccl.py", "--commits", "6"],
}
PAGE = """<body style="margin:0;background:{background};color:{foreground}"><pre style="margin:0;padding:14px;
display:inline-block;font:13px/1.35 'DejaVu Sans Mono',monospace">{code}</pre></body>"""


def run(arguments: list[str]) -> str:
    """What the command writes to a terminal of COLUMNS columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    command = [str(Path(sys.executable).with_name("signals")), *arguments]
    process = subprocess.Popen(
        command, env=os.environ | {"TERM": "xterm-256color"}, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = bytearray()
    try:
        while piece := os.read(ours, 1 << 16):
            written += piece
    except OSError:
        pass  # the other end is closed
    if process.wait():
        sys.exit(f"{arguments} failed: {written.decode()}")
    return written.decode().replace("\r\n", "\n")


def html(arguments: list[str]) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(f"[bold]$ signals {' '.join(arguments)}[/bold]", highlight=False)
    console.print(Text.from_ansi(run(arguments)), soft_wrap=True)
    return console.export_html(theme=MONOKAI, inline_styles=True, code_format=PAGE)


def main(folder: Path) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("have chromium on PATH or in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        for name, arguments in COMMANDS.items():
            page.set_content(html(arguments))
            (folder / f"{name}.png").write_bytes(pack(page.locator("pre").screenshot()))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
