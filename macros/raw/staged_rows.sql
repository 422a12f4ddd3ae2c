{% macro staged_rows() -%}
    {#-
        The raw CI rows as the staging models show them, and the window that was asked for, as the first part of a
        query. For questions before the first model is made: the views may not exist yet.
    -#}
    with
        pushes as ({{ render(graph.nodes["model.ci_signals.stg_ci__pushes"].raw_code) }}),
        jobs as ({{ render(graph.nodes["model.ci_signals.stg_ci__workflow_jobs"].raw_code) }}),
        test_runs as ({{ render(graph.nodes["model.ci_signals.stg_ci__test_runs"].raw_code) }}),
        bounds as ({{ window_bounds("pushes", "jobs", "test_runs") }}),
        repository_pushes as (select * from pushes where repository = (select repository from bounds)),
        -- a job that does not say its repository may be of this one
        repository_jobs as (select * from jobs where repository in ('', (select repository from bounds)))
{%- endmacro %}
