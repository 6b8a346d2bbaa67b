"""Each fault that a deploy must survive, and the tests that show what we do about it.

A row without a test is a point of docs/on-aws-checklist.md: `only_on_aws` is how that point begins.
"""

from __future__ import annotations

from dataclasses import dataclass

DEPLOYMENT, FAULTS, CLOUD = "tests/deployment/test_", "tests/faults/test_", "tests/cloud/test_"
RULE = "tests/deployment/rules/test_rules.py::test_a_rule_finds_what_it_is_for_and_nothing_else"
HOSTILE = f"{DEPLOYMENT}hostile_arguments.py::test_a_hostile_argument_gets_one_line_and_nothing_runs"
CONFIG = "tests/generator/test_config_errors.py::test_a_bad_config_is_answered_with_the_exact_message"
CAUSE = f"{DEPLOYMENT}causes.py::test_a_real_message_hits_its_cause_and_no_other"
SHOWN = f"{FAULTS}shown_here.py::test_"
SIGN_IN = f"{FAULTS}sign_in_and_network.py::test_"
PLANS = f"{FAULTS}fault_plans.py::test_a_deploy_with_faults_ends_well"
KILLS = f"{FAULTS}kill_points.py::test_a_run_that_is_ended_anywhere_is_carried_on"
STATUSES = f"{DEPLOYMENT}statuses.py::test_"


@dataclass(frozen=True)
class Row:
    number: int
    fault: str
    tests: tuple[str, ...] = ()
    """Node ids; one without its parameters stands for all of them."""
    only_on_aws: str = ""


