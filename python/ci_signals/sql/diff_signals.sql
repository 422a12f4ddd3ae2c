-- one row per signal that only one of the two files has
select if(any(side) = 1, 'signal_came', 'signal_went') as change, source, workflow_name, job_base_name, key
from lines
group by source, workflow_name, job_base_name, key
having count() = 1
order by source, workflow_name, job_base_name, key
