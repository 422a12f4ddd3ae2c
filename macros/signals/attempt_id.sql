{% macro attempt_id() -%}
    {#- The key of an attempt group, which is all shards of one job in one attempt of one run. -#}
    lower(hex(sipHash128(head_sha, workflow_name, job_base_name, run_id, run_attempt)))
{%- endmacro %}
