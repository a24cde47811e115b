from typing import Any

from heyi.platform.modules import ModuleConfig


class ProductConfig(ModuleConfig):
    name = "heyi.product"
    default = True
    masters = ("product.Product", "product.Category", "product.Unit")

    def declare(self) -> dict[str, Any]:
        from heyi.product import access, screens

        return {
            "screens": (screens.PRODUCT, screens.CATEGORY, screens.UNIT),
            "lookups": (screens.PRODUCTS, screens.CATEGORIES, screens.UNITS),
            "access": (access.PRODUCT, access.CATEGORY, access.UNIT),
        }
