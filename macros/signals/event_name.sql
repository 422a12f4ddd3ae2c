{% macro event_name(events) -%}
    {#- Which workflow, track, signal, run and attempt an event is from, for logs. -#}
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
