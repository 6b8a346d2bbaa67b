"""How long credentials last, wherever botocore finds them: the real botocore, with files and variables of its own."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import botocore.session
import pytest
from botocore.credentials import RefreshableCredentials

from cloud.credentials import Expiry, expiry
from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.patience import signed_out

URL = "https://example.awsapps.com/start"
END = datetime(2999, 1, 1, 8, 30, tzinfo=UTC)
ROLE = f"sso_start_url = {URL}\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = dev\n"
SESSION = f"[sso-session work]\nsso_start_url = {URL}\nsso_region = eu-west-1\n"
ROLE_OF_SESSION = "sso_session = work\nsso_account_id = 123456789012\nsso_role_name = dev\n"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without anything, and no way to an instance's credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def keys(monkeypatch: pytest.MonkeyPatch, ends: str = "") -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", ends)


def signed_in(home: Path, name: str, **token: str) -> None:
    """What `aws sso login` leaves, with the role's credentials fetched already."""
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    text = json.dumps({"accessToken": "t", "expiresAt": "2999-01-01T08:30:00Z", **token})
    (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(text)  # noqa: S324 - as botocore names it


def role_session(profile: str, home: Path) -> botocore.session.Session:
    """A session whose SSO role is in memory, as it is after the first call."""
    (home / "config").write_text(profile)
    session = botocore.session.Session()
    session._credentials = RefreshableCredentials(
        "a", "b", "c", datetime(2999, 1, 1, tzinfo=UTC), refresh_using=dict, method="sso"
    )
    return session


def test_keys_in_variables_have_no_end_unless_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch)
    without = expiry(botocore.session.Session())
    keys(monkeypatch, "2999-01-01T08:30:00+00:00")

    assert (Expiry("env", None), Expiry("env", END)) == (without, expiry(botocore.session.Session()))


@pytest.mark.parametrize(
    ("text", "end"), [("2999-01-01T08:30:00UTC", END), ("2999-01-01T08:30:00", END), ("tomorrow", None)]
)
def test_the_end_of_a_token_is_read_however_it_is_written(home: Path, text: str, end: datetime | None) -> None:
    signed_in(home, URL, expiresAt=text)

    assert Expiry("sso", end) == expiry(role_session(f"[default]\n{ROLE}", home))


@pytest.mark.parametrize(
    ("profile", "name"), [(f"[default]\n{ROLE}", URL), (f"[default]\n{ROLE_OF_SESSION}{SESSION}", "work")]
)
def test_an_sso_session_lasts_as_long_as_its_token(home: Path, profile: str, name: str) -> None:
    signed_in(home, name)

    assert Expiry("sso", END) == expiry(role_session(profile, home))


def test_a_token_that_renews_itself_has_no_end(home: Path) -> None:
    signed_in(home, "work", refreshToken="r")

    assert Expiry("sso", None) == expiry(role_session(f"[default]\n{ROLE_OF_SESSION}{SESSION}", home))


@pytest.mark.parametrize(("method", "end"), [("assume-role", END), ("login", END), ("container-role", None)])
def test_what_a_person_has_to_renew_has_an_end(method: str, end: datetime | None) -> None:
    session = botocore.session.Session()
    session._credentials = RefreshableCredentials("a", "b", "c", END, refresh_using=dict, method=method)

    assert Expiry(method, end) == expiry(session)


def test_no_credentials_are_told_in_plain_words() -> None:
    with pytest.raises(CloudError, match="credentials: no AWS credentials found"):
        Cloud(region="us-east-1").expiry()


def test_a_signed_out_profile_says_how_to_sign_in(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "config").write_text(f"[default]\n{ROLE}")
    with pytest.raises(CloudError, match="run `aws sso login`"):
        Cloud(region="us-east-1").expiry()


@pytest.mark.parametrize("ends", ["nonsense", "99999999999999999999", "2026-13-41T25:61:00Z"])
def test_an_end_that_is_no_time_is_one_line_and_no_traceback(monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    keys(monkeypatch, ends)
    with pytest.raises(CloudError) as caught:
        Cloud(region="us-east-1").account()

    assert str(caught.value).startswith("sts: the credentials end at what is no time (")
    assert caught.value.remedy.startswith("mend or unset AWS_CREDENTIAL_EXPIRATION (2026-11-24T09:30:00Z, for example)")
    assert "\n" not in str(caught.value)


def test_keys_that_are_over_by_their_own_word_are_told_as_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "2020-01-01T00:00:00Z")
    with pytest.raises(CloudError) as caught:
        Cloud(region="us-east-1").account()

    assert str(caught.value).startswith("sts GetCallerIdentity: the credentials have expired; sign in again (")
    assert signed_out(caught.value)
