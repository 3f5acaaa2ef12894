"""States whose query language is JSONPath."""
