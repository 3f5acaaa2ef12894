"""How the values of an environment's file meet the base's, key by key: policy, as data."""

from __future__ import annotations

from pipelines.environment.merge import Policy

POLICY = Policy(
    alternatives={
        ("endpoint",): (frozenset({"realtime"}), frozenset({"serverless"})),
        ("model",): (frozenset({"algorithm"}), frozenset({"script"}), frozenset({"entrypoint"})),
        ("gate", "champion"): (frozenset({"better_by"}), frozenset({"interval"})),
        ("data",): (frozenset({"test"}), frozenset({"test_fraction"})),
        ("gate",): (frozenset({"at_least"}), frozenset({"at_most"})),
        ("image", "training"): (frozenset({"framework", "version"}), frozenset({"uri"})),
        ("image", "serving"): (frozenset({"framework", "version"}), frozenset({"uri"})),
    },
    # The columns of one dataset: those of another are not more of the same.
    whole=frozenset({("features", "binned"), ("model", "tune", "ranges")}),
    dependent={("model",): {"algorithm": "hyperparameters"}},
)
