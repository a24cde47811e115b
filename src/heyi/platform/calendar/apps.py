from heyi.platform.modules import ModuleConfig


class CalendarConfig(ModuleConfig):
    name = "heyi.platform.calendar"
    default = True
    routes = (("calendar", "heyi.platform.calendar.http.router"),)
