from typing import Any

from heyi.platform.modules import ModuleConfig


class MailConfig(ModuleConfig):
    name = "heyi.platform.mail"
    default = True

    def declare(self) -> dict[str, Any]:
        from heyi.platform.mail import letters

        return {
            "handlers": {letters.MailQueued.topic: (letters.deliver,)},
            "jobs": (letters.tidy,),
        }
