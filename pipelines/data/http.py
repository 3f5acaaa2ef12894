"""Opening a URL: certificates, proxy and credentials as pip is configured; plain files too."""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.data.pip_settings import PipSettings
from pipelines.errors import PipelinesError

_AGENT = "pipelines (https://pip.pypa.io)"
_SCHEMES = frozenset({"http", "https", "file"})


class UnreachableError(PipelinesError):
    """A URL that could not be read; `again` says that the next try may well succeed."""

    def __init__(self, message: str, *, status: int = 0, again: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.again = again


@dataclass(frozen=True)
class Opener:
    """Opens URLs with the settings of pip."""

    settings: PipSettings = field(default_factory=PipSettings)

    def open(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """The response: `.status` (None of a file), `.headers`, `.url`, `.read(count)`.

        Raises:
            UnreachableError: no answer, or one with an error status.
        """
        url, credentials = split_credentials(url)
        if urllib.parse.urlsplit(url).scheme not in _SCHEMES:
            raise UnreachableError(f"{url} is not an http, https or file URL")
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **(headers or {})})
        if credentials:
            # Sent to this host only: urllib leaves unredirected headers out of a redirect.
            token = base64.b64encode(credentials.encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {token}")
        try:
            return self._director().open(request, timeout=self.settings.timeout_s)
        except urllib.error.HTTPError as error:
            error.close()
            raise UnreachableError(
                f"{url} answers {error.code} {error.reason}",
                status=error.code,
                again=error.code >= 500 or error.code in {408, 429},
            ) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            is_final = isinstance(reason, ssl.SSLCertVerificationError | FileNotFoundError)
            raise UnreachableError(f"{url}: {reason}", again=not is_final) from error

    def _director(self) -> urllib.request.OpenerDirector:
        cert = self.settings.cert
        context = ssl.create_default_context(cafile=str(cert) if cert else None)
        proxy = self.settings.proxy
        proxies = {"http": proxy, "https": proxy} if proxy else None
        return urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler(proxies)
        )


def split_credentials(url: str) -> tuple[str, str]:
    """The URL without `user:password@`, which is never to be shown, and what was there.

    >>> split_credentials("https://me:s%40crt@host:8443/simple")
    ('https://host:8443/simple', 'me:s@crt')
    """
    parts = urllib.parse.urlsplit(url)
    credentials, found, host = parts.netloc.rpartition("@")
    if not found:
        return url, ""
    user, _, password = credentials.partition(":")
    plain = f"{urllib.parse.unquote(user)}:{urllib.parse.unquote(password)}"
    return urllib.parse.urlunsplit(parts._replace(netloc=host)), plain
