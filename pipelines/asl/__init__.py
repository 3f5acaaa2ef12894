"""The Amazon States Language: its checker and its interpreter, for definitions of any origin.

For users of this package: `check` holds a definition to the rules, `requests` each Task's
request to its service's model, and `interpreter` runs an execution.  Nothing here calls AWS or
does I/O.

Below them: `paths`, `intrinsic_syntax`, `comparisons`, `timestamps` and `resources` are the
language's texts, and `model` a definition with its scopes, states and places.
"""
