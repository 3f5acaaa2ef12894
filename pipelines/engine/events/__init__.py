"""EventBridge: what happens, the rules that it matches, and their targets.

    patterns        whether an event matches a rule's pattern (pure)
    inputs          what a target gets of an event (pure)
    bus             the rules of a bus, and delivery to their targets
    put_events      the operations PutEvents, PutRule and PutTargets
    changes         what Step Functions tells of its executions

Buses, rules and targets are kept by moto. What it would do with an event is done here: it knows
neither state machines nor topics.
"""
