"""Take the pictures in docs/images from a built site, with Chromium.

    python docs/make_screenshots.py [SITE] [FOLDER]

SITE is what `make demo` writes (default: site). Needs the `dev` extra and chromium on
PATH, or its path in CHROMIUM. Says how large each picture is.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

MOST_BYTES = 150_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


def open_flaky_cell(page: Page) -> None:
    page.locator("#c4-16").click()
    page.locator("#detail .events li").first.wait_for()


def open_barrier(page: Page) -> None:
    page.locator(".name a[title*=barrier]").click()
    page.locator(".strip").wait_for()


def open_failures(page: Page) -> None:
    page.locator("#traces tbody a").first.click()
    page.locator("#picture[data-ready]").wait_for()


def nothing(page: Page) -> None:
    pass


@dataclass(frozen=True)
class Picture:
    """`act` runs on the page before the picture is taken."""

    name: str
    file: str
    act: Callable[[Page], None] = nothing
    size: tuple[int, int] = (1280, 800)
    dark: bool = False


PICTURES = [
    Picture("index", "index.html", size=(900, 760)),
    Picture("grid", "signals/index.html", open_flaky_cell, size=(940, 540)),
    Picture("grid_dark", "signals/index.html#state=failing&sort=recent", dark=True, size=(1040, 560)),
    Picture("grid_phone", "signals/index.html#state=flaky&sort=flakiest", size=(390, 844)),
    Picture("signal", "signals/index.html#text=barrier", open_barrier, size=(960, 760)),
    Picture("trace", "index.html", open_failures, size=(960, 760)),
]


def pack(picture: bytes) -> bytes:
    """A PNG with its pixels packed as small as zlib can; browsers pack for speed."""
    offset, pixels, before, after = 8, b"", picture[:8], b""
    while offset < len(picture):
        (length,) = struct.unpack_from(">I", picture, offset)
        chunk = picture[offset : offset + length + 12]
        offset += length + 12
        if chunk[4:8] == b"IDAT":
            pixels += chunk[8:-4]
        elif pixels:
            after += chunk
        else:
            before += chunk
    data = b"IDAT" + zlib.compress(zlib.decompress(pixels), 9)
    return before + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data)) + after


def main(site: Path, folder: Path) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not (site / "index.html").exists() or chromium is None:
        sys.exit("build the site first (make demo), and have chromium on PATH or in CHROMIUM")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for picture in PICTURES:
            size = {"width": picture.size[0], "height": picture.size[1]}
            page = browser.new_page(viewport=size, color_scheme="dark" if picture.dark else "light")  # type: ignore[arg-type]
            file, _, fragment = picture.file.partition("#")
            page.goto((site.resolve() / file).as_uri() + (f"#{fragment}" if fragment else ""))
            page.wait_for_timeout(400)
            picture.act(page)
            page.wait_for_timeout(200)
            path = folder / f"{picture.name}.png"
            path.write_bytes(pack(page.screenshot()))
            page.close()
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
            if path.stat().st_size > MOST_BYTES:
                sys.exit(f"{path.name} is larger than {MOST_BYTES} bytes: make its window smaller")
        browser.close()


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    main(*given, *(Path("site"), Path(__file__).parent / "images")[len(given) :])
