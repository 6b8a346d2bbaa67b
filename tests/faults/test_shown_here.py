"""Faults that the other rooms' tests do not show: credentials, networks, two deploys at once, a full disk."""

from __future__ import annotations

import http.server
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.faults.judge import Wanted, after_a_run, in_the_end
from tests.faults.plans import TYPES
from tests.faults.stage import DEPLOY, REGION, ROOT, STACK, Ended, Stage

NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}
WANTED = Wanted({"ada": {"InstanceType": TYPES["ada"]}})


def refused(stage: Stage, ended: Ended) -> str:
    """What a run said that ended with a message and nothing else."""
    stage.local_aws.faults()
    assert (ended.status, after_a_run(ended, stage, stage.files())) == (1, []), ended.said
    return "\n".join(line for line in ended.stderr.splitlines() if line.startswith("deploy.sh: "))


@pytest.fixture
def empty(stage: Stage) -> Stage:
    stage.put_back("empty")
    return stage


def test_without_credentials_it_says_how_to_get_some(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, **NO_KEYS))

    assert "no AWS credentials found" in said
    assert "run `aws configure` or `aws configure sso`, or set AWS_PROFILE" in said


def test_half_of_the_credentials_are_named_as_such(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, AWS_SECRET_ACCESS_KEY=None))

    assert "the AWS credentials are incomplete" in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "the credentials have expired"),
        ("InvalidClientTokenId", "AWS does not know these credentials, or the region is not enabled"),
        ("SignatureDoesNotMatch", "the secret key does not belong to the access key"),
        ("RequestTimeTooSkewed", "the clock of this machine is wrong by minutes"),
        ("RequestExpired", "set the clock of this machine"),
        ("OptInRequired", "the region or the service is not enabled for the account"),
    ],
)
def test_a_refusal_of_the_credentials_says_what_to_do(empty: Stage, code: str, words: str) -> None:
    empty.local_aws.faults({"caller": "outside", "code": code, "message": "no", "status": 403, "times": 0})

    assert words in refused(empty, empty.deploy(*DEPLOY))


def test_a_profile_that_asks_for_a_code_does_not_wait_for_one(empty: Stage, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile team]\nrole_arn = arn:aws:iam::123456789012:role/team\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/ada\n[profile base]\naws_access_key_id = a\n"
        "aws_secret_access_key = b\n"
    )

    ended = empty.deploy(*DEPLOY, **NO_KEYS, AWS_PROFILE="team", AWS_CONFIG_FILE=str(config))

    said = refused(empty, ended)
    assert said.startswith("deploy.sh: the profile asks for an MFA code, and nobody is there to type it; sign in again")
    assert "Enter MFA code" not in ended.stderr


def test_a_name_that_no_network_knows_is_a_matter_of_the_network(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL="http://aws.invalid"))

    assert "AWS cannot be reached" in said
    assert "check the network, the proxy (HTTPS_PROXY) and the VPN" in said


def test_a_login_page_of_the_network_is_told(empty: Stage) -> None:
    empty.local_aws.faults({"caller": "outside", "reply": "html", "times": 0})

    assert "the answer does not come from AWS (a login page of the network?)" in refused(empty, empty.deploy(*DEPLOY))


def test_a_proxy_that_does_not_answer_is_named(empty: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    ended = empty.deploy(*DEPLOY, NO_PROXY=None, HTTP_PROXY=proxy, AWS_ENDPOINT_URL="http://aws.example")

    said = refused(empty, ended)
    assert "the proxy does not let the call through" in said
    assert proxy in said


@contextmanager
def encrypted(directory: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that nobody has signed: its address, and the certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    places = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(x509.SubjectAlternativeName(places), critical=False).sign(key, hashes.SHA256())
    certificate, private = directory / "certificate.pem", directory / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Denying) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}", certificate
        server.shutdown()


