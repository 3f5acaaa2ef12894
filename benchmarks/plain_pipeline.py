"""What one would write without this project: pandas, a scikit-learn pipeline, FastAPI or mlflow.

python -m benchmarks.plain_pipeline fit CSV FOLDER    pipeline.joblib, and with mlflow mlflow/
python -m benchmarks.plain_pipeline serve FOLDER PORT
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LABEL, POSITIVE = "income", "50000+."
NUMBERS = (
    *("capital gains", "capital losses", "dividends from stocks", "weeks worked in year"),
    *("age", "wage per hour"),
)


def pipeline(columns: Sequence[str]) -> Any:
    """Ordinal codes for categories, and the trees that the project's own model has."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    categories = [name for name in columns if name not in NUMBERS]
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=float("nan"), max_categories=250
    )
    features = ColumnTransformer(
        [("categories", encoder, categories), ("numbers", "passthrough", list(NUMBERS))]
    )
    mask = [True] * len(categories) + [False] * len(NUMBERS)
    model = HistGradientBoostingClassifier(
        max_iter=300, learning_rate=0.06, early_stopping=False, categorical_features=mask
    )
    return Pipeline([("features", features), ("model", model)])


def fit(csv: Path, folder: Path) -> None:
    import joblib
    import pandas as pd

    rows = pd.read_csv(csv, skipinitialspace=True, dtype=str)
    for name in NUMBERS:
        rows[name] = pd.to_numeric(rows[name])
    labels = (rows.pop(LABEL) == POSITIVE).astype(int)
    fitted = pipeline([*rows.columns]).fit(rows, labels)
    folder.mkdir(parents=True)
    joblib.dump(fitted, folder / "pipeline.joblib")
    if find_spec("mlflow"):
        from mlflow import sklearn

        sklearn.save_model(fitted, folder / "mlflow", serialization_format="cloudpickle")


def serve(folder: Path, port: int) -> None:
    import joblib
    import pandas as pd
    import uvicorn
    from fastapi import Body, FastAPI

    fitted = joblib.load(folder / "pipeline.joblib")
    application = FastAPI()

    @application.get("/ping")
    def ping() -> dict[str, str]:
        return {}

    @application.post("/invocations")
    def invocations(body: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008
        rows = pd.DataFrame(body["rows"])
        return {"scores": fitted.predict_proba(rows)[:, 1].tolist()}

    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    command, folder_or_csv, last = sys.argv[1:]
    if command == "fit":
        fit(Path(folder_or_csv), Path(last))
    else:
        serve(Path(folder_or_csv), int(last))
