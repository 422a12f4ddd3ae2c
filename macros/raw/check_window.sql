{% macro check_window() %}
    {#-
        Runs before every build that makes a new window. Stops it before a model is touched when the repository, the
        branch or a workflow has no rows, or the window has no commits; the variable empty_window says when that is
        allowed. `signals build` gives a message that starts with "no data: " an exit code of its own.
    -#}
    {% set allowed = window_var("empty_window") %}
    {% if "model.ci_signals.int_window" in selected_resources and allowed != "allow" %}
        {% set counts %}
            {{ staged_rows() }}
            select
                toString((select count() from pushes where {{ pushed_in_window("bounds") }})) as commits,
                toString((select count() from pushes) + (select count() from jobs)) as all_rows,
                {% if window_var("workflows") %}
                    arrayStringConcat(
                        arrayFilter(
                            workflow -> workflow not in (select workflow_name from repository_jobs),
                            (select workflows from bounds)
                        ),
                        ', '
                    )
                {% else %} ''
                {% endif %} as unknown_workflows
        {% endset %}
        {% set counted = run_query(counts)[0] %}
        {% set is_unloaded = counted[1] == "0" %}
        {% set is_fine = counted[0] != "0" and not counted[2] %}
        {% if not is_fine and not (is_unloaded and allowed == "if_unloaded") %}
            {% do exceptions.raise_compiler_error(run_query(window_fault(counted[2]))[0][0]) %}
        {% endif %}
    {% endif %}
{% endmacro %}
