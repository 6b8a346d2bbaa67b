"""What CloudFormation and S3 accept as names, and how a refused one is shown. Standard library only."""

from __future__ import annotations

import re

# docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html
STACK_NAME_CHARACTERS = 128
# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
SHOWN_CHARACTERS = 48


def bucket_name(text: str) -> str:
    """The bare name in `s3://name`, `s3://name/` and `arn:aws:s3:::name`; anything else unchanged."""
    return re.sub(r"\A(?:s3://|arn:[a-z-]+:s3:::)([^/]+)/?\Z", r"\1", text)


def shown(text: str) -> str:
    """A value as a message shows it: quoted, on one line, control characters escaped, cut when long."""
    if len(text) <= SHOWN_CHARACTERS:
        return ascii(text)
    return f"{text[:SHOWN_CHARACTERS]!a}… ({len(text):,} characters)"


def stack_finding(name: str) -> str | None:
    """One line that says why CloudFormation would refuse the name; None when it would not."""
    if re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]*", name) and len(name) <= STACK_NAME_CHARACTERS:
        return None
    want = f"a letter, then letters, digits and hyphens, at most {STACK_NAME_CHARACTERS} characters"
    return f"stack: got {shown(name)}, want {want}; for example demo"


def account_finding(number: str) -> str | None:
    """One line that says why this is no number of an AWS account; None when it is one."""
    if re.fullmatch(r"[0-9]{12}", number):
        return None
    return f"option: --account got {shown(number)}, want the 12 digits of an AWS account; for example 123456789012"


def bucket_finding(name: str) -> str | None:
    """One line that says why S3 would refuse the name; None when it would not."""
    if name.startswith("s3://") and "/" in name[5:]:
        hint = f"pass {shown(name[5:].split('/')[0])}; the files go below the stack's name"
        return f"bucket: got {shown(name)}, want the bucket's name alone; {hint}"
    want = None
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        want = "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends"
    elif ".." in name:
        want = "no two dots in a row"
    elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        want = "a name that does not look like an IP address"
    elif name.startswith(BUCKET_PREFIXES) or name.endswith(BUCKET_SUFFIXES):
        want = "a name without a prefix or suffix that S3 reserves"
    return f"bucket: got {shown(name)}, want {want}; for example my-team-templates" if want else None
