"""Step Functions: state machines, and executions run by the interpreter."""
