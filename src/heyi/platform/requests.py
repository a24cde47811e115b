"""What an endpoint gets."""

from django.http import HttpRequest

from heyi.platform.access import Actor


class Request(HttpRequest):
    """A request of somebody signed in. The API's auth sets who they are."""

    actor: Actor
