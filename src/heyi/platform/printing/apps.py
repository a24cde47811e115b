from heyi.platform.modules import ModuleConfig


class PrintingConfig(ModuleConfig):
    name = "heyi.platform.printing"
    default = True
    routes = ("records", "heyi.platform.printing.http.router")
