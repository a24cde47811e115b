"""The part of allauth's browser protocol that Heyi offers: no sign-up, no e-mail by oneself."""

from allauth.headless.account import views as account
from allauth.headless.base import views as base
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from heyi.platform.identity.sign_in import ResetView

OFFERED = {
    "config": base.ConfigView,
    "auth/session": account.SessionView,
    "auth/login": account.LoginView,
    "auth/reauthenticate": account.ReauthenticateView,
    "auth/2fa/authenticate": mfa.AuthenticateView,
    "auth/2fa/reauthenticate": mfa.ReauthenticateView,
    "auth/password/request": account.RequestPasswordResetView,
    "auth/password/reset": ResetView,
    "account/password/change": account.ChangePasswordView,
    "account/authenticators": mfa.AuthenticatorsView,
    "account/authenticators/totp": mfa.ManageTOTPView,
    "account/authenticators/recovery-codes": mfa.ManageRecoveryCodesView,
}


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> JsonResponse:
    """Whatever else allauth could do does not exist here."""
    return JsonResponse({"status": 404}, status=404)


urlpatterns = [
    *(
        path(f"browser/v1/{where}", view.as_api_view(client=Client.BROWSER))
        for where, view in OFFERED.items()
    ),
    path("<path:rest>", nothing),
]
