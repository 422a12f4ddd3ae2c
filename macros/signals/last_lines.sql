{% macro last_lines(text) -%}
    {#-
        The last lines of a text, as first_lines; a longer text starts with an ellipsis. The end of a traceback says
        where it failed.
    -#}
    {%- set end = (
        "trim(both ' \\t\\r\\n' from toValidUTF8(replaceAll(right("
        ~ text
        ~ ", 8192), '\\r\\n', '\\n')))"
    ) -%}
    {%- set lines = "splitByChar('\\n', " ~ end ~ ")" -%}
    {%- set most = var("failure_text_lines") | int -%}
    concat(
        if(
            length({{ text }}) > 8192 or length({{ lines }}) > {{ most }} or lengthUTF8({{ end }}) > 2000,
            '… ',
            ''
        ),
        rightUTF8(arrayStringConcat(arraySlice({{ lines }}, -{{ most }}), '\n'), 2000)
    )
{%- endmacro %}
