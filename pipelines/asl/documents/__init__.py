"""Files with state machines in them: definitions, CloudFormation and SAM templates, serverless.yml.

`read_file` is the way in.  `texts` reads a file as what it is; `json_source` and `yaml_source` know
where in it each value stands; `templates` and `serverless` find the definitions in a template, and
`functions` says what a definition looks like whose parts CloudFormation is still to fill in.
"""

from pipelines.asl.documents.files import Contents, Found, read_file
from pipelines.asl.documents.texts import read_text

__all__ = ["Contents", "Found", "read_file", "read_text"]
