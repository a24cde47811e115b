from heyi.platform.modules import ModuleConfig


class ProductConfig(ModuleConfig):
    name = "heyi.product"
    default = True
    masters = ("product.Product",)
