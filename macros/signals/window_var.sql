{% macro window_var(name) -%}
    {#-
        A variable of the window, from the options of `signals build` (SIGNALS_WINDOW, a JSON object), else dbt's
        own variable. When `--vars` change, dbt parses the whole project again. The environment variable is not read
        while dbt parses, for then int_window would be parsed again whenever it changes, which takes 0.4 s.
    -#}
    {% set asked = fromjson(env_var("SIGNALS_WINDOW", "{}"), {}) if execute else {} %}
    {{ return(asked[name] if name in asked else var(name)) }}
{%- endmacro %}
