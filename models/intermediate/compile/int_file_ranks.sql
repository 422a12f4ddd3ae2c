-- one row per file whose records name a single rank
-- A process logs no rank before its group exists: this is the rank of those records, too.
{{ config(materialized="table", order_by="(trace, source_number)") }}

with ranked as (select * from {{ ref("stg_compile__records") }} where rank is not null)

select trace, source_number, assumeNotNull(any(ranked.rank)) as rank
from ranked
group by trace, source_number
having uniqExact(ranked.rank) = 1
