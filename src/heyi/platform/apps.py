from typing import Any

from heyi.platform.modules import ModuleConfig


class PlatformConfig(ModuleConfig):
    name = "heyi.platform"
    default = True

    def declare(self) -> dict[str, Any]:
        from heyi.platform import proving, upkeep

        return {
            "exceptions": (proving.PROOF_FAILED,),
            "jobs": (proving.prove, proving.prove_fully, upkeep.forget_requests),
        }
