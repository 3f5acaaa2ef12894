"""Our own two definitions, spoilt in every way that the operators know: does the checker notice?

An operator makes mutants.  A change from legal to legal makes none, and the checker has no say in
what is legal: the language's own words decide (`language`), the model of the service that a Task
calls (`requests`), and for data an execution: what ended well must no longer do so (`data`).
"""
