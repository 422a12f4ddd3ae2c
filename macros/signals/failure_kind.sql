{% macro failure_kind(text) -%}
    {#-
        The kind of failure that a message or a line of a log tells of: its first line without what differs from run
        to run. Times of logs, colours, quoted texts, addresses of the web, paths, addresses in memory, ids and
        numbers are replaced, in this order, since each holds what the later ones look for. Digits within a word stay:
        float32 and float64 fail for different reasons.
    -#}
    {%- set uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}" -%}
    {%- set hex_id = "(?:\\d+[a-f]|[a-f]+\\d)[0-9a-f]{4,}|[0-9a-f]{16,}" -%}
    {%- set rooted_path = "(?:[A-Za-z]:)?(?:[/\\\\][\\w.+@~-]+){2,}" -%}
    {%- set file_path = "[\\w.+@~-]+(?:[/\\\\][\\w.+@~-]+)+\\.\\w+" -%}
    {%- set steps = [
        ("\\x1b\\[[0-9;]*[A-Za-z]|[\\x00-\\x1f\\x7f]", " "),
        ("^\\s*\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:[\\d.,]+Z?", ""),
        ('"[^"]*"|`[^`]*`', '"…"'),
        ("(^|[^\\w])'[^']*'", "\\1'…'"),
        ("[a-z+]{2,9}://\\S+", "<url>"),
        (rooted_path ~ "|" ~ file_path, "<path>"),
        ("\\b0[xX][0-9a-fA-F]+", "<address>"),
        ("\\b(?:" ~ uuid ~ "|" ~ hex_id ~ ")\\b", "<id>"),
        ("\\b\\d+(?:[.,]\\d+)*(?:[eE][-+]?\\d+)?", "<number>"),
        ("\\s+", " "),
    ] -%}
    {%- set ns = namespace(
        sql="splitByChar('\\n', trim(both ' \\t\\r\\n' from toValidUTF8(substring("
        ~ text
        ~ ", 1, 1000))))[1]"
    ) -%}
    {%- for pattern, replacement in steps -%}
        {%- set ns.sql = (
            "replaceRegexpAll("
            ~ ns.sql
            ~ ", "
            ~ sql_string(pattern)
            ~ ", "
            ~ sql_string(replacement)
            ~ ")"
        ) -%}
    {%- endfor -%}
    substringUTF8(trimBoth({{ ns.sql }}), 1, 200)
{%- endmacro %}
