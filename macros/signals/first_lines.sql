{% macro first_lines(text) -%}
    {#-
        The first lines of a text, as many as var failure_text_lines says and 2,000 characters at most; a text that is
        longer ends with an ellipsis. Only the first 8 kB are looked at, because a message can have a megabyte.
    -#}
    {%- set start = (
        "trim(both ' \\t\\r\\n' from toValidUTF8(replaceAll(substring("
        ~ text
        ~ ", 1, 8192), '\\r\\n', '\\n')))"
    ) -%}
    {%- set lines = "splitByChar('\\n', " ~ start ~ ")" -%}
    {%- set most = var("failure_text_lines") | int -%}
    concat(
        substringUTF8(arrayStringConcat(arraySlice({{ lines }}, 1, {{ most }}), '\n'), 1, 2000),
        if(
            length({{ text }}) > 8192 or length({{ lines }}) > {{ most }} or lengthUTF8({{ start }}) > 2000,
            ' …',
            ''
        )
    )
{%- endmacro %}
