from typing import Any

from heyi.platform.modules import ModuleConfig


class ImportsConfig(ModuleConfig):
    name = "heyi.platform.imports"
    default = True
    routes = ("records", "heyi.platform.imports.http.router")

    def declare(self) -> dict[str, Any]:
        from heyi.platform.imports import access, batches, loading

        return {"access": (access.BATCH,), "jobs": (batches.CHECK, loading.LOAD)}
