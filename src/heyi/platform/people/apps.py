from typing import Any

from heyi.platform.modules import ModuleConfig


class PeopleConfig(ModuleConfig):
    name = "heyi.platform.people"
    default = True
    masters = ("people.Department", "people.Employee")

    def declare(self) -> dict[str, Any]:
        from heyi.platform.people import access, organisation, screens

        return {
            "access": (access.DEPARTMENT, access.EMPLOYEE),
            "screens": (screens.DEPARTMENT, screens.EMPLOYEE),
            "lookups": (screens.DEPARTMENTS, screens.EMPLOYEES),
            "prepare": {"people.department": organisation.check_department},
        }
