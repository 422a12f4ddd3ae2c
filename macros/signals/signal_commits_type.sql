{% macro signal_commits_type(time) -%}
    {#- The type of a signal's commits with their events inside; `time` is the type of the times. -#}
    {%- set event -%}
        name String, status String, started_at {{ time }}, ended_at Nullable({{ time }}), wf_run_id Int64, run_attempt Int64, job_id Int64
    {%- endset -%}
    {{
        sql_string(
            "Array(Tuple(head_sha String, timestamp " ~ time ~ ", events Array(Tuple(" ~ event ~ "))))"
        )
    }}
{%- endmacro %}
