"""Metadata and console scripts; everything else about the project's tools is in pyproject.toml."""

from setuptools import setup

setup(
    name="datascience-workstations",
    version="0.1.0",
    description="A development environment for data scientists on AWS: private workstations, reached through SSM",
    python_requires=">=3.11",
    # What the `workstation` command needs; a checkout has exact versions of everything in requirements.lock.
    install_requires=["boto3>=1.44", "pyyaml>=6", "rich>=15"],
    packages=[
        "analysis",
        "analysis.network",
        "analysis.reach",
        "analysis.review",
        "cloud",
        "deployment",
        "generator",
        "localaws",
        "localaws.handlers",
        "netlab",
        "workstation",
    ],
    package_data={"analysis": ["*.md", "*.toml"], "analysis.review": ["html/*"], "deployment": ["*.toml"]},
    entry_points={"console_scripts": ["workstation = workstation.__main__:main"]},
)
