from typing import Any

from heyi.platform.modules import ModuleConfig


class AuditConfig(ModuleConfig):
    name = "heyi.platform.audit"
    default = True
    routes = ("audit", "heyi.platform.audit.http.router")

    def declare(self) -> dict[str, Any]:
        from heyi.platform.audit import access, proof

        return {"access": (access.RECORD,), "proofs": proof.PROOFS}
