"""Where signals may be pushed to: this machine, and hosts allowed by name at start. A receiver names the address, and
must not make us knock at doors that only we can reach (server-side request forgery).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from mock_api.core.errors import Invalid

PARAM = "delivery.endpoint_url"


def check_target(url: str, allowed_hosts: Collection[str]) -> None:
    """Raise Invalid unless `url` is http or https to loopback or to one of `allowed_hosts`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid("`endpoint_url` cannot be read as a URL.", param=PARAM) from None
    if parts.scheme not in {"http", "https"} or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid("`endpoint_url` must be an http or https URL.", param=PARAM)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("`endpoint_url` holds credentials or a fragment; use `authorization_header`.", param=PARAM)
    if host not in allowed_hosts and not _is_loopback(host):
        raise Invalid("`endpoint_url` leads to a host that was not allowed when the range was started.", param=PARAM)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # No address in its usual form: a name, or one that only a resolver would read as an address.
        return host == "localhost"
