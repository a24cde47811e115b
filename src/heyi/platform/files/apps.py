from typing import Any

from heyi.platform.modules import ModuleConfig


class FilesConfig(ModuleConfig):
    name = "heyi.platform.files"
    default = True
    routes = (("", "heyi.platform.files.http.router"),)

    def declare(self) -> dict[str, Any]:
        from heyi.platform.files import proof, scanning

        return {
            "exceptions": (scanning.FILE_INFECTED,),
            "proofs": proof.PROOFS,
            "jobs": (scanning.scan, scanning.sweep),
        }
