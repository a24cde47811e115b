from heyi.platform.modules import ModuleConfig


class SalesConfig(ModuleConfig):
    name = "heyi.sales"
    default = True
    documents = ("sales.Delivery",)
