from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)
from oauth2_provider.views import RevokeTokenView

from targeting.api.tokens import LimitedTokenView
from targeting.workbench.views.home import HomeView

handler404 = "targeting.api.errors.not_found"
handler500 = "targeting.api.errors.server_error"

# The admin's own form knows neither second factor nor lock-out: people come by the sign-in page.
# Replacing the method is how the library asks to be used, and what mypy objects to.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # as allauth says

# Redoc puts empty style elements into its page and fills them by script, which the policy
# allows; the elements themselves need the digest of what they hold: nothing, and one fixed rule.
redoc = csp_update(
    {
        "style-src": [
            "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
            "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
        ],
        "worker-src": ["blob:"],  # its search
    }
)(SpectacularRedocView.as_view(url_name="api-schema"))

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/redoc/", redoc, name="api-redoc"),
    path("api/v1/", include("targeting.api.urls")),
    # Tokens only: the pages with which oauth2_provider manages clients stay closed.
    path("oauth/token/", LimitedTokenView.as_view(), name="oauth-token"),
    path("oauth/revoke_token/", RevokeTokenView.as_view(), name="oauth-revoke-token"),
    path("accounts/", include("allauth.urls")),
    path("workbench/", include("targeting.workbench.urls")),
    path("language", set_language, name="set_language"),
    path(settings.ADMIN_PATH, admin.site.urls),
]
