from heyi.platform.modules import ModuleConfig


class PurchaseConfig(ModuleConfig):
    name = "heyi.purchase"
    default = True
    documents = ("purchase.Receipt",)
