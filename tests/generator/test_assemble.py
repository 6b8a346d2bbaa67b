"""Assembling refuses what CloudFormation would refuse, or take and we would regret."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from troposphere import GetAtt, Output, Parameter, Ref, Sub
from troposphere.ec2 import VPC, InternetGateway, Subnet

from generator.assemble import AssemblyError, Stack, assemble, check_size


class Part(NamedTuple):
    """A part with whatever is put in it."""

    items: object


def refusal(*items: object, **more: object) -> str:
    with pytest.raises(AssemblyError) as error:
        assemble(Stack(description="d", parts=(Part(items),), **more))
    return str(error.value)


def test_a_name_used_twice_is_refused():
    assert refusal(InternetGateway("A"), InternetGateway("A")) == "A stands twice"


def test_a_parameter_with_a_resource_s_name_is_refused():
    assert refusal(Parameter("A", Type="String"), InternetGateway("A")) == "A stands twice"


def test_an_output_used_twice_is_refused():
    outputs = (Output("O", Value="1"), Output("O", Value="2"))

    assert refusal(InternetGateway("A"), outputs=outputs) == "O stands twice"


@pytest.mark.parametrize(
    "resource",
    [
        Subnet("S", VpcId=Ref("Nowhere"), CidrBlock="10.0.0.0/24"),
        Subnet("S", VpcId=GetAtt("Nowhere", "VpcId"), CidrBlock="10.0.0.0/24"),
        Subnet("S", VpcId=Sub("${Nowhere}"), CidrBlock="10.0.0.0/24"),
        Subnet("S", VpcId=Sub("${X}", X=Ref("Nowhere")), CidrBlock="10.0.0.0/24"),
        VPC("S", CidrBlock="10.0.0.0/24", DependsOn="Nowhere"),
    ],
)
def test_a_reference_to_nothing_is_refused(resource):
    assert refusal(resource) == "a reference to Nowhere, which is not there"


def test_pseudo_parameters_and_escaped_variables_are_no_references():
    vpc = VPC("A", CidrBlock=Sub("${AWS::Region}${!aws:username}${X}", X="y"))

    assert list(assemble(Stack(description="d", parts=(vpc,)))["Resources"]) == ["A"]


def test_a_parameter_that_nothing_uses_is_refused():
    assert refusal(Parameter("P", Type="String"), InternetGateway("A")) == "parameter P, which nothing uses"


def test_more_than_500_resources_are_refused():
    gateways = tuple(InternetGateway(f"G{index}") for index in range(501))

    with pytest.raises(ValueError, match="Maximum number of resources 500 reached"):
        assemble(Stack(description="d", parts=gateways))


def test_more_than_15_parameters_are_refused():
    parameters = tuple(Parameter(f"P{index}", Type="String") for index in range(16))
    users = tuple(VPC(f"V{index}", CidrBlock=Ref(f"P{index}")) for index in range(16))

    assert refusal(parameters, users) == "16 parameters, where 15 are allowed"


def test_more_than_200_outputs_are_refused():
    outputs = tuple(Output(f"O{index}", Value="x") for index in range(201))

    with pytest.raises(ValueError, match="Maximum outputs 200 reached"):
        assemble(Stack(description="d", parts=(InternetGateway("A"),), outputs=outputs))


def test_something_that_is_no_part_is_refused():
    assert refusal({"a": "dictionary"}) == "dict is no part of a template"


def test_an_attribute_whose_place_is_not_known_is_refused():
    gateway = InternetGateway("A", Metadata={"x": "y"})

    assert refusal(gateway) == "A has the attributes ['Metadata'], whose place is not known"


def test_what_is_not_there_is_left_out_and_sections_are_in_reading_order():
    template = assemble(Stack(description="d", parts=(None, InternetGateway("A")), outputs=(Output("O", Value="x"),)))

    assert list(template) == ["AWSTemplateFormatVersion", "Description", "Resources", "Outputs"]


def test_a_template_of_more_than_a_megabyte_is_refused():
    with pytest.raises(AssemblyError, match="1,000,001 bytes, where 1,000,000 are allowed"):
        check_size("é" * 500_000 + "x")


def test_a_description_of_more_than_1024_bytes_is_refused():
    # troposphere counts characters, CloudFormation bytes
    with pytest.raises(AssemblyError, match="a description of more than 1024 bytes"):
        assemble(Stack(description="é" * 600, parts=(InternetGateway("A"),)))
