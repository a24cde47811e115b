from heyi.platform.modules import ModuleConfig


class ExportsConfig(ModuleConfig):
    name = "heyi.platform.exports"
    default = True
    routes = ("records", "heyi.platform.exports.http.router")
