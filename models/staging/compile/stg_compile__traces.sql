-- one row per trace: its newest load
select
    trace,
    argMax(trace_loads.load_id, trace_loads.loaded_at) as load_id,
    argMax(trace_loads.files, trace_loads.loaded_at) as files,
    max(trace_loads.loaded_at) as trace_loaded_at
from {{ source("traces", "trace_loads") }} as trace_loads
group by trace
