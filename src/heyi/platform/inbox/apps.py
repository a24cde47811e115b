from typing import Any

from heyi.platform.modules import ModuleConfig


class InboxConfig(ModuleConfig):
    name = "heyi.platform.inbox"
    default = True
    routes = (("inbox", "heyi.platform.inbox.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.inbox import upkeep

        return {"jobs": (upkeep.tidy,)}
