{% macro trace_line_reason() -%}
    {#- Why a stored line was set aside; '' for a good line. The loader checks payloads and repairs lone surrogates
        (`problem`); the other checks are here. -#}
    multiIf(
        problem not in ('', {{ sql_string(repaired_reason()) }}),
        problem,
        not isValidUTF8(line),
        'invalid UTF-8',
        door = 'log'
        and not match(
            substring(line, 1, position(line, '] {') + 1),
            '^[A-Z][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]+ +[0-9]+ .*:[0-9]+] $'
        ),
        'not a log record',
        not isValidJSON({{ trace_record_json() }}),
        'broken JSON',
        not startsWith(trimLeft({{ trace_record_json() }}), '{'),
        'not a JSON object',
        problem
    )
{%- endmacro %}
