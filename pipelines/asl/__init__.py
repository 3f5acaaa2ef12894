"""The Amazon States Language: its checker and its interpreter, for definitions of any origin.

For users of this package: `check` holds a definition to the rules, `requests` each Task's
request to its service's model, `supported` says what cannot be run here, and `interpreter`
runs an execution.  Nothing here calls AWS or does I/O.

Below them: `paths`, `intrinsic_syntax` and `resources` read the language's texts;
`intrinsics`, `data_flow`, `choice` and `retry` are what it computes; `states` and `task_state`
run a state; `history` tells of it; `clock` and `signals` are time and interruption.
"""
