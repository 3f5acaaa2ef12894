"""What the engine does with each member of Lambda's requests."""

from __future__ import annotations

from pipelines.engine.allow_list import KEPT, RECORDED, Supported, only

_CONFIGURATION = {
    "Description": KEPT,
    "Environment.Variables": KEPT,
    "FunctionName": KEPT,
    "Handler": KEPT,
    "MemorySize": RECORDED,
    "Role": RECORDED,
    "Runtime": KEPT,
    "Timeout": KEPT,
    # Nothing here is encrypted, traced, emulated or in a network of its own.
    "EphemeralStorage": RECORDED,
    "KMSKeyArn": RECORDED,
    "TracingConfig": RECORDED,
    "VpcConfig": RECORDED,
}
_CODE = {"S3Bucket": KEPT, "S3Key": KEPT, "ZipFile": KEPT}

CREATE = Supported(
    {
        **_CONFIGURATION,
        **{f"Code.{name}": rule for name, rule in _CODE.items()},
        "Architectures": RECORDED,
        "PackageType": only("Zip"),
        "Publish": KEPT,
        "Tags": KEPT,
    }
)
UPDATE_CONFIGURATION = Supported(_CONFIGURATION)
UPDATE_CODE = Supported(
    {**_CODE, "Architectures": RECORDED, "DryRun": only(False), "FunctionName": KEPT} | {
        "Publish": KEPT
    }
)  # fmt: skip
INVOKE = Supported(
    {
        "ClientContext": KEPT,
        "FunctionName": KEPT,
        "InvocationType": KEPT,
        "LogType": KEPT,
        "Payload": KEPT,
        "Qualifier": KEPT,
    }
)
RECORDED_MEMBERS = ("Architectures", "EphemeralStorage", "KMSKeyArn", "TracingConfig", "VpcConfig")
"""The members that are described again as they were given."""
