-- one row: the window of this build. A table, because `now` must be the same moment for the whole build
{{ config(materialized="table") }}

{% set pushes = ref("stg_ci__pushes") %}
{% set jobs = ref("stg_ci__workflow_jobs") %}
{% set test_runs = ref("stg_ci__test_runs") %}

with bounds as ({{ window_bounds(pushes, jobs, test_runs) }})

select *, '{{ invocation_id }}' as build_id
from bounds
