from typing import Any

from heyi.platform.modules import ModuleConfig


class JobsConfig(ModuleConfig):
    name = "heyi.platform.jobs"
    default = True
    routes = (("jobs", "heyi.platform.jobs.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.jobs import access, outbox, runs, screens, upkeep

        return {
            "screens": (screens.RUN, screens.PARKED),
            "access": (access.RUN, access.PARKED),
            "exceptions": (outbox.EVENT_PARKED, runs.JOB_FAILED),
            "jobs": (upkeep.tidy,),
        }
