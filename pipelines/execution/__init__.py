"""Executions: started, followed, and explained when they fail.

    names       what an execution is called when nobody says
    inputs      KEY=VALUE, held to the schema that `create` publishes
    start       one execution for one name and input
    history     the events of an execution, as they come
    view        events → states, durations, jobs (pure)
    logs        what a job writes
    reason      why a Task failed, in the job's own words (pure)
    watch       all of this, until the end
    registry    the models of an environment, each with what made it
    lineage     from those, both ways (pure)
    data_files  the models that one file of data had a part in
    model_files what lies in S3 of a model
    verify      whether that is as the registry says
    reproduce   whether a model that was made again is the same (pure)
    approvals   the question that an execution waits with, and its one answer

Nothing here prints: who wants to see an execution passes a `Watcher`.
"""
