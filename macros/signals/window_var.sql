{% macro window_var(name) -%}
    {#-
        A variable of the window: what `signals build` was asked for (SIGNALS_WINDOW, a JSON object),
        else dbt's own variable. dbt parses the whole project anew when `--vars` change, and only
        the models that use an environment variable when that changes.
    -#}
    {% set asked = fromjson(env_var("SIGNALS_WINDOW", "{}"), {}) %}
    {{ return(asked[name] if name in asked else var(name)) }}
{%- endmacro %}
