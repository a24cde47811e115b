from typing import Any

from heyi.platform.modules import ModuleConfig


class ExtrasConfig(ModuleConfig):
    name = "heyi.platform.extras"
    default = True
    routes = ("extras", "heyi.platform.extras.http.router")

    def declare(self) -> dict[str, Any]:
        from heyi.platform.extras import access

        return {"access": (access.EXTRAS,)}
