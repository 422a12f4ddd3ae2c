{% macro clickhouse__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {#-
        dbt's comparison of a unit test, with a third part that never has rows but keeps the columns: an empty
        result comes back without columns, and dbt then fails on a test that expects no rows and gets none.
    -#}
    {%- set columns = expected_column_names | join(", ") -%}
    with
        dbt_internal_unit_test_actual as (
            select {{ columns }}, 'actual' as actual_or_expected
            from ({{ main_sql }}) as _dbt_internal_unit_test_actual
        ),
        dbt_internal_unit_test_expected as (
            select {{ columns }}, 'expected' as actual_or_expected
            from ({{ expected_fixture_sql }}) as _dbt_internal_unit_test_expected
        )
    select *
    from dbt_internal_unit_test_actual
    union all
    select *
    from dbt_internal_unit_test_expected
    union all
    select any({{ expected_column_names | join("), any(") }}), 'neither' as actual_or_expected
    from dbt_internal_unit_test_actual
    where false
{%- endmacro %}
