"""Serves ClickHouse over the store in a folder until standard input closes.

The engine's library has the server in it. It is loaded by its path, without importing chdb, and
listens on the ports that config.xml in the current folder names. Argument: the store's folder.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from pathlib import Path

library = Path(sysconfig.get_paths()["purelib"]) / "chdb" / "_chdb.abi3.so"
spec = importlib.util.spec_from_file_location("chdb._chdb", library)
assert spec
assert spec.loader
engine = importlib.util.module_from_spec(spec)
sys.modules["chdb._chdb"] = engine
spec.loader.exec_module(engine)
config = Path("config.xml").read_text()
protocols = [name for name in ("HTTP", "TCP") if f"<{name.lower()}_port>" in config]
listen = [f"SYSTEM START LISTEN {name}" for name in protocols]
wait = "SELECT count() FROM file('/dev/stdin', LineAsString)"
engine.query("; ".join([*listen, wait]), "TabSeparated", path=sys.argv[1])
