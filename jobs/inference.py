"""The functions that AWS's scikit-learn image calls to serve a model: SAGEMAKER_PROGRAM.

The image imports a program by its module's name (`jobs.inference`, not a path), calls `model_fn`
once in each worker, and `transform_fn` for each request. A tuple is a 200; anything else is given
to Flask, which is how a request that is at fault gets its 4xx instead of the image's 500.

MODEL_SHA256 is the digest of model.tar.gz. Where SageMaker has unpacked the archive it cannot be
computed again: then it is what the answers name, and the manifest vouches for the files.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jobs import archive, model, protocol
from jobs.program import log
from jobs.scoring import Scorer

SHA256 = "MODEL_SHA256"


def model_fn(model_dir: str) -> Scorer:
    """The model in `model_dir`: its files, or its archive as it is.

    Raises:
        DataError: there is none, or it is not what was expected.
    """
    folder, expected = Path(model_dir), os.environ.get(SHA256) or None
    if (folder / archive.NAME).is_file():
        loaded = model.load(folder, expected)
    else:
        loaded = model.load_unpacked(folder, expected or "")
    scorer = Scorer(loaded)
    log(f"{loaded.manifest['algorithm']}, model.tar.gz {loaded.sha256}")
    log(scorer.remark)
    return scorer


def transform_fn(scorer: Scorer, content: bytes | str, content_type: str, accept: str) -> Any:
    """The answer to a request: body and content type, or a response with a 4xx."""
    try:
        return protocol.respond(scorer, content, content_type, accept)
    except protocol.Refused as refused:
        # Flask's own kind of response; the image has Flask, and so has whatever stands in for it.
        from werkzeug.wrappers import Response

        return Response(refused.body, refused.status, content_type=protocol.JSON)
