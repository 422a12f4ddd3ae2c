"""Prints whether what `signals sql` writes as Parquet begins and ends as such a file. Argument: signals."""

from __future__ import annotations

import subprocess
import sys

command = [sys.argv[1], "sql", "select 7 as n", "--format", "parquet"]
out = subprocess.run(command, check=True, capture_output=True).stdout
print(out[:4] == b"PAR1" == out[-4:])