class Denying(http.server.BaseHTTPRequestHandler):
    """Answers every call as AWS answers a stranger."""

    def do_POST(self) -> None:
        body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>stranger</Message></Error></ErrorResponse>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_certificate_that_nobody_signed_is_refused_and_our_own_is_taken(empty: Stage, tmp_path: Path) -> None:
    with encrypted(tmp_path) as (endpoint, certificate):
        foreign = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL=endpoint))
        own = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL=endpoint, AWS_CA_BUNDLE=str(certificate)))

    assert "the TLS certificate is not trusted" in foreign
    assert "set AWS_CA_BUNDLE to its certificate file" in foreign
    assert "AWS denied the call (AccessDenied: stranger)" in own


def test_an_address_of_instances_that_never_answers_does_not_hold_it_up(empty: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        metadata = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ended = empty.deploy(
            *DEPLOY, **NO_KEYS, AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata
        )

    assert "no AWS credentials found" in refused(empty, ended)


def test_a_change_set_that_is_denied_leaves_what_the_next_run_needs(empty: Stage) -> None:
    files = empty.files()
    empty.local_aws.faults(
        {"operation": "CreateChangeSet", "times": 0, "code": "AccessDenied", "message": "not you", "status": 403}
    )
    denied = empty.deploy(*DEPLOY)
    empty.local_aws.faults()
    stacks = empty.client("cloudformation").describe_stacks()["Stacks"]
    again = empty.deploy(*DEPLOY)

    assert (denied.status, after_a_run(denied, empty, files), stacks) == (1, [], []), denied.said
    assert "not you" in denied.stderr
    assert again.status == 0, again.said
    assert in_the_end(again, empty, WANTED) == []


def test_two_deploys_at_once_in_one_checkout_end_with_one_environment(empty: Stage) -> None:
    files = empty.files()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: empty.deploy(*DEPLOY), range(2)))
    again = empty.deploy(*DEPLOY)

    assert [after_a_run(ended, empty, files) for ended in both] == [[], []], "\n".join(ended.said for ended in both)
    assert 0 in [ended.status for ended in both]
    assert again.status == 0, again.said
    assert in_the_end(again, empty, WANTED) == []


def test_a_full_disk_leaves_the_old_templates(tmp_path: Path) -> None:
    for part in ("config", "generator", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    config = tmp_path / "config" / "default.toml"
    config.write_text(config.read_text().replace("m7i.xlarge", "m7i.2xlarge").replace('"single"', '"per-zone"'))
    before = {path: path.read_bytes() for path in (tmp_path / "templates").rglob("*") if path.is_file()}
    program = (
        "import resource, signal, runpy; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)); runpy.run_module('generator', run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("python -m generator: cannot write: [Errno 27] File too large")
    assert done.stderr.count("\n") == 1
    assert before == {path: path.read_bytes() for path in (tmp_path / "templates").rglob("*") if path.is_file()}


@pytest.mark.parametrize("count", [0, 200])
def test_no_workstation_and_two_hundred_are_both_a_config(tmp_path: Path, count: int) -> None:
    for part in ("config", "generator"):
        shutil.copytree(ROOT / part, tmp_path / part)
    machines = "".join(f'[[workstation]]\nname = "w{number}"\ninstance_type = "m7i.large"\n' for number in range(count))
    (tmp_path / "config" / "many.toml").write_text(machines)

    done = subprocess.run(
        [sys.executable, "-m", "generator", "--config", "config/many.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "templates" / "many" / "stacks.json").read_text().count('"name": "w') == count


def test_another_address_block_for_a_live_environment_is_refused(stage: Stage) -> None:
    stage.put_back("deployed-one")
    config = stage.root / "config" / "moved.toml"
    config.write_text((stage.root / "config" / "default.toml").read_text().replace("10.38.0.0", "10.39.0.0"))
    try:
        subprocess.run(
            [sys.executable, "-m", "generator", "--config", config], cwd=stage.root, check=True, capture_output=True
        )
        ended = stage.deploy(*DEPLOY, "--config", "config/moved.toml")
    finally:
        config.unlink()
        shutil.rmtree(stage.root / "templates" / "moved")

    assert ended.status == 3, ended.said
    assert f"{STACK}/Vpc (AWS::EC2::VPC) would be replaced" in ended.stderr
    again = stage.deploy(STACK, "demo-bucket", REGION, "--yes")
    assert again.status == 0, again.said
    assert in_the_end(again, stage, WANTED) == []
