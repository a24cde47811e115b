from typing import Any

from heyi.platform.modules import ModuleConfig


class IdentityConfig(ModuleConfig):
    name = "heyi.platform.identity"
    default = True
    masters = ("identity.Position",)
    roles = ("system.administrator", "audit.auditor")
    routes = (
        ("", "heyi.platform.identity.http.router"),
        ("", "heyi.platform.identity.administration.router"),
    )

    def declare(self) -> dict[str, Any]:
        from heyi.platform.companies import COMPANY
        from heyi.platform.identity import access, mail, positions, screens, upkeep, users

        return {
            "handlers": {mail.MailWanted.topic: (mail.send,)},
            "access": (access.USER, access.POSITION, access.TOKEN, access.EXPLANATION, COMPANY),
            "setup": positions.setup,
            "jobs": (upkeep.seal, upkeep.sweep),
            "prepare": {"identity.position": users.check_roles},
            "screens": (screens.POSITION,),
            "lookups": (screens.POSITIONS, screens.USERS),
        }
