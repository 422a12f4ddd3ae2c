"""Prints what an engine without a store answers to a query, tab-separated."""

from __future__ import annotations

import sys

import chdb

print(chdb.query(sys.argv[1], "TSV").bytes().decode())
