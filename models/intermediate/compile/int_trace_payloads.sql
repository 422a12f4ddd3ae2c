-- one row per stored payload of a trace, with the rank of its process
-- A table: spans, their export and the ranks' schedules read it, and the lines of all loads lie behind it.
{{ config(materialized="table", order_by="(trace, payload_name, source_number, line_number)") }}

with
    payloads as (select * from {{ ref("stg_compile__payloads") }}),

    file_ranks as (select trace, source_number, rank as file_rank from {{ ref("int_file_ranks") }})

select
    payloads.trace as trace,
    payloads.payload_name as payload_name,
    payloads.source_number as source_number,
    payloads.file as file,
    payloads.line_number as line_number,
    coalesce(payloads.rank, file_ranks.file_rank) as rank,
    payloads.compile_id as compile_id,
    payloads.payload as payload
from payloads
left join
    file_ranks on payloads.trace = file_ranks.trace and payloads.source_number = file_ranks.source_number
    settings join_use_nulls = 1
