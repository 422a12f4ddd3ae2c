{% macro job_base_name(name) -%}
    {#-
        The name that all shards of a job share, in the style of var job_name_style:
        document: `linux / test (default, 1, 5, gpu)` -> `linux / test`
        config:   `linux / test (default, 1, 5, gpu)` -> `linux / test (default)`
    -#}
    {% set style = var("job_name_style") %}
    {% if style not in ["document", "config"] and exceptions is defined %}
        {{ exceptions.raise_compiler_error("var job_name_style is '" ~ style ~ "': document or config") }}
    {% endif %}
    {% if style == "config" %}
        {#- A parenthesis without a comma is a version and is removed. One with commas starts with the config. -#}
        {% set unversioned = "replaceRegexpAll(" ~ name ~ ", '\\\\s*\\\\([^(),]*\\\\)', '')" %}
        {% set bare = (
            "replaceRegexpAll("
            ~ unversioned
            ~ ", '\\\\(\\\\s*([^(),]*?)\\\\s*,[^()]*\\\\)', '(\\\\1)')"
        ) %}
    {% else %} {% set bare = "replaceRegexpOne(" ~ name ~ ", '(?s)\\\\s*\\\\(.*\\\\)$', '')" %}
    {% endif %}
    trimBoth(replaceRegexpAll(replaceRegexpAll({{ bare }}, ', \\d+, \\d+, ', ', '), '\\s+', ' '))
{%- endmacro %}
