"""Runs queries as `signals sql` does, all in one process; prints each one's error and number of rows.

Argument: a file with JSON of the queries.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from ci_signals.errors import UserError
from ci_signals.query import print_query
from ci_signals.query_format import QueryFormat
from ci_signals.settings import Settings
from ci_signals.warehouse import open_client

settings, answers = Settings(Path.cwd()), []
keep_open = contextlib.ExitStack()  # the engine, which otherwise starts for each query
if settings.is_embedded:
    keep_open.enter_context(open_client(settings, read_only=True))
for query in json.loads(Path(sys.argv[1]).read_text()):
    written, said = io.BytesIO(), ""
    output = io.TextIOWrapper(written, encoding="utf-8")
    try:
        with contextlib.redirect_stdout(output):
            print_query(settings, query, QueryFormat.json)
    except UserError as error:
        said = str(error)
    answers.append([said, written.getvalue().count(b"\n")])
keep_open.close()
print(json.dumps(answers))
