from typing import Any

from heyi.platform.modules import ModuleConfig


class ViewsConfig(ModuleConfig):
    name = "heyi.platform.views"
    default = True
    routes = ("views", "heyi.platform.views.http.router")

    def declare(self) -> dict[str, Any]:
        from heyi.platform.views import access

        return {"access": (access.VIEW,)}
