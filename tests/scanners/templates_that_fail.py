"""A template in which every scanner finds something: proof that a scanner that says nothing has looked."""

from __future__ import annotations

import json

from tests.scanners.subjects import Subject

OPEN = {
    "Type": "AWS::EC2::SecurityGroup",
    "Properties": {
        "GroupDescription": "Open to everybody",
        "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}],
    },
}
UNENCRYPTED = {
    "Type": "AWS::EC2::Volume",
    "Properties": {"AvailabilityZone": "us-east-1a", "Size": {"Ref": "Size"}, "Encrypted": {"Ref": "Encrypted"}},
}

PLANTED = Subject(
    name="planted",
    config="planted",
    form="resolved",
    text=json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Size": {"Type": "Number"}, "Encrypted": {"Type": "String"}},
            "Resources": {"Open": OPEN, "Unencrypted": UNENCRYPTED},
        }
    ),
)

FOUND = (
    ("cfn-lint", "W3010", "Unencrypted"),
    ("cfn-lint", "I3011", "Unencrypted"),
    ("checkov", "CKV_AWS_24", "Open"),
    ("cdk-nag", "AwsSolutions-EC23", "Open"),
    ("cdk-nag", "AwsSolutions-EC26", "Unencrypted"),  # cannot be evaluated, which counts
    ("cfn-guard", "CT.EC2.PR.3", "Open"),
)
"""(tool, rule, resource) that must be among the findings."""
