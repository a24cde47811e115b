from heyi.platform.modules import ModuleConfig


class CommentsConfig(ModuleConfig):
    name = "heyi.platform.comments"
    default = True
    routes = (("", "heyi.platform.comments.http.router"),)
