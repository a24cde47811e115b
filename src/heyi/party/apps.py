from heyi.platform.modules import ModuleConfig


class PartyConfig(ModuleConfig):
    name = "heyi.party"
    default = True
    masters = ("party.Party",)
