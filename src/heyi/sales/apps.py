from typing import Any

from heyi.platform.modules import ModuleConfig


class SalesConfig(ModuleConfig):
    name = "heyi.sales"
    default = True
    documents = ("sales.Delivery",)
    roles = ("sales.clerk", "sales.manager")

    def declare(self) -> dict[str, Any]:
        from heyi.sales import access, delivery, screens

        return {
            "screens": (screens.DELIVERY,),
            "access": (access.DELIVERY,),
            "expected": (delivery.EXPECTED,),
            "prepare": {"sales.delivery": delivery.prepare_delivery},
            "verbs": {
                "sales.delivery": {
                    "post": delivery.post_deliveries,
                    "reverse": delivery.reverse_deliveries,
                }
            },
        }
