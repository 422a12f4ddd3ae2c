{% test unique_combination(model, columns, nullable=[]) %}
    {#- Fails for every combination of `columns` that occurs more than once, or that has a null in a column that
        is not in `nullable`. -#}
    select {{ columns | join(", ") }}, count() as copies
    from {{ model }}
    group by {{ columns | join(", ") }}
    having
        copies > 1 {% for column in columns if column not in nullable %} or {{ column }} is null {% endfor %}
{% endtest %}
