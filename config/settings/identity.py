"""How people sign in (django-allauth, django-axes) and machines get tokens (OAuth 2)."""

from datetime import timedelta
from operator import attrgetter
from typing import Any

# --- People: accounts are made by an administrator, every session has a second factor ----------
AUTH_USER_MODEL = "targeting.User"
AUTHENTICATION_BACKENDS = [
    # First, so that a locked-out account is not even tried.
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# An invitation or a forgotten password: the link in the mail works once, for this time.
PASSWORD_RESET_TIMEOUT = timedelta(days=2).total_seconds()
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "config.identity.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
# Whoever follows the mailed link goes straight on to the second factor: with a password alone,
# later, nobody sets up the first one (config/identity.py).
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Shared by all processes through the cache. A failed second factor counts by person ("key").
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/15m/ip,10/15m/key"}

MFA_ADAPTER = "config.identity.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Targeting Centre"
# A clock may be wrong by half a minute; each code is still good only once.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True

SOCIALACCOUNT_ADAPTER = "config.identity.KnownPeopleOnly"
SOCIALACCOUNT_STORE_TOKENS = False
# From then on the account is found by the provider's own key, whatever becomes of the address.
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

# A session ends after half an hour without a request, and half a day after the sign-in.
SESSION_COOKIE_AGE = 30 * 60  # moved on by config/second_factor.py
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECOND_FACTOR: dict[str, Any] = {"REQUIRED": True, "SESSION_HOURS": 12}

# An account, not an address: an office behind one address must not lock itself out. Attempts
# from one address are limited above.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # asks for the address
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# Otherwise whoever keeps trying keeps the owner out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "config.identity.account_that_was_tried"
AXES_CLIENT_IP_CALLABLE = "config.identity.client_address"
AXES_LOCKOUT_CALLABLE = "config.identity.locked_out"
# The audit is the record of sign-ins; what people typed belongs in no log.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- Machines: OAuth 2 client credentials and nothing else -----------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "targeting.ApiClient"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "SCOPES_BACKEND_CLASS": "targeting.api.tokens.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "targeting.api.tokens.ClientValidator",
    # Each client has its own.
    "EXTRA_SERVER_KWARGS": {"token_expires_in": attrgetter("client.token_seconds")},
    "SCOPES": {
        "declarations:write": "Submit declarations and batches",
        "receipts:read": "Read receipts of own submissions",
        "lanes:read": "Read lanes and examiner's notes (customs systems only)",
        "lanes:acknowledge": "Acknowledge lanes (customs systems only)",
        "outcomes:write": "Post outcomes of inspections (customs systems only)",
        "leads:write": "Post leads (lead systems only)",
        "leads:read": "Read own leads (lead systems only)",
    },
    # RFC 9700, the current best practice: tokens are stored hashed and travel in a header only.
    **dict.fromkeys(
        (
            "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT",
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS",
            "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
            "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD",
            "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN",
            "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME",
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE",
            "REFRESH_TOKEN_REUSE_PROTECTION",
        ),
        True,
    ),
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
