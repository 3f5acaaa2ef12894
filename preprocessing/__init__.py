"""Features from files: the same code fits in training and transforms in training and inference.

    files ──> reading ──> parsing ──┬──> fitting ──> tables ──> document (preprocessor.json)
              (text)     (values,   │                  │
                          rejects)  └──> transforming <┘ ──> codes (Parquet) ──> encoding (matrices)

Rows stream through in batches, so memory does not grow with the data. A row keeps its number (1 is
the first data row, counted through the files in name order; blank lines are not counted) from the
file to the prediction, and a row that cannot be parsed is listed with a reason.

Needs numpy and pyarrow, and nothing else: it runs in any container that has the two.
"""
