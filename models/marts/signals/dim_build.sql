-- one row: the build that finished last. It is made after every other table of the track, so as long as its
-- build_id
-- is not that of int_window, some tables are older than others
-- depends_on: {{ ref("dim_workflows") }}
-- depends_on: {{ ref("fct_row_ledger") }}
-- depends_on: {{ ref("fct_signal_gaps") }}
-- depends_on: {{ ref("fct_signals_nested") }}
-- depends_on: {{ ref("rpt_data_quality") }}
-- depends_on: {{ ref("rpt_signal_overview") }}
{{ config(order_by="build_id") }}

with bounds as (select * from {{ ref("int_window") }})

select build_id, as_of, now64(3, 'UTC') as finished_at
from bounds
