-- nothing is dropped: each metrics record's page is a page of one compilation
with
    compilations as (select trace, page from {{ ref("fct_compilations") }} array join pages as page),

    metrics as (select trace, page from {{ ref("fct_compile_metrics") }})

select trace, page
from metrics
where (trace, page) not in (select trace, page from compilations)
