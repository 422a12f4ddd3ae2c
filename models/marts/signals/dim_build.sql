-- one row: the build that finished last
-- Made after every other table of the track. Where int_window has another build_id, tables are of two builds.
-- depends_on: {{ ref("dim_workflows") }}
-- depends_on: {{ ref("export_incidents") }}
-- depends_on: {{ ref("fct_failure_texts") }}
-- depends_on: {{ ref("fct_row_ledger") }}
-- depends_on: {{ ref("fct_signal_gaps") }}
-- depends_on: {{ ref("fct_signals_nested") }}
-- depends_on: {{ ref("page_index_signals") }}
-- depends_on: {{ ref("rpt_data_quality") }}
-- depends_on: {{ ref("rpt_flakes") }}
-- depends_on: {{ ref("rpt_signal_changes") }}
-- depends_on: {{ ref("rpt_signal_suspects") }}
-- depends_on: {{ ref("rpt_trend") }}
{{ config(order_by="build_id") }}

with bounds as (select * from {{ ref("int_window") }})

select build_id, as_of, now64(3, 'UTC') as finished_at
from bounds