ROWS = (
    Row(1, "no words, or too many", (f"{DEPLOYMENT}hostile_arguments.py::test_no_arguments_say_what_is_wanted",)),
    Row(2, "a stack name that CloudFormation refuses", (f"{HOSTILE}[stack, digit first]", f"{HOSTILE}[stack, empty]")),
    Row(3, "a stack name with shell in it", (f"{HOSTILE}[stack, command]", f"{HOSTILE}[stack, two lines]")),
    Row(4, "a bucket name that S3 refuses", (f"{HOSTILE}[bucket, IP]", f"{HOSTILE}[bucket, punycode]")),
    Row(
        5,
        "a bucket as s3://",
        (f"{DEPLOYMENT}hostile_arguments.py::test_what_is_legal_arrives_unchanged", f"{HOSTILE}[bucket, with prefix]"),
    ),
    Row(6, "a misspelt region", (f"{CLOUD}region.py::test_a_typo_is_answered_with_what_comes_close",)),
    Row(7, "no region anywhere", (f"{CLOUD}region.py::test_no_region_anywhere_says_where_it_looked",)),
    Row(8, "several regions at once", (f"{CLOUD}region.py::test_the_region_is_the_first_that_was_said",)),
    Row(9, "a bucket in another region", (f"{RULE}[P004 a bucket elsewhere]",)),
    Row(
        10,
        "no such bucket",
        (f"{DEPLOYMENT}trouble.py::test_a_missing_bucket_is_refused_with_the_command_that_makes_it",),
    ),
    Row(11, "somebody else's bucket", (f"{RULE}[P004 somebody else's bucket, and leave to make one]",)),
    Row(
        12,
        "a bucket that a stranger made again",
        (f"{DEPLOYMENT}bucket.py::test_a_new_bucket_is_private_encrypted_and_versioned",),
    ),
    Row(13, "a bucket policy that wants a key", (f"{RULE}[P005 a policy that wants a key]",)),
    Row(
        14,
        "a versioned bucket",
        (
            f"{DEPLOYMENT}local_deploy.py::test_the_bucket_is_private_encrypted_and_versioned",
            f"{DEPLOYMENT}local_deploy.py::test_a_second_deploy_changes_nothing_and_says_so",
        ),
    ),
    Row(15, "nothing changed", (f"{DEPLOYMENT}local_deploy.py::test_a_second_deploy_changes_nothing_and_says_so",)),
    Row(16, "an expired token", (f"{SIGN_IN}a_refusal_of_the_credentials_says_what_to_do",)),
    Row(
        17, "an expired SSO session", (f"{CLOUD}errors.py::test_the_network_and_the_sign_in_have_causes_of_their_own",)
    ),
    Row(
        18,
        "no credentials, or half of them",
        (
            f"{SIGN_IN}without_credentials_it_says_how_to_get_some",
            f"{SIGN_IN}half_of_the_credentials_are_named_as_such",
        ),
    ),
    Row(19, "an MFA code, and no terminal", (f"{SIGN_IN}a_profile_that_asks_for_a_code_does_not_wait_for_one",)),
    Row(20, "the wrong account", (f"{RULE}[P002 another account]",)),
    Row(21, "a wrong clock", (f"{RULE}[P026 a clock that is late]",)),
    Row(22, "throttling", (f"{DEPLOYMENT}watch_deploy.py::test_throttled_events_are_waited_out", PLANS)),
    Row(23, "faults, cut and empty answers", ("tests/localaws/test_spoiled_answers.py", PLANS)),
    Row(
        24,
        "no DNS, a login page",
        (
            f"{SIGN_IN}a_name_that_no_network_knows_is_a_matter_of_the_network",
            f"{SIGN_IN}a_login_page_of_the_network_is_told",
        ),
    ),
    Row(25, "a proxy that fails", (f"{SIGN_IN}a_proxy_that_does_not_answer_is_named",)),
    Row(
        26,
        "a certificate of the company's own",
        (f"{SIGN_IN}a_certificate_that_nobody_signed_is_refused_and_our_own_is_taken",),
    ),
    Row(
        27,
        "instance metadata that never answers",
        (f"{SIGN_IN}an_address_of_instances_that_never_answers_does_not_hold_it_up",),
    ),
    Row(
        28, "a template over 51,200 bytes", ("tests/localaws/test_change_sets.py::test_a_template_comes_from_a_bucket",)
    ),
    Row(
        29,
        "a template over the limits",
        (
            "tests/generator/test_assemble.py::test_a_template_of_more_than_a_megabyte_is_refused",
            "tests/generator/test_assemble.py::test_more_than_500_resources_are_refused",
        ),
    ),
    Row(30, "uploaded, then denied", (f"{SHOWN}a_change_set_that_is_denied_leaves_what_the_next_run_needs",)),
    Row(31, "ROLLBACK_COMPLETE", (f"{STATUSES}a_failed_creation_that_holds_nothing_stands_in_nobodys_way",)),
    Row(
        32,
        "ROLLBACK_FAILED, CREATE_FAILED",
        (f"{STATUSES}a_refusal_names_the_first_cause_and_a_command_that_exists",),
    ),
    Row(33, "UPDATE_ROLLBACK_FAILED", (f"{STATUSES}an_update_that_could_not_be_undone_is_refused_in_plain_words",)),
    Row(34, "REVIEW_IN_PROGRESS", (f"{STATUSES}every_status_has_an_answer_that_the_preflight_follows",)),
    Row(35, "DELETE_FAILED, DELETE_IN_PROGRESS", (f"{STATUSES}every_status_has_an_answer_that_the_preflight_follows",)),
    Row(36, "somebody else at work", (f"{RULE}[P007 somebody at work]",)),
    Row(
        37,
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        (f"{STATUSES}every_status_has_an_answer_that_the_preflight_follows",),
    ),
    Row(38, "two deploys of one stack", (f"{SHOWN}two_deploys_at_once_in_one_checkout_end_with_one_environment",)),
    Row(39, "two deploys in one directory", (f"{SHOWN}two_deploys_at_once_in_one_checkout_end_with_one_environment",)),
    Row(
        40,
        "Ctrl-C",
        (
            f"{DEPLOYMENT}trouble.py::test_an_interrupted_deploy_says_how_to_carry_on_and_leaves_no_file",
            f"{KILLS}[first-SIGINT-workstation-ada-]",
        ),
    ),
    Row(
        41,
        "SIGTERM, SIGHUP, a reader that goes",
        (
            f"{DEPLOYMENT}surroundings.py::test_a_reader_that_goes_away_is_no_fault",
            f"{KILLS}[first-SIGTERM-workstation-ada-]",
        ),
    ),
    Row(
        42,
        "kill -9",
        (
            f"{DEPLOYMENT}resume.py::test_a_killed_deploy_is_attached_to_and_carried_on",
            f"{KILLS}[first-SIGKILL-workstation-ada-]",
        ),
    ),
    Row(
        43,
        "the network goes while waiting",
        (f"{DEPLOYMENT}watch_deploy.py::test_a_stack_whose_beginning_was_not_answered_is_waited_for",),
    ),
    Row(
        44,
        "the token ends while waiting",
        (f"{DEPLOYMENT}watch.py::test_credentials_that_expire_while_attached_say_how_to_resume",),
    ),
    Row(45, "a full disk", (f"{SHOWN}a_full_disk_leaves_the_old_templates",)),
    Row(
        46,
        "no HOME, no TMPDIR, any umask",
        (
            f"{DEPLOYMENT}surroundings.py::test_it_works_from_anywhere_by_a_link_with_a_poor_environment",
            f"{DEPLOYMENT}bundle.py::test_only_the_owner_can_read_it_whatever_the_umask",
        ),
    ),
    Row(
        47,
        "another directory, spaces, links",
        (f"{DEPLOYMENT}surroundings.py::test_it_works_from_anywhere_by_a_link_with_a_poor_environment",),
    ),
    Row(48, "a hostile config", (f"{CONFIG}[name with shell in it]", f"{HOSTILE}[option, config with command]")),
    Row(
        49,
        "values with spaces, quotes, unicode",
        (f"{DEPLOYMENT}cli_generations.py::test_our_own_cli_delivers_every_value_exactly",),
    ),
    Row(50, "tags over the limits", (f"{CONFIG}[owner of 65 letters]", f"{CONFIG}[name in Cyrillic]")),
    Row(51, "a hostile user name", (f"{CONFIG}[owner as a policy variable]", f"{CONFIG}[owner with a path]")),
    Row(
        52,
        "no machine, 200 machines, one less",
        (
            f"{SHOWN}no_workstation_and_two_hundred_are_both_a_config",
            f"{DEPLOYMENT}trouble.py::test_a_machine_that_left_the_config_stays_and_is_named",
        ),
    ),
    Row(
        53,
        "an address block that is none",
        (f"{CONFIG}[host bits]", f"{CONFIG}[Docker's bridge]", f"{RULE}[P019 another VPC's addresses]"),
    ),
    Row(54, "another block for a live stack", (f"{SHOWN}another_address_block_for_a_live_environment_is_refused",)),
    Row(55, "zones without the type", (f"{RULE}[P008 no zone has the type]",)),
    Row(
        56,
        "no image, or the wrong processor",
        (f"{RULE}[P010 an AMI that is not there]", f"{RULE}[P011 another processor]"),
    ),
    Row(57, "quotas", (f"{RULE}[P014 no room]", f"{RULE}[P015 no room]", f"{RULE}[P016 no room]")),
    Row(58, "a key pair that is gone, or none", (f"{RULE}[P013 a key pair of nowhere]", f"{RULE}[P013 no key pair]")),
    Row(59, "no capacity", (f"{DEPLOYMENT}capacity_deploy.py::test_the_next_type_is_offered_and_starts",)),
    Row(60, "a key that cannot be used", (f"{RULE}[P020 a key that is off]", f"{RULE}[P020 a key that will be gone]")),
    Row(61, "an organisation's policy", (f"{CLOUD}errors.py::test_an_error_says_what_happened_and_what_to_do",)),
    Row(
        62, "capabilities", ("tests/localaws/test_stack_operations.py::test_a_role_without_the_capability_is_refused",)
    ),
    Row(
        63,
        "other partitions",
        ("tests/generator/test_legal_configs.py::test_the_templates_lint_clean_in_other_partitions",),
    ),
    Row(64, "a region that is off", (f"{RULE}[P003 a region that is off]",)),
    Row(65, "no such endpoint service", (f"{RULE}[P024 not in the region]", f"{RULE}[P024 not in the zone]")),
    Row(
        66,
        "either AWS CLI, or none",
        (
            f"{DEPLOYMENT}aws_cli.py::test_without_an_aws_cli_our_own_is_used",
            f"{DEPLOYMENT}cli_generations.py::test_the_second_generation_delivers_every_value_exactly",
        ),
    ),
    Row(67, "no plugin, or an old one", (f"{RULE}[P022 none]", f"{RULE}[P022 an old one]")),
    Row(
        68,
        "no Python, a broken environment",
        (
            f"{DEPLOYMENT}venv.py::test_no_python_says_what_to_install",
            f"{DEPLOYMENT}venv.py::test_a_half_made_environment_is_made_again",
        ),
    ),
    Row(69, "other shells", only_on_aws="bash 3.2 of macOS"),
    Row(
        70,
        "protection at removal",
        ("tests/localaws/test_stack_operations.py::test_termination_protection_refuses_the_delete",),
    ),
    Row(
        71,
        "somebody opened a group by hand",
        (f"{DEPLOYMENT}local_deploy.py::test_rules_that_somebody_added_to_the_default_group_are_removed_again",),
    ),
    Row(72, "secrets in what is written", (f"{DEPLOYMENT}bundle.py::test_no_secret_is_in_any_file", PLANS)),
)
