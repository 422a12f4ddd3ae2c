{% macro event_name(signals, events) -%}
    {#- An event's name for logs: its workflow, track, signal, run and attempt. -#}
    concat(
        'wf=',
        {{ signals }}.workflow_name,
        ' kind=',
        {{ signals }}.source,
        ' id=',
        {{ signals }}.signal_key,
        ' run=',
        toString({{ events }}.run_id),
        ' attempt=',
        toString({{ events }}.run_attempt)
    )
{%- endmacro %}
