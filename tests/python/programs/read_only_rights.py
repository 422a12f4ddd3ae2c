"""Runs statements on the engine of `signals sql`, past its look at the query; prints what each says.

Arguments: the store and a file with JSON of the statements.
"""

import json
import sys
from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.store import Engine, connect_store

said = []
with connect_store(sys.argv[1], engine=Engine.READ_ONLY) as client:
    for statement in json.loads(Path(sys.argv[2]).read_text()):
        try:
            said.append(str(client.command(statement)))
        except ClickHouseError as error:
            said.append(str(error))
print(json.dumps(said))
