from heyi.platform.modules import ModuleConfig


class PlatformConfig(ModuleConfig):
    name = "heyi.platform"
    default = True
