"""Checks as their users see them: findings with file and line, as text, JSON and SARIF.

`project` checks what this project generates, `files` any definition or template; both give
`reported` findings.  `text`, `sarif` and `baseline` are what is made of them, and `rules_page` is
the reference of all rules.
"""
