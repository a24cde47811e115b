from typing import Any

from heyi.platform.modules import ModuleConfig


class ApprovalsConfig(ModuleConfig):
    name = "heyi.platform.approvals"
    default = True
    routes = (("approvals", "heyi.platform.approvals.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.approvals import access, flow, proof, screens, tasks, watch

        return {
            "screens": (screens.REQUEST, screens.POLICY),
            "access": (access.REQUEST, access.POLICY),
            "policies": (flow.submit,),
            "decisions": (flow.act,),
            "exceptions": (flow.STEP_UNOWNED, watch.TASK_STUCK),
            "proofs": proof.PROOFS,
            "jobs": (watch.watch,),
            "inboxes": (("approvals", tasks.inbox, tasks.waiting),),
        }
