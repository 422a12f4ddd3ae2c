{% macro event_name(events) -%}
    {#- An event's name for logs: its workflow, track, signal, run and attempt. -#}
    concat(
        'wf=',
        {{ events }}.workflow_name,
        ' kind=',
        {{ events }}.source,
        ' id=',
        {{ events }}.signal_key,
        ' run=',
        toString({{ events }}.run_id),
        ' attempt=',
        toString({{ events }}.run_attempt)
    )
{%- endmacro %}
