from typing import Any

from heyi.platform.modules import ModuleConfig


class AuditConfig(ModuleConfig):
    name = "heyi.platform.audit"
    default = True

    def declare(self) -> dict[str, Any]:
        return {}
