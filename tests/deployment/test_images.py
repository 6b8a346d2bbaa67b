"""The AMI is looked up once and kept; one that does not fit is found before anything is made."""

from __future__ import annotations

from pathlib import Path

from deployment.existing import Stack
from deployment.images import Image, choose, missing, other_architecture, other_root_device
from deployment.plan import Resolved
from deployment.stacks import Template, Workstation

LATEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
ADA = Workstation(
    name="ada",
    template=Template(Path("workstation.yaml"), {}, {}, ()),
    zone="A",
    architecture="x86_64",
    image=LATEST,
    parameters={"OperatingSystem": "amazon-linux-2023", "InstanceType": "m7i.xlarge"},
)
GOOD = Image("x86_64", "/dev/xvda")


def deployed(system: str = "amazon-linux-2023") -> Stack:
    parameters = {"ImageId": "ami-old", "OperatingSystem": system}
    return Stack("demo-ada", "CREATE_COMPLETE", parameters, {}, protected=True, changed="1")


def test_the_first_deploy_takes_the_latest() -> None:
    expected = (Resolved("ami-new", "latest now, kept from now on"), None)

    assert expected == choose(ADA, deployed=None, given={}, latest={LATEST: "ami-new"})


def test_later_deploys_keep_what_is_deployed() -> None:
    expected = (Resolved("ami-old", "as deployed"), None)

    assert expected == choose(ADA, deployed=deployed(), given={}, latest={LATEST: "ami-new"})


def test_the_user_decides_before_everything() -> None:
    expected = (Resolved("ami-mine", "--parameter"), None)

    assert expected == choose(ADA, deployed=deployed(), given={"ImageId": "ami-mine"}, latest={})


def test_another_operating_system_is_refused_since_it_replaces_the_machine() -> None:
    chosen, problem = choose(ADA, deployed=deployed("ubuntu-24.04"), given={}, latest={})

    expected = (
        "workstation ada: OperatingSystem changes from ubuntu-24.04 to amazon-linux-2023, which replaces the machine, "
        "want ubuntu-24.04; "
        "give it another name in the config, or choose the AMI yourself: --parameter ada.ImageId=ami-…"
    )
    assert (None, expected) == (chosen, str(problem))


def test_an_image_that_the_region_does_not_have_says_so() -> None:
    _, problem = choose(ADA, deployed=None, given={}, latest={})

    expected = (
        f"workstation ada: {LATEST} is not in this region, want a public parameter with an AMI; "
        "choose another operating system or region, or pass the AMI: --parameter ada.ImageId=ami-…"
    )
    assert expected == str(problem)


def test_architecture_and_root_device_are_compared() -> None:
    chosen = Resolved("ami-arm", "--parameter")
    there, good = {"ami-arm": Image("arm64", "/dev/sda1")}, {"ami-arm": GOOD}

    assert tuple(map(str, other_architecture(ADA, chosen, there, {}))) == (
        "workstation ada: AMI ami-arm (--parameter) is arm64, want x86_64 (m7i.xlarge); "
        "choose another: --parameter ada.ImageId=ami-…",
    )
    assert tuple(map(str, other_root_device(ADA, chosen, there))) == (
        "workstation ada: AMI ami-arm (--parameter) has its root on /dev/sda1, want /dev/xvda (amazon-linux-2023); "
        "choose another: --parameter ada.ImageId=ami-…",
    )
    assert (*other_architecture(ADA, chosen, good, {}), *other_root_device(ADA, chosen, good)) == ()


def test_the_processor_is_that_of_the_type_not_what_the_config_says() -> None:
    chosen, types = Resolved("ami-arm", "--parameter"), {"m7i.xlarge": ("arm64",)}

    assert tuple(other_architecture(ADA, chosen, {"ami-arm": Image("arm64", "/dev/xvda")}, types)) == ()


def test_an_unknown_ami_is_found_but_a_deployed_one_may_be_gone() -> None:
    assert tuple(map(str, missing(ADA, Resolved("ami-x", "config"), {}))) == (
        "workstation ada: AMI 'ami-x' (config) is not in this region, or not shared with us, "
        "want an AMI that we may use; choose another: --parameter ada.ImageId=ami-…",
    )
    assert tuple(missing(ADA, Resolved("ami-x", "as deployed"), {})) == ()
