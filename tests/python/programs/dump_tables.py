"""Writes finished tables to files, as sorted lines: the order of rows in a table is not fixed.

Arguments: JSON of the columns by table, and the folder to make.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ci_signals.settings import Settings
from ci_signals.warehouse import open_client, qualified

settings, asked, output = Settings(Path.cwd()), json.loads(sys.argv[1]), Path(sys.argv[2])
output.mkdir(parents=True)
with open_client(settings) as client:
    for table, columns in asked.items():
        shown = ", ".join(f"`{name}`" for name in columns)
        query = f"select {shown} from {qualified(settings.database, table)} order by all"
        (output / table).write_bytes(client.raw_query(query, fmt="JSONCompactEachRow"))
