from typing import Any

from heyi.platform.modules import ModuleConfig


class SalesConfig(ModuleConfig):
    name = "heyi.sales"
    default = True
    documents = ("sales.Delivery",)
    roles = ("sales.clerk", "sales.manager")

    def declare(self) -> dict[str, Any]:
        from heyi.sales import access, screens

        return {
            "screens": (screens.DELIVERY,),
            "access": (access.DELIVERY,),
        }
