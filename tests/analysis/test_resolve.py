"""The resolver: parameters, conditions and intrinsic functions of CloudFormation."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from analysis.resolve import Context, Reference, TemplateError, TemplateTextError, finish, load, resolve

CONTEXT = Context(region="eu-west-1", stack_name="demo", zones=("eu-west-1a", "eu-west-1b"))

HEAD = """
Parameters:
  Name: {Type: String, Default: ada}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Block: {Type: String, Default: 10.0.0.0/16}
Mappings:
  Systems:
    linux: {Root: /dev/xvda, Users: [ec2-user, root]}
Conditions:
  IsAda: !Equals [!Ref Name, ada]
  IsNotAda: !Not [!Condition IsAda]
  Both: !And [!Condition IsAda, !Condition IsNotAda]
  Either: !Or [!Condition IsAda, !Condition IsNotAda]
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Block}}
  Tested:
    Type: AWS::EC2::Subnet
    Properties:
      Value: """


def value_of(text: str, **parameters: str) -> Any:
    """The resolved value of `text`, a YAML value on one line."""
    template = load(HEAD + text)

    return resolve(template, parameters, CONTEXT).resources["Tested"].properties.get("Value", "left out")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Name", "ada"),
        ("!Ref Names", ["a", "b"]),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref AWS::StackName", "demo"),
        ("!Ref AWS::NoValue", "left out"),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("!Ref Vpc", Reference("Vpc")),
        ("!GetAtt Vpc.CidrBlock", Reference("Vpc", "CidrBlock")),
        ("!GetAtt [Vpc, CidrBlock]", Reference("Vpc", "CidrBlock")),
        ("!Sub '${Name}-${AWS::Region}'", "ada-eu-west-1"),
        ("!Sub '${Name} and ${!HOME} and $HOME'", "ada and ${HOME} and $HOME"),
        ("!Sub ['${Name} ${Other}', {Name: grace, Other: !Ref Name}]", "grace ada"),
        ("!Join ['-', [a, !Ref Name, 1, true]]", "a-ada-1-true"),
        ("!Join ['-', !Ref Names]", "a-b"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select ['0', !Split ['.', 10.0.0.0]]", "10"),
        ("!If [IsAda, yes-ada, !Ref AWS::NoValue]", "yes-ada"),
        ("!If [IsNotAda, yes-ada, !Ref AWS::NoValue]", "left out"),
        ("!If [Both, 1, 2]", 2),
        ("!If [Either, 1, 2]", 1),
        ("!FindInMap [Systems, linux, Root]", "/dev/xvda"),
        ("!FindInMap [Systems, linux, Users]", ["ec2-user", "root"]),
        ("!Base64 hello", base64.b64encode(b"hello").decode()),
        ("{'Fn::Base64': !Sub '${Name}'}", base64.b64encode(b"ada").decode()),
        ("!Select [2, !Cidr [!Ref Block, 3, 8]]", "10.0.2.0/24"),
        ("!GetAZs ''", ["eu-west-1a", "eu-west-1b"]),
        ("!Select [1, !GetAZs {Ref: 'AWS::Region'}]", "eu-west-1b"),
        ("2010-09-09", "2010-09-09"),
        ("22:22", "22:22"),
        ("012345670123", "012345670123"),
        (
            "{Statement: {Condition: {StringEquals: {a: !Ref Name}}}}",
            {"Statement": {"Condition": {"StringEquals": {"a": "ada"}}}},
        ),
    ],
)
def test_a_function_gives_what_cloudformation_gives(text: str, expected: Any) -> None:
    value = value_of(text)

    assert list(value) == expected if isinstance(value, tuple) else value == expected


def test_a_function_around_a_reference_waits_for_its_value() -> None:
    value = value_of("!Select [0, !Split ['/', !Sub '${Vpc.CidrBlock} ${Name}']]")

    assert finish(value, lambda reference: {"CidrBlock": "10.0.0.0/16"}[reference.attribute]) == "10.0.0.0"


def test_references_and_depends_on_are_dependencies() -> None:
    template = load(
        HEAD + "!Sub '${Vpc.CidrBlock}'\n    DependsOn: Gateway\n  Gateway: {Type: 'AWS::EC2::InternetGateway'}"
    )

    assert resolve(template, {}, CONTEXT).resources["Tested"].dependencies() == ("Gateway", "Vpc")


def test_a_resource_whose_condition_does_not_hold_is_left_out_and_nobody_waits_for_it() -> None:
    text = HEAD + "1\n    DependsOn: Gone\n  Gone: {Type: 'AWS::EC2::InternetGateway', Condition: IsNotAda}"

    resolved = resolve(load(text), {}, CONTEXT)

    assert set(resolved.resources) == {"Vpc", "Tested"}
    assert resolved.resources["Tested"].depends_on == ()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("!Ref Nothing", "Unresolved resource dependencies [Nothing] in the Resources block of the template"),
        ("!GetAtt Nothing.Arn", "instance of Fn::GetAtt references undefined resource Nothing"),
        ("!Sub '${Nothing}'", "Unresolved resource dependencies [Nothing]"),
        ("!ImportValue x", "Fn::ImportValue is refused"),
        ("!Length [1]", "Fn::Length is no function that this resolver knows"),
        ("!FindInMap [Systems, windows, Root]", "Unable to get mapping for Systems::windows::Root"),
        ("!If [Nothing, 1, 2]", "condition Nothing is not defined"),
        ("!Select [5, !Ref Names]", "cannot select nonexistent value at index 5"),
        ("!Join ['-', text]", "every Fn::Join object requires two parameters"),
        ("!Cidr [10.0.0.0/24, 3, 8]", "cannot cut 3 blocks of /24 out of 10.0.0.0/24"),
        ("!GetAZs us-west-2", "the zones of us-west-2 are not known here"),
        ("!Ref Tested", "Circular dependency between resources: [Tested]"),
    ],
)
def test_a_misused_function_is_named(text: str, finding: str) -> None:
    with pytest.raises(TemplateError) as raised:
        value_of(text)

    assert finding in str(raised.value)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("!Ref [a]", "Ref: got ['a'], want the name of a parameter or resource"),
        ("!GetAtt Vpc", "Fn::GetAtt: got ['Vpc'], want a resource and its attribute: [Resource, Attribute] or "),
        ("!GetAtt [!Ref Name, Arn]", "Fn::GetAtt: got [{'Ref': 'Name'}, 'Arn'], want a resource and its attribute: "),
        ("!Sub [a]", "Fn::Sub: got ['a'], want a text, or a list: text, names with their values"),
        ("!If [IsAda, a]", "Fn::If: got ['IsAda', 'a'], want a list: the name of a condition, "),
        ("!If [[IsAda], a, b]", "Fn::If: got [['IsAda'], 'a', 'b'], want a list: the name of a condition, "),
        ("!FindInMap [Systems, linux]", "Fn::FindInMap: got ['Systems', 'linux'], want a list: mapping, first key, "),
    ],
)
def test_a_function_of_another_shape_is_named(text: str, finding: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value_of(text)

    assert str(caught.value).startswith(f"Template error: {finding}")


def test_a_condition_that_is_no_name_is_named() -> None:
    template = {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Condition": ["x"]}}}

    with pytest.raises(TemplateError, match=r"Condition: got \['x'\], want the name of a condition"):
        resolve(template, {}, CONTEXT)


def test_all_findings_come_at_once() -> None:
    with pytest.raises(TemplateError) as raised:
        value_of(
            "[!Ref Nothing]\n      Other: 1\n  More: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Length [1]}}"
        )

    assert len(raised.value.findings) == 2


@pytest.mark.parametrize(
    ("declaration", "given", "finding"),
    [
        ("{Type: String}", None, "Parameters: [P] must have values"),
        ("{Type: String, AllowedValues: [a, b]}", "c", "Parameter 'P' must be one of AllowedValues"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "A", "Parameter 'P' must match pattern [a-z]+"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "a\nB", "Parameter 'P' must match pattern [a-z]+"),
        ("{Type: String, MinLength: 2}", "a", "Parameter 'P' must contain at least 2 characters"),
        ("{Type: String, MaxLength: 2}", "abc", "Parameter 'P' must contain at most 2 characters"),
        ("{Type: Number}", "ten", "Parameter 'P' must be a number."),
        ("{Type: Number, MinValue: 10}", "9", "Parameter 'P' must be a number not less than 10"),
        ("{Type: Number, MaxValue: 10}", "11", "Parameter 'P' must be a number not greater than 10"),
        (
            "{Type: String, MinLength: 2, ConstraintDescription: be long}",
            "a",
            "Parameter 'P' failed to satisfy constraint: be long",
        ),
        ("{Type: 'AWS::EC2::Image::Id'}", "ami-1", "is no AWS::EC2::Image::Id; wanted ami-…"),
        ("{Type: 'AWS::EC2::Subnet::Id'}", "subnet-0123456g", "is no AWS::EC2::Subnet::Id"),
        ("{Type: 'List<AWS::EC2::Subnet::Id>'}", "subnet-01234567,x", "'x' is no AWS::EC2::Subnet::Id"),
        ("{Type: Text}", "a", "Unrecognized parameter type: Text"),
    ],
)
def test_a_parameter_that_breaks_its_rule_is_refused(declaration: str, given: str | None, finding: str) -> None:
    template = load(f"Parameters: {{P: {declaration}}}\nResources: {{Vpc: {{Type: 'AWS::EC2::VPC'}}}}")

    with pytest.raises(TemplateError) as raised:
        resolve(template, {} if given is None else {"P": given}, CONTEXT)

    assert finding in str(raised.value)


@pytest.mark.parametrize(
    ("declaration", "given"),
    [
        ("{Type: String, AllowedValues: [1, true]}", "true"),
        ("{Type: Number, MinValue: 1, MaxValue: 3}", "2.5"),
        ("{Type: 'AWS::EC2::Image::Id'}", "ami-0123456789abcdef0"),
        ("{Type: 'AWS::EC2::Image::Id'}", "ami-01234567"),
        ("{Type: 'AWS::EC2::AvailabilityZone::Name'}", "eu-west-1a"),
    ],
)
def test_a_parameter_that_keeps_its_rule_passes(declaration: str, given: str) -> None:
    template = load(f"Parameters: {{P: {declaration}}}\nResources: {{Vpc: {{Type: 'AWS::EC2::VPC'}}}}")

    assert resolve(template, {"P": given}, CONTEXT).parameters == {"P": given}


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"Parameters: \[Typo\] do not exist in the template"):
        value_of("1", Typo="x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "Template format error: YAML not well-formed."),
        ("just text", "Template format error: unsupported structure."),
        ("a: 1\na: 2", "key a is written twice (line 2)"),
    ],
)
def test_text_that_is_no_template_is_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateTextError) as raised:
        load(text)

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: {}", "At least one Resources member must be defined."),
        ("Resource: {}", "Invalid template property or properties [Resource]"),
        ("Transform: AWS::Serverless-2016-10-31", "[Transform]"),
        ("Resources: {A: {}}", "[/Resources/A] Every Resources object must contain a Type member."),
    ],
)
def test_a_template_without_the_right_sections_is_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as raised:
        resolve(load(text), {}, CONTEXT)

    assert message in str(raised.value)
