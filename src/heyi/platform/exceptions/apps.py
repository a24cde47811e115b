from typing import Any

from heyi.platform.modules import ModuleConfig


class ExceptionsConfig(ModuleConfig):
    name = "heyi.platform.exceptions"
    default = True
    routes = (("exceptions", "heyi.platform.exceptions.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.exceptions import access, defects, queue, screens

        return {
            "screens": (screens.CASE,),
            "access": (access.CASE,),
            "exceptions": (defects.DEFECT,),
            "defects": (defects.report,),
            "inboxes": (("exceptions", queue.page, queue.waiting),),
        }
