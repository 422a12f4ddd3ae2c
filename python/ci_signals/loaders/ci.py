"""Load CI rows (`push`, `workflow_job`, `test_run_s3`) into the raw tables.

Lines go to the engine as they are; parsing, checking and leaving out rows that are
there already is SQL (`insert_rows.sql.j2`), so it is the same over HTTP.
"""
