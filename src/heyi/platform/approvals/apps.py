from typing import Any

from heyi.platform.modules import ModuleConfig


class ApprovalsConfig(ModuleConfig):
    name = "heyi.platform.approvals"
    default = True
    routes = (("approvals", "heyi.platform.approvals.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.approvals import flow, proof, tasks, watch

        return {
            "policies": (flow.submit,),
            "decisions": (flow.act,),
            "exceptions": (flow.STEP_UNOWNED, watch.TASK_STUCK),
            "proofs": proof.PROOFS,
            "jobs": (watch.watch,),
            "inboxes": (("approvals", tasks.inbox, tasks.waiting),),
        }
