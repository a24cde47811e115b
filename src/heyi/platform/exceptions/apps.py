from heyi.platform.modules import ModuleConfig


class ExceptionsConfig(ModuleConfig):
    name = "heyi.platform.exceptions"
    default = True
    routes = (("exceptions", "heyi.platform.exceptions.http.router"),)
