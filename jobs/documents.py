"""The names of the documents that preprocess writes and other jobs read.

They stand below the jobs, so that none of these has to import another for a name.
"""

from __future__ import annotations

PREPROCESSOR = "preprocessor.json"
REJECTED, SUMMARY, EXAMPLE = "rejected.csv", "summary.json", "example.json"
