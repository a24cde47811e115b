from typing import Any

from heyi.platform.modules import ModuleConfig


class PartyConfig(ModuleConfig):
    name = "heyi.party"
    default = True
    masters = ("party.Party",)

    def declare(self) -> dict[str, Any]:
        from heyi.party import access, screens

        return {
            "screens": (screens.PARTY,),
            "lookups": (screens.SUPPLIERS, screens.CUSTOMERS, screens.PARTIES),
            "access": (access.PARTY,),
        }
