-- a signal exists because something failed
select signal_id from {{ ref("dim_signals") }} where failures = 0 or events != failures + successes + pendings
