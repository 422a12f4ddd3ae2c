-- one row per loaded trace, by name, the newest run first; loads, runs and stored are read from raw tables
select
    loads.trace as trace,
    if(runs.trace_name = '', loads.trace, runs.trace_name) as trace_name,
    runs.run as run,
    runs.run_started_at as run_started_at,
    loads.loaded_at as loaded_at,
    mapSort(runs.labels) as labels,
    loads.files as files,
    stored.lines as lines,
    stored.bytes as bytes,
    loads.load_id as load_id
from loads
left join runs on loads.load_id = runs.load_id
left join stored on loads.load_id = stored.load_id
order by trace_name, coalesce(run_started_at, loaded_at) desc, loaded_at desc, trace
