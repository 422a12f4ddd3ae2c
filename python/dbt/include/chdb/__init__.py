"""Macros of the embedded-engine adapter."""

from pathlib import Path

PACKAGE_PATH = str(Path(__file__).parent)
