"""To whom an address opens that is neither of the API nor a model in the admin."""

from enum import StrEnum


class Opening(StrEnum):
    """To whom an address opens that is neither of the API nor a model in the admin."""

    PUBLIC = "everybody"
    SIGNED_IN = "whoever has signed in, about themselves only"
    CREDENTIALS = "whoever sends a client's id and secret"
    STAFF = "whoever may enter the admin"


PAGES: dict[str, Opening] = {
    "home": Opening.PUBLIC,
    "set_language": Opening.PUBLIC,
    "workbench:home": Opening.PUBLIC,
    "api-schema": Opening.PUBLIC,
    "api-docs": Opening.PUBLIC,
    "api-redoc": Opening.PUBLIC,
    "oauth-token": Opening.CREDENTIALS,
    "oauth-revoke-token": Opening.CREDENTIALS,
    "account_login": Opening.PUBLIC,
    "account_logout": Opening.SIGNED_IN,
    "account_signup": Opening.PUBLIC,
    "account_inactive": Opening.PUBLIC,
    "account_reauthenticate": Opening.SIGNED_IN,
    "account_change_password": Opening.SIGNED_IN,
    "account_set_password": Opening.SIGNED_IN,
    "account_email": Opening.SIGNED_IN,
    "account_confirm_email": Opening.PUBLIC,
    "account_confirm_login_code": Opening.SIGNED_IN,
    "account_email_verification_sent": Opening.PUBLIC,
    "account_reset_password": Opening.PUBLIC,
    "account_reset_password_done": Opening.PUBLIC,
    "account_reset_password_from_key": Opening.PUBLIC,
    "account_reset_password_from_key_done": Opening.PUBLIC,
    "mfa_index": Opening.SIGNED_IN,
    "mfa_authenticate": Opening.SIGNED_IN,
    "mfa_reauthenticate": Opening.SIGNED_IN,
    "mfa_activate_totp": Opening.SIGNED_IN,
    "mfa_deactivate_totp": Opening.SIGNED_IN,
    "mfa_view_recovery_codes": Opening.SIGNED_IN,
    "mfa_generate_recovery_codes": Opening.SIGNED_IN,
    "mfa_download_recovery_codes": Opening.SIGNED_IN,
    "usersessions_list": Opening.SIGNED_IN,
    "socialaccount_login_cancelled": Opening.PUBLIC,
    "socialaccount_login_error": Opening.PUBLIC,
    "socialaccount_signup": Opening.SIGNED_IN,
    "socialaccount_connections": Opening.SIGNED_IN,
    "accounts/social/login/cancelled/": Opening.PUBLIC,
    "accounts/social/login/error/": Opening.PUBLIC,
    "accounts/social/signup/": Opening.PUBLIC,
    "accounts/social/connections/": Opening.PUBLIC,
    "openid_connect_login": Opening.PUBLIC,
    "openid_connect_callback": Opening.PUBLIC,
    "admin:login": Opening.PUBLIC,
    "admin:logout": Opening.STAFF,
    "admin:index": Opening.STAFF,
    "admin:app_list": Opening.STAFF,
    "admin:autocomplete": Opening.STAFF,
    "admin:jsi18n": Opening.STAFF,
    "admin:password_change": Opening.STAFF,
    "admin:password_change_done": Opening.STAFF,
    "admin:view_on_site": Opening.STAFF,
}


# With security keys switched on these are there too.
PAGES_BY_SETTING: dict[str, Opening] = {
    "mfa_list_webauthn": Opening.SIGNED_IN,
    "mfa_add_webauthn": Opening.SIGNED_IN,
    "mfa_edit_webauthn": Opening.SIGNED_IN,
    "mfa_remove_webauthn": Opening.SIGNED_IN,
    "mfa_reauthenticate_webauthn": Opening.SIGNED_IN,
    "mfa_login_webauthn": Opening.PUBLIC,
    "mfa_signup_webauthn": Opening.PUBLIC,
}
