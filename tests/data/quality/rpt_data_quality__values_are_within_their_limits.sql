-- a check past its limit: docs/data-quality.md says what it means and what to do
{{ config(severity="warn") }}

select check_name, value, unit, warn_above, affected, measured, details_model
from {{ ref("rpt_data_quality") }}
where is_warning
