"""What the administration of people refuses."""

from dataclasses import dataclass

from heyi.kernel.errors import BusinessError, Remedy


@dataclass(eq=False)
class LoginTaken(BusinessError):
    code = "identity.login_taken"
    remedy = Remedy("identity.remedy.choose_another_login")
    login: str


@dataclass(eq=False)
class LoginMalformed(BusinessError):
    """A login is 2 to 64 characters without spaces, "@" or ":"."""

    code = "identity.login_malformed"
    remedy = Remedy("identity.remedy.choose_another_login")
    login: str


@dataclass(eq=False)
class NameMalformed(BusinessError):
    """A name is 1 to 100 printable characters."""

    code = "identity.name_malformed"
    remedy = Remedy("identity.remedy.correct_name")
    name: str


@dataclass(eq=False)
class EmailTaken(BusinessError):
    code = "identity.email_taken"
    remedy = Remedy("identity.remedy.choose_another_email")
    email: str


@dataclass(eq=False)
class EmailMalformed(BusinessError):
    code = "identity.email_malformed"
    remedy = Remedy("identity.remedy.choose_another_email")
    email: str


@dataclass(eq=False)
class PasswordWeak(BusinessError):
    """`reasons` are Django's codes of the rules that were not met ("password_too_short")."""

    code = "identity.password_weak"
    remedy = Remedy("identity.remedy.choose_longer_password")
    reasons: list[str]
    characters: int


@dataclass(eq=False)
class RoleUnknown(BusinessError):
    code = "identity.role_unknown"
    remedy = Remedy("identity.remedy.choose_known_role")
    roles: list[str]


@dataclass(eq=False)
class ScopeUnknown(BusinessError):
    """A scope no type and verb stand behind, or one the person does not have themselves."""

    code = "identity.scope_unknown"
    remedy = Remedy("identity.remedy.choose_known_scope")
    scopes: list[str]


@dataclass(eq=False)
class LastAdministrator(BusinessError):
    """Nobody would be left to give the role back."""

    code = "identity.last_administrator"
    remedy = Remedy("identity.remedy.name_another_administrator")
    login: str


@dataclass(eq=False)
class BeyondOwnCompanies(BusinessError):
    """What concerns the whole person is up to somebody who administers all their companies."""

    code = "identity.beyond_own_companies"
    remedy = Remedy("identity.remedy.ask_their_administrator")
    login: str
