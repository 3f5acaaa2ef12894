"""Files with state machines in them: definitions, and CloudFormation and SAM templates.

`read_file` is the way in.  `json_source` and `yaml_source` read a text and know where in it each
value stands; `templates` finds the definitions in a template, and `functions` says what a
definition looks like whose parts CloudFormation is still to fill in.
"""

from pipelines.asl.documents.files import Contents, Found, read_file

__all__ = ["Contents", "Found", "read_file"]
