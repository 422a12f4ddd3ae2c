{% macro window_var(name) -%}
    {#-
        A variable of the window, from the options of `signals build` (SIGNALS_WINDOW, a JSON object), else dbt's
        own variable. When `--vars` change, dbt parses the whole project again; when an environment variable
        changes, only the models that use it.
    -#}
    {% set asked = fromjson(env_var("SIGNALS_WINDOW", "{}"), {}) %}
    {{ return(asked[name] if name in asked else var(name)) }}
{%- endmacro %}
