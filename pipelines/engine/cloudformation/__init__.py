"""CloudFormation: change sets, stacks, events and rollback, on the services of the engine.

moto's own reads no Definition, loses outputs, ignores what it does not know and cannot roll
back; nothing of it is used. A resource here is what AWS's handler for its type is: a few calls
to the service that owns it.

    service      the API's operations
    template     a template's text, read and checked
    values       what its parameters and conditions are
    requests     what a request's fields mean
    intrinsics   Ref, Fn::Sub, … to values
    scope        what names mean in one stack
    changes      what would change, as a change set shows it
    apply        change it, or put back what was
    records      stacks on disk
    answers      stacks in the API's shapes
    resources/   the types, and for each the properties that are honoured
"""
