"""Stands in for GitHub's `gh api [--paginate] PATH [--jq FILTER]`, on the address in FAKE_GITHUB."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

arguments = sys.argv[1:]
assert arguments[0] == "api", arguments
assert os.environ["GH_TOKEN"] == "t0ken"
follows = "--paginate" in arguments
jq = ["jq", "-r", arguments.pop(arguments.index("--jq") + 1)] if "--jq" in arguments else ["cat"]
(path,) = (each for each in arguments[1:] if each not in ("--paginate", "--jq"))
address: str | None = f"{os.environ['FAKE_GITHUB']}/{path}"
while address:
    try:
        with urllib.request.urlopen(address) as answer:
            subprocess.run(jq, input=answer.read(), check=True)
            link = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    except urllib.error.HTTPError as error:
        # as gh does, print the answer and fail
        sys.stdout.write(error.read().decode())
        sys.exit(f"gh: HTTP {error.code}")
    address = link[1] if link and follows else None
