"""What a fit that is cut off leaves for the next one: SageMaker's checkpoints.

SageMaker copies the folder to S3 while the job runs, and brings it back when it starts the job
again, as it does when a spot machine is taken away. So any state of the folder may come back: a
checkpoint counts only if its file is whole, and if it is of the very fit that is to go on.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jobs import archive
from jobs.program import log

# SageMaker's default; the folder is there if the job has a CheckpointConfig.
FOLDER = Path("/opt/ml/checkpoints")
INDEX = "checkpoint.json"


def default_folder() -> Path | None:
    """Where checkpoints are kept, unless the command line says so: nowhere, without the folder."""
    folder = Path(os.environ.get("SM_CHECKPOINT_DIR") or FOLDER)
    return folder if folder.is_dir() else None


class Checkpoints:
    """The checkpoint of one fit in a folder; a newer one takes the place of an older.

    Attributes:
        folder: it is made when it is written to.
        fingerprint: of everything that the fit depends on: data, hyperparameters, versions.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self.fingerprint = fingerprint

    def load(self) -> tuple[int, Any] | None:
        """The iterations and the state that were reached; None if there is nothing to go on from.

        The digest in the index guards against a copy that was cut off, not against an attacker:
        whoever can write to the folder's prefix in S3 can write the model, too.
        """
        import joblib

        path = self.folder / INDEX
        if not path.is_file():
            return None
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
            file = self.folder / Path(index["file"]).name
            if index["fingerprint"] != self.fingerprint:
                log(f"{path} is of another fit (other data, code or settings): it is not used")
                return None
            if archive.sha256(file) != index["sha256"]:
                log(f"{file} is damaged: it is not used")
                return None
            state = joblib.load(file)
            log(f"going on after {index['iterations']:,} iterations, from {file.name}")
            return int(index["iterations"]), state
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            log(f"{path} is damaged: it is not used ({' '.join(repr(error).split())})")
            return None

    def save(self, iterations: int, state: Any) -> None:
        """Keep a state. The file is written before the index that names it, and each at once."""
        import joblib

        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"checkpoint-{iterations}.joblib"
        temporary = file.with_name(f".{file.name}")
        joblib.dump(state, temporary, compress=0)
        index = {
            "fingerprint": self.fingerprint,
            "iterations": iterations,
            "file": file.name,
            "sha256": archive.sha256(temporary),
        }
        temporary.replace(file)
        temporary = self.folder / f".{INDEX}"
        temporary.write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
        temporary.replace(self.folder / INDEX)
        for older in self.folder.glob("checkpoint-*.joblib"):
            if older != file:
                older.unlink(missing_ok=True)
