{% macro test_run_source() -%}
    {#- The source of test runs. Var test_run_database says which database it is in, if not in that of the jobs. -#}
    {% set relation = source("ci", "test_run_s3") %}
    {% set database = var("test_run_database") %}
    {{ return(relation.incorporate(path={"schema": database}) if database else relation) }}
{%- endmacro %}
