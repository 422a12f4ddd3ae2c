-- one row per trace: its newest load, and the name and run that it is of
with
    loads as (
        select
            trace,
            argMax(trace_loads.load_id, trace_loads.loaded_at) as load_id,
            argMax(trace_loads.files, trace_loads.loaded_at) as files,
            max(trace_loads.loaded_at) as trace_loaded_at
        from {{ source("traces", "trace_loads") }} as trace_loads
        group by trace
    ),

    runs as (select * from {{ source("traces", "trace_runs") }})

select
    loads.trace as trace,
    loads.load_id as load_id,
    loads.files as files,
    loads.trace_loaded_at as trace_loaded_at,
    -- loads of older versions have no row
    if(runs.trace_name = '', loads.trace, runs.trace_name) as trace_name,
    runs.run as run,
    runs.run_started_at as run_started_at,
    runs.labels as labels
from loads
left join runs on loads.load_id = runs.load_id
