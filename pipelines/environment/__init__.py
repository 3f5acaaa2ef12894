"""Configuration: config/base.yaml and config/<environment>.yaml, read into an `Environment`.

    text      bytes → text             encoding, size, invisible characters
    document  text → nodes             YAML's structure: duplicate keys, anchors, tags, nesting
    scalars   a plain word → a value   YAML's guesses: no, 1:00:00, 0o17, dates
    merge     nodes + nodes → nodes    what an environment says over what the base says
    judge     nodes → problems         the schema in `model`, in words that name file, line and key
    forms     the forms of single values, which `model` puts together
    load      root, name → Environment, or every problem of both files at once

Each stage gives what it could read *and* the problems it found: none hides those of another.
"""
