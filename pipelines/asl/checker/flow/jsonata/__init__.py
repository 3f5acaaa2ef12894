"""States whose query language is JSONata."""
